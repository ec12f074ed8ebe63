"""The newsroom's pages of releases: the list, one release with its findings, and its form."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy, pgettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.widgets import HeaderButton
from wagtail.models import Page

from portal.content.extension_points import chooser_search
from portal.content.publication import PublicationRefusedError
from portal.content.separation.records import is_key
from portal.content.visibility import HOME_LENGTH, is_in_trash
from portal.editorial.approval.refusals import show_refusal
from portal.editorial.records.releases import WAITING, Release, ReleaseItem
from portal.editorial.releases.access import (
    OwnItems,
    covers,
    is_letter,
    items_of,
    may_change,
    may_open_releases,
    may_withdraw,
    menus_elsewhere,
    releases_of,
)
from portal.editorial.releases.building import change_release, create_release
from portal.editorial.releases.carrying_out import CANNOT_BE_PUBLISHED
from portal.editorial.releases.checking import ReleaseFinding, check
from portal.editorial.releases.deciding import mailing_of, seen_hash
from portal.editorial.releases.forms import FindForm, ReleaseForm, offered_actions
from portal.editorial.releases.menus import labels_of, own_menus, sites_with_menus_of
from portal.editorial.releases.undoing import may_undo
from portal.editorial.work_area import WorkArea
from portal.platform.newsroom_views import NewsroomView, crumb

PAGE_SIZE = 50
MAX_FOUND = 20
# While a release is being undone, its page is loaded again after this time.
SECONDS_OF_AN_UNDO = "3"
RELEASES = gettext_lazy("Releases")


class ReleasesView(NewsroomView, TemplateView):
    page_title: Any = RELEASES
    header_icon = "calendar-check"

    def test_func(self) -> bool:
        return may_open_releases(self.request.user)


class ReleaseListView(ReleasesView):
    template_name = "editorial/releases/list.html"
    http_method_names = ["get", "head", "options"]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        return [HeaderButton(_("New release"), url=reverse("release_add"), icon_name="plus")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = releases_of(self.request.user)
        over = found.exclude(state__in=WAITING).order_by("-at", "-pk")
        return super().get_context_data(**kwargs) | {
            "waiting": found.waiting().order_by("at", "pk"),  # type: ignore[attr-defined]
            "page_obj": Paginator(over, PAGE_SIZE).get_page(self.request.GET.get("p")),
        }


class OneReleaseView(ReleasesView):
    """A view of one release that the user may see."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        # Anonymous users are redirected to sign in before they reach this view.
        self.release: Release = get_object_or_404(releases_of(request.user), pk=kwargs["key"])

    @cached_property
    def items(self) -> list[ReleaseItem]:
        return items_of(self.release)

    @property
    def url(self) -> str:
        return reverse("release", args=[self.release.pk])

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [crumb(RELEASES, reverse("releases")), crumb(self.release.title, self.url)]


class ReleaseView(OneReleaseView):
    template_name = "editorial/releases/release.html"
    http_method_names = ["get", "head", "options"]

    @property
    def page_title(self) -> str:  # type: ignore[override]
        return self.release.title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, release = self.request.user, self.release
        own = OwnItems.of(self.items, user)
        names_others = own.elsewhere or menus_elsewhere(release, user)
        findings = check(release, self.items, timezone.now()) if release.state in WAITING else []
        known = {item.page_id for item in own.items}
        shown = [finding for finding in findings if not finding.page or finding.page in known]
        return super().get_context_data(**kwargs) | {
            "release": release,
            # The reason names pages, also those of other sites.
            "failure": release.failure and (_failure_elsewhere(release) if names_others else release.failure),
            "menus": list(labels_of(own_menus(release, user))),
            "menus_elsewhere": menus_elsewhere(release, user),
            "menu_sites": list(sites_with_menus_of(user)) if release.is_open else [],
            "rows": rows_of(own.items, shown, user),
            "has_letters": any(is_letter(item) for item in own.items),
            "elsewhere": own.elsewhere,
            "findings": [finding for finding in shown if not finding.page],
            "to_do": sum(finding.is_required for finding in shown),
            "to_do_elsewhere": len({each.page for each in findings if each.is_required and each not in shown}),
            "is_ready": not any(finding.is_required for finding in findings),
            "seen": seen_hash(release, self.items),
            "may_change": may_change(release, self.items, user),
            "may_preview": bool(own.items) and release.state in WAITING,
            "may_withdraw": may_withdraw(release, self.items, user),
            "may_undo": not release.is_being_undone and may_undo(release, self.items, user),
            "find": FindForm(self.request.GET or None),
            "found": self.found() if release.is_open else [],
            "words": self.request.GET.get("q", "").strip(),
        }

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        response = super().render_to_response(context, **kwargs)
        if self.release.is_being_undone:
            response["Refresh"] = SECONDS_OF_AN_UNDO
        return response

    def found(self) -> list[dict[str, Any]]:
        """The pages that can be added: those that match the search, or else the newest drafts."""
        user = self.request.user
        pages = Page.objects.filter(WorkArea.of(user).page_condition(), depth__gt=1, alias_of=None)
        pages = pages.exclude(release_items__is_waiting=True).select_related("locale")
        form = FindForm(self.request.GET)
        words = form.cleaned_data["q"] if form.is_valid() else ""
        if words and chooser_search:
            listed: Any = chooser_search[-1](user, words, pages.specific(), [Page])[:MAX_FOUND]
        else:
            drafts = pages.filter(has_unpublished_changes=True).order_by("-latest_revision_created_at", "-pk")
            listed = drafts.specific(defer=True)[:MAX_FOUND]
        homes = _names_of_homes(listed := list(listed))
        return [
            {"page": page, "home": homes.get(page.path[:HOME_LENGTH], ""), "actions": actions}
            for page in listed
            if page.permissions_for_user(user).can_edit() and (actions := offered_actions(page, has_parents=False))
        ]


