"""Admin views that list, show, change and export a form's messages."""

from typing import Any, cast

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelChoiceField
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.contrib.forms.utils import get_forms_for_user
from wagtail.contrib.forms.views import SubmissionsListFilterSet, SubmissionsListView
from wagtail.models import ModelLogEntry, Site

from home.forms.answers import answers_of, as_text, rows_of
from home.forms.handling import HANDLED, MessageHandled, handle, may_read_messages, people_for
from home.forms.records import FormRecord, SentFile
from portal.accounts.names import name_of
from portal.content.files.views import NO_CONTENT
from portal.content.readers.access_log import LOOKED_AT, MESSAGES, log_access
from portal.content.readers.downloads import ReaderDataList, spreadsheet_response
from portal.editorial.assignments.forms import people_in_charge_of, person_filter, status_filter
from portal.editorial.assignments.views import SeveralRecordsView
from portal.media.sending import stored_file_response
from portal.platform.newer_values import SparesNewerValues
from portal.platform.newsroom_views import NewsroomView, crumb

# The longest key, in digits: Python refuses to parse numbers with thousands of them.
LONGEST_KEY = 20


def people_in_charge(request: HttpRequest) -> QuerySet[Any]:
    """The people to whom messages of the listed form are assigned."""
    match = request.resolver_match
    records = FormRecord.objects.filter(page=match.kwargs["page_id"]) if match else FormRecord.objects.none()
    return people_in_charge_of(records)


class MessageFilterSet(SubmissionsListFilterSet):
    status = status_filter()
    assigned_to = person_filter(people_in_charge)


class FormRecordsView(ReaderDataList, SubmissionsListView):
    """Wagtail's list of submissions, with readable answers, safe spreadsheets, and a link to each complete message."""

    results_template_name = "home/form_records.html"
    filterset_class = MessageFilterSet
    reader_data = MESSAGES

    def sites_of_data(self) -> list[Site | None]:
        return [self.form_page.get_site()]

    def page_of_data(self) -> str:
        return str(self.form_page.get_admin_display_title())

    def get_base_queryset(self) -> QuerySet[FormRecord]:
        records: QuerySet[FormRecord] = super().get_base_queryset()
        return records.select_related("assigned_to")

    def as_spreadsheet(self, queryset: Any, spreadsheet_format: str) -> HttpResponseBase:
        rows = rows_of(self.form_page, queryset.iterator(chunk_size=500))
        return spreadsheet_response(rows, spreadsheet_format, self.get_filename())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        for row, record in zip(context.get("data_rows", ()), context["submissions"], strict=False):
            row["fields"] = [as_text(value) for value in row["fields"]]
            row["url"] = reverse("form_record", args=[self.form_page.pk, row["model_id"]])
            row["record"], row["person"] = record, name_of(record.assigned_to)
        return context


class MessagesOfForm(NewsroomView, View):
    """The base of views for people who may read the form's messages."""

    header_icon = "form"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_read_messages(request.user, self.kwargs["page_key"]):
            raise PermissionDenied
        response = cast(HttpResponseBase, super().dispatch(request, *args, **kwargs))
        title = self.form_page.get_admin_display_title()
        log_access(LOOKED_AT, [self.form_page.get_site()], request.user, MESSAGES, title)
        return response

    @cached_property
    def form_page(self) -> Any:
        return cast(Any, get_forms_for_user(self.request.user).get(pk=self.kwargs["page_key"]).specific)

    @property
    def list_url(self) -> str:
        return reverse("wagtailforms:list_submissions", args=[self.kwargs["page_key"]])

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [
            crumb(_("Forms"), reverse("wagtailforms:index")),
            crumb(self.form_page.get_admin_display_title(), self.list_url),
            crumb(self.page_title, sublabel=self.page_subtitle),
        ]


