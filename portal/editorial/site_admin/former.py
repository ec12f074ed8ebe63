"""Settings → People: people who have left the administrator's sites, and their work there."""

from collections import defaultdict
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, PageLogEntry

from portal.accounts.names import name_of
from portal.audit.actions import action_label
from portal.content.visibility import below
from portal.editorial.roles import homes_of
from portal.editorial.site_admin.people import AccountAdminView
from portal.editorial.site_admin.scope import changes_visible_to, former_accounts, lost_roles, sites_administered
from portal.editorial.site_admin.views import SiteAdminList
from portal.platform.newsroom_views import crumb

PAGES_SHOWN = 50


class FormerAccounts(AccountAdminView):
    page_title = _("People who have left")
    list_url_name, edit_url_name = "site_accounts_left", "site_accounts_former"

    def objects(self) -> QuerySet[Any]:
        """Newest first, with `left_at`, `left_roles` and the number of `pages` they worked on."""
        lost = lost_roles(self.request.user).filter(account=OuterRef("pk")).order_by("-at", "-pk")
        acts = self.acts().filter(user=OuterRef("pk")).order_by().values("user")
        return (
            former_accounts(self.request.user)
            .annotate(
                left_at=Subquery(lost.values("at")[:1]),
                left_roles=Subquery(lost.values("details")[:1]),
                pages=Subquery(acts.annotate(number=Count("page", distinct=True)).values("number")),
            )
            .order_by("-left_at", "pk")
        )

    def acts(self) -> QuerySet[PageLogEntry]:
        """Log entries about these sites' pages."""
        sites = sites_administered(self.request.user)
        return PageLogEntry.objects.filter(below((home.path for site in sites for home in homes_of(site)), "page__"))

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [crumb(_("People"), reverse("site_accounts")), *super().breadcrumbs()]


class FormerAccountList(FormerAccounts, SiteAdminList):
    columns = (_("Name"), _("Left on"), _("Roles"), _("Pages that they worked on"))
    nothing = _("Nobody has left yet.")

    def cells(self, item: Any) -> tuple[Any, ...]:
        left = date_format(localtime(item.left_at), "SHORT_DATETIME_FORMAT")
        return (name_of(item), left, item.left_roles[2:], item.pages or 0)


class FormerAccountView(FormerAccounts):
    template_name = "editorial/site_admin/former.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.person = get_object_or_404(self.objects(), pk=kwargs["key"])

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [*super().breadcrumbs(), crumb(name_of(self.person))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        changes = changes_visible_to(self.request.user).filter(account=self.person.pk).select_related("actor")
        if not self.request.user.is_superuser:
            # The person's later work on other sites is not revealed.
            changes = changes.filter(Q(site__isnull=False) | Q(at__lte=self.person.left_at))
        facts = {"person": self.person, "name": name_of(self.person), "roles": self.person.left_roles[2:]}
        return super().get_context_data(**kwargs) | facts | {"work": self._work(), "changes": changes}

    def _work(self) -> list[dict[str, Any]]:
        """The pages that the person last worked on, with their actions there."""
        acts = self.acts().filter(user=self.person.pk).order_by().values("page", "action")
        done: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for act in acts.annotate(number=Count("pk"), last=Max("timestamp")).order_by("-last"):
            done[act["page"]].append(act)
        keys = list(done)[:PAGES_SHOWN]
        titles = dict(Page.objects.filter(pk__in=keys).values_list("pk", "draft_title"))
        return [
            {
                "title": titles[key],
                "url": reverse("wagtailadmin_pages:history", args=[key]),
                "acts": [(action_label(act["action"]), act["number"]) for act in reversed(done[key])],
                "last": done[key][0]["last"],
            }
            for key in keys
        ]


URLS = [
    path("office/people/left/", FormerAccountList.as_view(), name="site_accounts_left"),
    path("office/people/left/<int:key>/", FormerAccountView.as_view(), name="site_accounts_former"),
]
