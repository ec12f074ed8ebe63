"""The admin views of readers' requests, for the administrators of a site."""

from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, DateFromToRangeFilter, ModelChoiceFilter
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.admin.views import generic

from portal.content.readers.access_log import ERASED, SHEETS, log_access
from portal.content.readers.downloads import QuestionColumns
from portal.editorial.dashboard.write import new_page_buttons
from portal.editorial.reader_data import reader_data_sites
from portal.sheets.models import SheetPage, SheetRequest


class RequestFilter(WagtailFilterSet):
    site = ModelChoiceFilter(label=_("Site"), queryset=lambda request: reader_data_sites(request.user))
    asked_at = DateFromToRangeFilter(label=_("Asked on"), widget=DateRangePickerWidget)
    further = BooleanFilter(
        label=_("Further consent given"), field_name="marketing_agreed_at", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = SheetRequest
        fields = ["site", "asked_at"]


def permitted_requests(user: Any) -> QuerySet[SheetRequest]:
    requests = SheetRequest.objects.filter(site__in=reader_data_sites(user))
    return requests.select_related("site", "page", "purpose", "marketing")


class RequestsView(QuestionColumns, generic.IndexView):
    model = SheetRequest
    header_icon = "mail"
    page_title = _("Requests for sheets")
    index_url_name = "sheet_requests:index"
    index_results_url_name = "sheet_requests:index_results"
    delete_url_name = "sheet_requests:delete"
    is_searchable = True
    search_fields = ["address", "title", "answers_text"]
    filterset_class = RequestFilter
    default_ordering = "-asked_at"
    export_filename = "sheet-requests"
    paginate_by = 50
    reader_data = SHEETS
    columns_before = ["address", "title", "site", "language", "asked_at"]
    columns_after = ["purpose", "marketing", "marketing_agreed_at", "opened_at", "delete_at"]

    list_display = [
        "address",
        "title",
        Column("site", label=_("Site")),
        Column("answers_text", label=_("Answers")),
        BooleanColumn(
            "further", label=_("Further consent"), accessor=lambda request: bool(request.marketing_agreed_at)
        ),
        BooleanColumn("opened", label=_("Opened"), accessor=lambda request: request.opened_at is not None),
        DateColumn("asked_at", label=_("Asked"), sort_key="asked_at"),
    ]

    @cached_property
    def header_buttons(self):
        return new_page_buttons(self.request.user, SheetPage, _("New sheet"))

    def sites_of_data(self):
        return reader_data_sites(self.request.user)

    def get_base_queryset(self):
        return permitted_requests(self.request.user)


class DeleteRequestView(generic.DeleteView):
    model = SheetRequest
    page_title = _("Erase a request")
    header_icon = "bin"
    index_url_name = "sheet_requests:index"
    delete_url_name = "sheet_requests:delete"
    success_message = _("The request was erased.")
    confirmation_message = _("Erase this request? Its link stops working.")

    def get_queryset(self):
        return permitted_requests(self.request.user)

    def delete_action(self):
        # Wagtail's own action would write the address into the log.
        log_access(ERASED, [self.object.site], self.request.user, SHEETS)
        self.object.delete()
