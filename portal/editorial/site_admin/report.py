"""Reports → Accounts: roles by site and when they were granted, ways of signing in, and last sign-ins."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import django_filters
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy as _, override, pgettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.reports import ReportView

from portal.accounts.names import name_of
from portal.audit.log import record
from portal.content.readers.downloads import SafeSpreadsheets, spreadsheet_response
from portal.editorial.accounts.proposals import role_of, who_confirms
from portal.editorial.models import AccountChange, Role, RoleGroup
from portal.editorial.sign_in.factors.demand import FACTORS
from portal.editorial.sign_in.factors.held import factors_of, in_words
from portal.editorial.site_admin.scope import proposals_at_sites_of, sites_administered

UNUSED = timedelta(days=90)
EXPORTED = "portal.account.export"


class AccountFilter(WagtailFilterSet):
    used = django_filters.ChoiceFilter(
        label=_("Last sign-in"), choices=[("not", _("Not in the last 90 days"))], method="by_use", empty_label=_("All")
    )
    factor = django_filters.ChoiceFilter(
        label=_("Second factor"),
        choices=[("none", _("Without one")), ("some", _("With one"))],
        method="by_factor",
        empty_label=_("All"),
    )
    site = django_filters.ChoiceFilter(label=_("Site"), field_name="site_key", empty_label=_("All"))
    role = django_filters.ChoiceFilter(
        label=pgettext_lazy("in a newsroom", "Role"), choices=Role.choices, field_name="role_name", empty_label=_("All")
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        sites = sites_administered(self.request.user).order_by("site_name", "pk")
        self.filters["site"].extra["choices"] = [(site.pk, site.site_name or site.hostname) for site in sites]

    def by_use(self, accounts: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        since = timezone.now() - UNUSED
        return accounts.filter(Q(last_login__lt=since) | Q(last_login=None, date_joined__lt=since))

    def by_factor(self, accounts: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        has_factor = Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS))
        return accounts.filter(has_factor if value == "some" else ~has_factor)

    class Meta:
        model = get_user_model()
        fields: list[str] = []


class AccountReport(SafeSpreadsheets, ReportView):
    """One row per role of each open account. Roles on other sites are not listed."""

    model = get_user_model()
    page_title = _("Accounts")
    header_icon = "user"
    index_url_name = "accounts_report"
    index_results_url_name = "accounts_report_results"
    filterset_class = AccountFilter
    is_searchable = False
    # The report has one page, because people print it.
    paginate_by = 500
    export_headings = {
        "name": _("Name"),
        "username": _("User name"),
        "email": _("E-mail"),
        "site_name": _("Site"),
        "role": pgettext_lazy("in a newsroom", "Role"),
        "given_at": _("Since"),
        "given_by": _("Given by"),
        "last_login": _("Last sign-in"),
        "factors": _("Second factor"),
    }
    list_export = list(export_headings)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not sites_administered(request.user).exists():
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_base_queryset(self) -> QuerySet[Any]:
        user = self.request.user
        accounts = get_user_model().objects.filter(is_active=True)
        if not user.is_superuser:
            sites = sites_administered(user)
            # A person who waits for a first role has no other groups. The report must not show groups of other sites.
            waits = Q(groups=None, pk__in=proposals_at_sites_of(user).values("account"))
            accounts = accounts.filter(Q(groups__newsroom_role__site__in=sites) | waits, is_superuser=False)
        # This is in the same join, so that it only covers roles on these sites.
        rows = accounts.annotate(
            role_key=F("groups__newsroom_role"),
            role_name=F("groups__newsroom_role__role"),
            site_key=F("groups__newsroom_role__site"),
            group_name=F("groups__name"),
        )
        return rows.order_by("last_name", "first_name", "username", "site_key", "role_key", "group_name")

    def decorate_paginated_queryset(self, object_list: Iterable[Any]) -> list[Any]:
        """Add columns with a number of queries independent of the number of accounts."""
        rows = list(object_list)
        found = RoleGroup.objects.select_related("site", "section").in_bulk({row.role_key for row in rows} - {None})
        factors, given = factors_of({row.pk for row in rows}), _given({row.pk for row in rows}, found.values())
        proposals = _proposals(self.request.user, rows)
        provided = dict(SocialAccount.objects.filter(user__in={row.pk for row in rows}).values_list("user", "provider"))
        for row in rows:
            role = found.get(row.role_key)
            row.name = name_of(row)
            row.site_name = str(role.site.site_name or role.site.hostname) if role else ""
            here = [each for each, site in proposals.get(row.pk, []) if role is None or site == role.site_id]
            row.role = ", ".join([*_roles_in_words(row, role), *here] if role or not here else here)
            row.given_at, row.given_by = given.get((row.pk, row.role_key), (None, ""))
            row.factors = in_words(factors[row.pk]) or provided.get(row.pk, "") or gettext("none")
        return rows

    @cached_property
    def columns(self) -> list[Column]:
        def edit_url(row: Any) -> str:
            return reverse("site_accounts_edit", args=[row.pk])

        headings = self.export_headings
        return [
            TitleColumn("name", label=headings["name"], get_url=edit_url),
            *(Column(name, label=headings[name]) for name in ("username", "site_name", "role")),
            Column("given_at", label=headings["given_at"], accessor=lambda row: _day(row.given_at)),
            Column("given_by", label=headings["given_by"]),
            Column("last_login", label=headings["last_login"], accessor=lambda row: _day(row.last_login)),
            Column("factors", label=headings["factors"]),
        ]

    def get_filename(self) -> str:
        return f"accounts-{timezone.localdate():%Y-%m-%d}"

    def as_spreadsheet(self, queryset: Iterable[Any], spreadsheet_format: str) -> HttpResponseBase:
        user = self.request.user
        for site in [None] if user.is_superuser else sites_administered(user).values_list("pk", flat=True):
            record(EXPORTED, actor=user, site=site)
        rows = [[str(heading) for heading in self.export_headings.values()]]
        rows += [list(self.to_row_dict(each).values()) for each in queryset]
        return spreadsheet_response(rows, spreadsheet_format, self.get_filename())


def _day(value: datetime | None) -> str:
    """A date column, for printing. Wagtail's column says how long ago it was."""
    return date_format(timezone.localtime(value), "SHORT_DATE_FORMAT") if value else ""


