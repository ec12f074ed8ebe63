"""The admin views of readers' requests, for the administrators of a site."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _, ngettext, pgettext_lazy
from django_filters import BooleanFilter, DateFromToRangeFilter, ModelChoiceFilter
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.admin.views import generic

from portal.accounts.names import name_of
from portal.content.readers.access_log import ERASED, SHEETS, log_access
from portal.content.readers.downloads import QuestionColumns
from portal.editorial.assignments.forms import people_in_charge_of, person_filter, status_filter
from portal.editorial.assignments.views import SELECTED, SelectionColumn, SeveralRecordsView
from portal.editorial.dashboard.write import new_page_buttons
from portal.editorial.reader_data import may_read_reader_data, reader_data_sites
from portal.platform.newsroom_views import NewsroomView, crumb
from portal.sheets.handling import handle, people_for, permitted_requests
from portal.sheets.models import SheetPage, SheetRequest


class RequestFilter(WagtailFilterSet):
    site = ModelChoiceFilter(label=_("Site"), queryset=lambda request: reader_data_sites(request.user))
    asked_at = DateFromToRangeFilter(label=_("Asked on"), widget=DateRangePickerWidget)
    status = status_filter()
    assigned_to = person_filter(lambda request: people_in_charge_of(permitted_requests(request.user)))
    further = BooleanFilter(
        label=_("Further consent given"), field_name="marketing_agreed_at", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = SheetRequest
        fields = ["site", "asked_at", "status", "assigned_to"]


class StatusColumn(Column):
    cell_template_name = "sheets/status_cell.html"


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
    columns_after = ["purpose", "marketing", "marketing_agreed_at", "opened_at", "status", "assigned_to", "delete_at"]

    results_template_name = "sheets/requests.html"

    list_display = [
        "address",
        "title",
        StatusColumn("status", label=pgettext_lazy("form message", "Status"), sort_key="status"),
        Column(
            "assigned_to",
            label=pgettext_lazy("form message", "Assigned to"),
            accessor=lambda request: name_of(request.assigned_to),
        ),
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

    @cached_property
    def columns(self):
        return [SelectionColumn(SELECTED), *super().columns]

    def get_base_queryset(self):
        return permitted_requests(self.request.user)

    def value_of(self, item: Any, name: str) -> Any:
        if name == "status":
            return item.get_status_display()
        return name_of(item.assigned_to) if name == "assigned_to" else super().value_of(item, name)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        filters = self.request.GET.urlencode()
        return super().get_context_data(**kwargs) | {"list_address": f"{reverse(self.index_url_name)}?{filters}"}


class SeveralRequestsView(SeveralRecordsView, NewsroomView):
    """Changes the status or the person of the requests that were selected in the list."""

    page_title = _("Change several requests")
    header_icon = "mail"
    list_url = reverse_lazy("sheet_requests:index")

    def test_func(self) -> bool:
        return may_read_reader_data(self.request.user)

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [crumb(_("Requests for sheets"), str(self.list_url)), crumb(self.page_title)]

    def listed(self) -> QuerySet[SheetRequest]:
        return permitted_requests(self.request.user)

    def read_key(self, text: str) -> UUID | None:
        try:
            return UUID(text)
        except ValueError:
            return None

    def people(self) -> list[Any]:
        return people_for(self.keys)

    def change(self, **changes: Any) -> int:
        return handle(self.keys, self.request.user, **changes)

    def sentence(self, number: int) -> str:
        text = ngettext(
            "The change applies to %(number)s request.", "The change applies to %(number)s requests.", number
        )
        return text % {"number": number}

    def success(self, number: int) -> str:
        text = ngettext("%(number)d request changed.", "%(number)d requests changed.", number)
        return text % {"number": number}


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
