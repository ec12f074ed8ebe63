"""The report on one reader's personal data, with export and erasure. Also limits form submissions by permission."""

import json
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext, gettext_lazy as _
from django.views.generic import FormView
from wagtail import hooks
from wagtail.admin import messages
from wagtail.contrib.forms.views import DeleteSubmissionsView
from wagtail.models import Page

from portal.content.personal_data import Sites, erase, export
from portal.content.readers.access_log import ERASED, EXPORTED, LOOKED_AT, MESSAGES, ONE_PERSON, log_access
from portal.content.readers.form_fields import ReaderAddressField
from portal.editorial.menu import ConditionalItem
from portal.editorial.reader_data import in_sites, may_read_reader_data, reader_data_sites, require_reader_data_sites
from portal.platform.newsroom_views import NewsroomView


class EraseMessagesView(DeleteSubmissionsView):
    def handle_delete(self, submissions: QuerySet[Any]) -> None:
        log_access(ERASED, [self.page.get_site()], self.request.user, MESSAGES, self.page.get_admin_display_title())
        super().handle_delete(submissions)


class PersonalDataForm(forms.Form):
    address = ReaderAddressField()


class PersonalDataView(NewsroomView, FormView):
    """The report. It searches by POST, because query strings are logged and must not contain email addresses."""

    form_class = PersonalDataForm
    template_name = "editorial/personal_data.html"
    page_title = _("Data of one person")
    header_icon = "user"

    def dispatch(self, request, *args, **kwargs):
        require_reader_data_sites(request)
        return super().dispatch(request, *args, **kwargs)

    @property
    def sites(self) -> Sites:
        return None if self.request.user.is_superuser else reader_data_sites(self.request.user)

    def form_valid(self, form):
        address = form.cleaned_data["address"]
        action = self.request.POST.get("action")
        searched, logged = reader_data_sites(self.request.user), {"erase": ERASED, "export": EXPORTED}
        log_access(logged.get(action or "", LOOKED_AT), searched, self.request.user, ONE_PERSON)
        if action == "erase":
            counts = erase(address, self.sites)
            count = sum(counts.values())
            messages.success(self.request, gettext("Erased: %(count)d records.") % {"count": count})
            return self.render_to_response(self.get_context_data(form=self.form_class()))
        records = export(address, self.sites)
        if action == "export":
            response = HttpResponse(
                json.dumps(records, ensure_ascii=False, indent=2), content_type="application/json; charset=utf-8"
            )
            response["Content-Disposition"] = 'attachment; filename="personal-data.json"'
            return response
        return self.render_to_response(self.get_context_data(form=form, tables=_tables(records), address=address))


def _tables(found: dict[str, list[dict[str, Any]]]) -> list[tuple[str, int, list[list[tuple[str, str]]]]]:
    """The heading, count and records of each kind of data, with values as text."""
    return [
        (name, len(records), [[(label, _as_text(value)) for label, value in record.items()] for record in records])
        for name, records in found.items()
    ]


def _as_text(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{label}: {each}" for label, each in value.items())
    return "" if value is None else str(value)


@hooks.register("filter_form_submissions_for_user")
def limit_form_submissions(user: Any, forms: QuerySet[Page]) -> QuerySet[Page]:
    if user.is_superuser:
        # With one condition per site, the query would take seconds for hundreds of sites.
        return forms
    return forms.filter(in_sites(reader_data_sites(user))) if may_read_reader_data(user) else forms.none()


@hooks.register("register_admin_urls")
def personal_data_urls():
    return [path("personal-data/", PersonalDataView.as_view(), name="personal_data")]


@hooks.register("register_reports_menu_item")
def personal_data_menu_item():
    return ConditionalItem(
        _("Data of one person"),
        reverse("personal_data"),
        condition=lambda request: may_read_reader_data(request.user),
        name="reader-data",
        icon_name="user",
        order=1200,
    )