class HandlingForm(SparesNewerValues):
    """The status, person and note of one message."""

    class Meta:
        model = FormRecord
        fields = ["status", "assigned_to", "note"]
        widgets = {"note": forms.Textarea({"rows": 4})}

    def __init__(self, *args: Any, user: Any, page: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.user, self.page = user, page
        person = cast(ModelChoiceField, self.fields["assigned_to"])
        people = people_for(page, self.instance.assigned_to)
        person.queryset = get_user_model().objects.filter(pk__in=[each.pk for each in people])
        person.choices = [("", pgettext("form message", "Nobody")), *((each.pk, name_of(each)) for each in people)]

    def save(self, commit: bool = True) -> FormRecord:
        # Only this user's changes: a colleague may save others at the same time.
        changes = {name: value for name, value in self.cleaned_data.items() if self._is_new(name, value)}
        handle(self.page, [self.instance.pk], self.user, **changes)
        return self.instance

    def _is_new(self, name: str, value: Any) -> bool:
        return name in self.initial and self.fields[name].has_changed(self.initial[name], value)


class FormRecordView(MessagesOfForm, TemplateView):
    """One message with all its answers, its status and its history."""

    template_name = "home/form_record.html"
    page_title = gettext_lazy("Message")
    http_method_names = ["get", "head", "options", "post"]

    @cached_property
    def record(self) -> Any:
        records = self.form_page.get_submissions().select_related("assigned_to")
        return cast(Any, get_object_or_404(records, pk=self.kwargs["key"]))

    @cached_property
    def form(self) -> HandlingForm:
        data = self.request.POST if self.request.method == "POST" else None
        return HandlingForm(data, instance=self.record, user=self.request.user, page=self.form_page)

    @cached_property
    def page_subtitle(self) -> str:
        return as_text(self.record.submit_time)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.form.is_valid():
            return self.render_to_response(self.get_context_data())
        self.form.save()
        messages.success(request, _("Saved."))
        return redirect("form_record", self.form_page.pk, self.record.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        delete_url = reverse("wagtailforms:delete_submissions", args=[self.kwargs["page_key"]])
        return super().get_context_data(**kwargs) | {
            "answers": answers_of(self.form_page, self.record),
            "record": self.record,
            "form": self.form,
            "files": list(self.record.files.order_by("pk")),
            "history": self.history,
            "list_url": self.list_url,
            "delete_url": f"{delete_url}?selected-submissions={self.record.pk}",
        }

    @property
    def history(self) -> list[dict[str, Any]]:
        kind = ContentType.objects.get_for_model(FormRecord)
        entries = ModelLogEntry.objects.filter(content_type=kind, object_id=str(self.record.pk), action=HANDLED)
        return [
            {"time": entry.timestamp, "who": name_of(entry.user), "words": MessageHandled().format_message(entry)}
            for entry in entries.select_related("user").order_by("-timestamp", "-pk")
        ]


class SentFileView(MessagesOfForm):
    """Sends a file of a message as a download, never to be shown in the browser."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        records = self.form_page.get_submissions().filter(pk=self.kwargs["key"])
        file = get_object_or_404(SentFile, pk=self.kwargs["file"], record__in=records)
        try:
            response = stored_file_response(
                file.file, content_type="application/octet-stream", filename=file.name, as_attachment=True
            )
        except OSError as error:
            raise Http404 from error
        response["Cache-Control"] = "private, no-store"
        response["Content-Security-Policy"] = NO_CONTENT
        return response


class SeveralMessagesView(SeveralRecordsView, MessagesOfForm):
    """Changes the status or the person of the messages that were selected in the list."""

    page_title = gettext_lazy("Change several messages")

    def listed(self) -> QuerySet[FormRecord]:
        messages_of_form: QuerySet[FormRecord] = self.form_page.get_submissions()
        return messages_of_form

    def read_key(self, text: str) -> int | None:
        number = int(text) if text.isdecimal() and len(text) <= LONGEST_KEY else 2**63
        return number if number < 2**63 else None

    def people(self) -> list[Any]:
        return people_for(self.form_page)

    def change(self, **changes: Any) -> int:
        return handle(self.form_page, self.keys, self.request.user, **changes)

    def sentence(self, number: int) -> str:
        text = ngettext(
            "The change applies to %(number)s message.", "The change applies to %(number)s messages.", number
        )
        return text % {"number": number}

    def success(self, number: int) -> str:
        text = ngettext("%(number)d message changed.", "%(number)d messages changed.", number)
        return text % {"number": number}
