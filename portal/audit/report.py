"""Reports → Audit log: the report in which administrators search, filter and export entries."""

from datetime import datetime
from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.views.reports import ReportView
from wagtail.admin.widgets.button import Button

from portal.audit.actions import ACTIONS, action_label
from portal.audit.log import record
from portal.audit.models import AuditEntry, AuditWords
from portal.audit.sending import as_line, records
from portal.audit.sites import entries_read_by, may_read, sites_read_by
from portal.audit.tables import COLUMNS, Rows
from portal.content.readers.downloads import SafeSpreadsheets, spreadsheet_response

EXPORTED = "portal.audit.export"
JSONL = "jsonl"


class AuditFilter(WagtailFilterSet):
    words = django_filters.CharFilter(label=_("Words"), method="with_words")
    action = django_filters.ChoiceFilter(label=_("Action"), choices=[])
    at = django_filters.DateFromToRangeFilter(label=_("Date"), widget=DateRangePickerWidget)
    site_key = django_filters.ChoiceFilter(label=_("Site"), choices=[])

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        user = self.request.user
        used = entries_read_by(user).order_by().values_list("action", flat=True).distinct()
        actions = sorted({*used, *ACTIONS}, key=action_label)
        self.filters["action"].extra["choices"] = [(action, action_label(action)) for action in actions]
        sites = [(site.pk, site.site_name or site.hostname) for site in sites_read_by(user).order_by("site_name", "pk")]
        self.filters["site_key"].extra["choices"] = sites
        if len(sites) < 2:
            del self.filters["site_key"]

    def with_words(self, entries: QuerySet[AuditEntry], name: str, value: str) -> QuerySet[AuditEntry]:
        return entries.filter(event__in=AuditWords.objects.filter(text__icontains=value).values("event"))

    class Meta:
        model = AuditEntry
        fields: list[str] = []


class AuditReport(SafeSpreadsheets, ReportView):
    model = AuditEntry
    page_title = _("Audit log")
    header_icon = "lock"
    index_url_name = "audit_log"
    index_results_url_name = "audit_log_results"
    results_template_name = "audit/report_results.html"
    filterset_class = AuditFilter
    is_searchable = False
    default_ordering = "-sequence"
    FORMATS = (*ReportView.FORMATS, JSONL)
    list_export = list(COLUMNS)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_read(request.user):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_base_queryset(self) -> QuerySet[AuditEntry]:
        return entries_read_by(self.request.user)

    def get_filename(self) -> str:
        return f"audit-log-{timezone.localdate():%Y-%m-%d}"

    def decorate_paginated_queryset(self, object_list: QuerySet[AuditEntry]) -> Any:
        if self.is_export:
            return object_list
        entries, rows = list(records(object_list)), Rows()
        rows.words.read_people(entries)
        found = [dict(zip(COLUMNS, each, strict=True)) for each in map(rows, entries)]
        return [each | {"at": datetime.fromisoformat(each["at"])} for each in found]

    def as_spreadsheet(self, queryset: QuerySet[AuditEntry], spreadsheet_format: str) -> HttpResponseBase:
        """Log the export with its filters, but without the search text."""
        found = records(queryset.order_by("sequence").iterator(chunk_size=500))
        self._record_export()
        if spreadsheet_format != JSONL:
            rows = [[str(heading) for heading in COLUMNS.values()], *map(Rows(), found)]
            return spreadsheet_response(rows, spreadsheet_format, self.get_filename())
        response = StreamingHttpResponse((f"{as_line(each)}\n" for each in found), content_type="application/jsonl")
        response["Content-Disposition"] = f'attachment; filename="{self.get_filename()}.{JSONL}"'
        response["Cache-Control"] = "private, no-store"
        return response

    def _record_export(self) -> None:
        user = self.request.user
        sites = [None] if user.is_superuser else sites_read_by(user).values_list("pk", flat=True)
        filters = {name: value for name, value in self.request.GET.items() if value and name != "words"}
        for site in sites:
            record(EXPORTED, actor=user, site=site, data=filters)

    @property
    def header_more_buttons(self) -> list[Any]:
        lines = Button(
            gettext("Download JSON lines"), url=self.get_export_url(JSONL), icon_name="download", priority=110
        )
        return [*super().header_more_buttons, lines]
