"""Reports → Sites of the network: the state and the figures of the sites that the user administers."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import django_filters
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _, gettext_lazy, pgettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.models import Site

from portal.content.extension_points import SiteFigure, site_figures
from portal.content.readers.downloads import spreadsheet_response
from portal.content.records.settings import SiteSettings
from portal.editorial.dashboard.links import edit_url
from portal.editorial.site_admin.scope import sites_administered
from portal.platform.status.conditions import number
from portal.sites.hosts.views import HostRow
from portal.sites.network.figures import STATES, SiteRow, site_rows, state_label

NEVER = datetime.min.replace(tzinfo=UTC)
OPEN = "open"


class SiteStateFilter(WagtailFilterSet):
    state = django_filters.ChoiceFilter(label=gettext_lazy("State"), method="by_state", empty_label=gettext_lazy("All"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        choices = [(name, capfirst(state_label(name))) for name in STATES]
        self.filters["state"].extra["choices"] = [(OPEN, capfirst(_("open"))), *choices]

    def by_state(self, sites: QuerySet[Site], name: str, value: str) -> QuerySet[Site]:
        if value != OPEN:
            return sites.filter(pk__in=SiteSettings.objects.filter(**{value: True}).values("site"))
        # A site without settings is open.
        others = SiteSettings.objects.filter(Q(*((state, True) for state in STATES), _connector=Q.OR))
        return sites.exclude(pk__in=others.values("site"))

    class Meta:
        model = Site
        fields: list[str] = []


class SitesReport(ReportView):
    """One row per site. Its figures are in several tables, so it is sorted after they are read."""

    model = Site
    page_title = gettext_lazy("Sites of the network")
    header_icon = "site"
    index_url_name = "sites_report"
    index_results_url_name = "sites_report_results"
    filterset_class = SiteStateFilter
    is_searchable = True
    search_fields = ["site_name", "hostname"]
    default_ordering = "name"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not sites_administered(request.user).exists():
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_base_queryset(self) -> QuerySet[Site]:
        return sites_administered(self.request.user).select_related("root_page")

    def order_queryset(self, queryset: QuerySet[Site]) -> QuerySet[Site]:
        return queryset.order_by("site_name", "hostname", "pk")

    def get_filtered_queryset(self) -> list[SiteRow]:
        rows = site_rows(list(super().get_filtered_queryset()), timezone.now())
        name = self.ordering.removeprefix("-")
        return sorted(rows, key=self.sort_values[name], reverse=self.ordering.startswith("-"))

    @cached_property
    def sort_values(self) -> dict[str, Callable[[SiteRow], Any]]:
        return {
            "name": lambda row: row.name.casefold(),
            "state": lambda row: row.state,
            "published": lambda row: row.published.at if row.published else NEVER,
            "in_review": lambda row: (row.overdue, row.in_review),
            "failures": lambda row: row.failures,
            "size": lambda row: row.size,
            **{figure.name: _value_of(figure) for figure in site_figures},
        }

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn("name", label=_("Site"), get_url=_settings_url, sort_key="name"),
            Column("hosts", label=_("Hosts"), accessor=self._hosts),
            Column("state", label=_("State"), sort_key="state"),
            Column("languages", label=_("Languages"), accessor=lambda row: ", ".join(row.languages)),
            Column("published", label=_("Last publication"), accessor=_publication, sort_key="published"),
            Column("in_review", label=_("In review"), accessor=_reviews, sort_key="in_review"),
            *(Column(each.name, label=each.label, accessor=_linked(each), sort_key=each.name) for each in site_figures),
            Column("failures", label=FAILURES, accessor=_failures, sort_key="failures"),
            Column(
                "size",
                label=_("Files"),
                accessor=lambda row: filesizeformat(row.size),
                sort_key="size",
                classname="sites-report__size",
            ),
        ]

    def _hosts(self, row: SiteRow) -> str:
        """The hosts. Only network administrators can do something about one that does not answer."""
        is_shown = settings.HOST_CHECKS and self.request.user.is_superuser
        return format_html_join(
            mark_safe("<br>"), "{}{}", ((host.host, _problem(host) if is_shown else "") for host in row.hosts)
        )

    def get_filename(self) -> str:
        return f"sites-{timezone.localdate():%Y-%m-%d}"

    @cached_property
    def export_headings(self) -> dict[str, Any]:
        return {
            "name": _("Site"),
            "host": _("Host"),
            "further_hosts": _("Further hosts"),
            "state": _("State"),
            "languages": _("Languages"),
            "published": _("Last publication"),
            "title": _("Title"),
            "in_review": _("In review"),
            "overdue": OVERDUE,
            **{figure.name: figure.label for figure in site_figures},
            "failures": FAILURES,
            "size": _("Files (bytes)"),
        }

    @property
    def list_export(self) -> list[str]:
        return list(self.export_headings)

    def to_row_dict(self, item: SiteRow) -> dict[str, Any]:
        main, *further = (host.host for host in item.hosts)
        last = item.published
        return {
            "name": item.name,
            "host": main,
            "further_hosts": ", ".join(further),
            "state": item.state,
            "languages": ", ".join(item.languages),
            "published": last.at if last else None,
            "title": last.title if last else "",
            "in_review": item.in_review,
            "overdue": item.overdue,
            **{figure.name: item.figures.get(figure.name) for figure in site_figures},
            "failures": item.failures,
            "size": item.size,
        }

    def as_spreadsheet(self, queryset: Iterable[SiteRow], spreadsheet_format: str) -> HttpResponseBase:
        rows = [[str(heading) for heading in self.export_headings.values()]]
        rows += [list(self.to_row_dict(row).values()) for row in queryset]
        return spreadsheet_response(rows, spreadsheet_format, self.get_filename())


FAILURES = pgettext_lazy("on a site", "Failures")
OVERDUE = pgettext_lazy("reviews", "Overdue")


def _settings_url(row: SiteRow) -> str:
    return reverse("wagtailsettings:edit", args=["core", "sitesettings", row.site.pk])


def _problem(host: HostRow) -> str:
    return f" ({host.state.get_problem_display()})" if host.state and host.state.problem else ""


def _publication(row: SiteRow) -> str:
    if row.published is None:
        return ""
    day = date_format(timezone.localtime(row.published.at), "SHORT_DATE_FORMAT")
    return format_html('{} <a href="{}">{}</a>', day, edit_url(row.published.page), row.published.title)


def _reviews(row: SiteRow) -> str:
    if not row.overdue:
        return number(row.in_review)
    overdue = _("%(count)s overdue") % {"count": number(row.overdue)}
    return format_html("{} <strong>({})</strong>", number(row.in_review), overdue)


def _failures(row: SiteRow) -> str:
    return format_html('<a href="{}">{}</a>', reverse("system"), number(row.failures)) if row.failures else "0"


def _value_of(figure: SiteFigure) -> Callable[[SiteRow], int]:
    return lambda row: row.figures.get(figure.name, -1)


def _linked(figure: SiteFigure) -> Callable[[SiteRow], str]:
    def cell(row: SiteRow) -> str:
        count = row.figures.get(figure.name)
        return "–" if count is None else format_html('<a href="{}">{}</a>', figure.url_of(row.site), number(count))

    return cell


URLS = [
    path("reports/sites/", SitesReport.as_view(), name="sites_report"),
    path("reports/sites/results/", SitesReport.as_view(results_only=True), name="sites_report_results"),
]
