"""The messages of a form, as the admin lists and exports them."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext as _
from wagtail.contrib.forms.views import SubmissionsListView

from portal.core.spreadsheets.views import SafeSpreadsheets

if TYPE_CHECKING:
    from home.form_pages import FormPage, FormRecord


def answers_of(page: "FormPage", record: "FormRecord") -> list[tuple[str, str]]:
    """Label and answer of each field, in the order of the form."""
    answers = [(field.label, record.form_data.get(field.clean_name)) for field in page.get_form_fields()]
    return [(label, as_text(value)) for label, value in answers]


def as_text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return date_format(localtime(value) if is_aware(value) else value, "SHORT_DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    return "" if value is None else str(value)


class FormRecordsView(SafeSpreadsheets, SubmissionsListView):
    """Wagtail's list of submissions, with answers as people write them, and spreadsheets in which none is a formula."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        for row in context.get("data_rows", ()):
            row["fields"] = [as_text(value) for value in row["fields"]]
        return context
