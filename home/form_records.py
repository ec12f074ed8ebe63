"""A form's messages as the admin lists, shows and exports them."""

from datetime import date, datetime
from typing import Any, NamedTuple, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext as _, gettext_lazy
from django.views.generic import TemplateView
from wagtail.contrib.forms.utils import get_forms_for_user
from wagtail.contrib.forms.views import SubmissionsListView
from wagtail.models import Site

from portal.content.readers.access_log import LOOKED_AT, MESSAGES, log_access
from portal.content.readers.downloads import ReaderDataList
from portal.platform.newsroom_views import NewsroomView, crumb


class Answer(NamedTuple):
    label: str
    text: str
    is_address: bool = False


def answers_of(page: Any, record: Any) -> list[Answer]:
    """The answers in form order, then those to fields that no longer exist."""
    sent = dict(record.form_data)
    answers = [
        Answer(field.label, as_text(sent.pop(field.clean_name, None)), field.field_type == "email")
        for field in page.get_form_fields()
    ]
    return answers + [Answer(name.replace("_", " ").capitalize(), as_text(value)) for name, value in sent.items()]


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


class FormRecordsView(ReaderDataList, SubmissionsListView):
    """Wagtail's list of submissions, with readable answers, safe spreadsheets, and a link to each complete message."""

    results_template_name = "home/form_records.html"
    reader_data = MESSAGES

    def sites_of_data(self) -> list[Site | None]:
        return [self.form_page.get_site()]

    def page_of_data(self) -> str:
        return str(self.form_page.get_admin_display_title())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        for row in context.get("data_rows", ()):
            row["fields"] = [as_text(value) for value in row["fields"]]
            row["url"] = reverse("form_record", args=[self.form_page.pk, row["model_id"]])
        return context


class FormRecordView(NewsroomView, TemplateView):
    """One message with all its answers, for people who may see the list of the form's messages."""

    template_name = "home/form_record.html"
    page_title = gettext_lazy("Message")
    header_icon = "form"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not get_forms_for_user(request.user).filter(pk=self.kwargs["page_key"]).exists():
            raise PermissionDenied
        response = cast(HttpResponseBase, super().dispatch(request, *args, **kwargs))
        title = self.form_page.get_admin_display_title()
        log_access(LOOKED_AT, [self.form_page.get_site()], request.user, MESSAGES, title)
        return response

    @cached_property
    def form_page(self) -> Any:
        return cast(Any, get_forms_for_user(self.request.user).get(pk=self.kwargs["page_key"]).specific)

    @cached_property
    def record(self) -> Any:
        return cast(Any, get_object_or_404(self.form_page.get_submissions(), pk=self.kwargs["key"]))

    @property
    def list_url(self) -> str:
        return reverse("wagtailforms:list_submissions", args=[self.kwargs["page_key"]])

    @cached_property
    def page_subtitle(self) -> str:
        return as_text(self.record.submit_time)

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [
            crumb(_("Forms"), reverse("wagtailforms:index")),
            crumb(self.form_page.get_admin_display_title(), self.list_url),
            crumb(self.page_title, sublabel=self.page_subtitle),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        delete_url = reverse("wagtailforms:delete_submissions", args=[self.kwargs["page_key"]])
        return super().get_context_data(**kwargs) | {
            "answers": answers_of(self.form_page, self.record),
            "record": self.record,
            "list_url": self.list_url,
            "delete_url": f"{delete_url}?selected-submissions={self.record.pk}",
        }