def _failure_elsewhere(release: Release) -> Any:
    return _("A page of the release cannot be brought back.") if release.is_published else CANNOT_BE_PUBLISHED


def rows_of(items: list[ReleaseItem], findings: list[ReleaseFinding], user: Any) -> list[dict[str, Any]]:
    by_page: dict[int, list[ReleaseFinding]] = {}
    for finding in sorted(findings, key=lambda each: not each.is_required):
        by_page.setdefault(finding.page, []).append(finding)
    homes = _names_of_homes([item.page for item in items])
    return [
        {
            "item": item,
            "page": item.page,
            "title": item.revision.content["title"] if item.revision else item.page.draft_title,
            "home": homes.get(item.page.path[:HOME_LENGTH], ""),
            "is_in_trash": is_in_trash(item.page),
            "parent": item.parent if item.parent and covers(user, item.parent) else None,
            "findings": by_page.get(item.page_id, []),
            "is_newest": item.revision_id in (None, item.page.latest_revision_id),
            "preview_url": _preview_url(item),
            "mailing": mailing_of(item.release, item) if item.release.is_open else "",
        }
        for item in items
    ]


def _preview_url(item: ReleaseItem) -> str:
    if item.revision_id is None or is_in_trash(item.page):
        return ""
    return reverse("wagtailadmin_pages:revisions_view", args=[item.page_id, item.revision_id])


def _names_of_homes(pages: list[Any]) -> dict[str, str]:
    """The title and the language of the home pages above these pages, by tree path."""
    homes = Page.objects.filter(path__in={page.path[:HOME_LENGTH] for page in pages}).select_related("locale")
    return {home.path: f"{home.title} ({home.locale.language_code})" for home in homes}


class ReleaseFormView(ReleasesView):
    template_name = "editorial/site_admin/form.html"
    http_method_names = ["get", "head", "options", "post"]
    form: ReleaseForm
    initial: dict[str, Any]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.form = ReleaseForm(None, initial=self.initial)
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.form = ReleaseForm(request.POST, initial=self.initial)
        return self.save() if self.form.is_valid() else self.render_to_response(self.get_context_data())

    def save(self) -> HttpResponse:
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"form": self.form, "list_url": self.back}

    back: Any = ""


class NewReleaseView(ReleaseFormView):
    page_title = gettext_lazy("New release")
    initial = {}

    @property
    def back(self) -> str:  # type: ignore[override]
        return reverse("releases")

    @cached_property
    def page(self) -> Page | None:
        """The page from which the release was begun, to be added next."""
        key = self.request.GET.get("page", "")
        area = WorkArea.of(self.request.user).page_condition()
        return Page.objects.filter(area, pk=key, depth__gt=1).first() if is_key(key) else None

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [crumb(RELEASES, reverse("releases")), crumb(self.page_title)]

    def save(self) -> HttpResponse:
        facts = self.form.cleaned_data
        release = create_release(facts["title"], facts["at"], facts["note"], self.request.user)
        messages.success(self.request, _("The release “%(title)s” is begun.") % {"title": release.title})
        if self.page:
            return redirect(f"{reverse('release_page', args=[self.page.pk])}?release={release.pk}")
        return redirect("release", release.pk)


class ReleaseEditView(ReleaseFormView, OneReleaseView):
    page_title = pgettext_lazy("of a release", "Title and time")

    def test_func(self) -> bool:
        return super().test_func() and may_change(self.release, self.items, self.request.user)

    @property
    def initial(self) -> dict[str, Any]:  # type: ignore[override]
        return {"title": self.release.title, "at": localtime(self.release.at), "note": self.release.note}

    @property
    def back(self) -> str:  # type: ignore[override]
        return self.url

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [*OneReleaseView.breadcrumbs(self), crumb(self.page_title)]

    def save(self) -> HttpResponse:
        facts = self.form.cleaned_data
        try:
            change_release(self.release, **facts)
        except PublicationRefusedError as refusal:
            show_refusal(self.request, refusal)
            return redirect(self.url)
        messages.success(self.request, _("The release “%(title)s” is saved.") % {"title": facts["title"]})
        return redirect(self.url)


class PageOfReleaseView(ReleasesView):
    """A page of the user's work area."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        condition = WorkArea.of(request.user).page_condition()
        page = Page.objects.filter(condition, pk=kwargs["page_id"], depth__gt=1, alias_of=None).first()
        if page is None:
            raise Http404
        self.page: Any = page.specific