def _roles_in_words(row: Any, role: RoleGroup | None) -> Iterable[str]:
    if row.is_superuser:
        yield gettext("Administrator of the network")
    if role:
        yield str(Role(role.role).label)
        if role.section:
            yield role.section.title
    elif row.group_name:
        yield row.group_name
    elif not row.is_superuser:
        yield gettext("no role")


def _proposals(user: Any, rows: Iterable[Any]) -> dict[int, list[tuple[str, int | None]]]:
    """The proposed roles by account, with the administrators who can confirm them, and their sites."""
    found: dict[int, list[tuple[str, int | None]]] = {}
    for proposal in proposals_at_sites_of(user).filter(account__in={row.pk for row in rows}):
        words = gettext("proposed: %(role)s. %(who)s") % {"role": role_of(proposal), "who": who_confirms(proposal)}
        role = getattr(proposal.group, "newsroom_role", None)
        found.setdefault(proposal.account_id, []).append((words, role.site_id if role else None))
    return found


def _given(accounts: Iterable[int], roles: Iterable[RoleGroup]) -> dict[tuple[int, int], tuple[Any, str]]:
    """When and by whom each role was last granted, if known, by account and role."""
    names: dict[int, list[tuple[int, str]]] = {}
    for code, _name in settings.WAGTAILADMIN_PERMITTED_LANGUAGES:
        # Changes are recorded in the language of the person who made them.
        with override(code):
            for role in roles:
                names.setdefault(role.site_id, []).append((role.pk, str(role)))
    changes = AccountChange.objects.filter(
        kind=AccountChange.Kind.ROLES, account__in=accounts, site__in=names, details__startswith="+ "
    )
    found = {}
    for change in changes.select_related("actor").order_by("at", "pk"):
        text = f", {change.details[2:]}, "
        for key, name in names[change.site_id or 0]:
            if f", {name}, " in text:
                found[change.account_id, key] = (change.at, name_of(change.actor) or gettext("a deleted account"))
            elif f", {name} (" in text:
                found[change.account_id, key] = (change.at, text.rpartition("(")[2].partition(")")[0])
    return found


URLS = [
    path("reports/accounts/", AccountReport.as_view(), name="accounts_report"),
    path("reports/accounts/results/", AccountReport.as_view(results_only=True), name="accounts_report_results"),
]
