"""Form messages in the newsroom, drawings of shelves, and the privacy notice's entry about forms."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db.models import Max
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail import hooks

from home.forms.handling import HANDLED, MessageHandled
from home.forms.newsroom import FormRecordView, SentFileView, SeveralMessagesView
from home.forms.pages import FILE, FormField, FormPage
from portal.content.blocks.drawings import drawings_of
from portal.content.network.rules import locked_retention
from portal.content.readers.processing import LegalGround, Processing
from portal.content.serving.editions import Edition


@hooks.register("register_admin_urls")
def message_urls() -> list[Any]:
    return [
        path("forms/<int:page_key>/messages/change/", SeveralMessagesView.as_view(), name="form_records_change"),
        path("forms/<int:page_key>/messages/<int:key>/", FormRecordView.as_view(), name="form_record"),
        path("forms/<int:page_key>/messages/<int:key>/files/<int:file>/", SentFileView.as_view(), name="form_file"),
    ]


@hooks.register("register_log_actions")
def message_handled(actions: Any) -> None:
    actions.register_action(HANDLED)(MessageHandled)


@hooks.register("register_icons")
def drawings(icons: list[str]) -> list[str]:
    return [*icons, *drawings_of(Path(__file__).parent)]


@hooks.register("portal_processing", order=30)
def processing_by_forms(edition: Edition) -> Iterator[Processing]:
    forms = FormPage.objects.visible_in(edition, timezone.now())
    if longest := forms.aggregate(longest=Max("keep_days"))["longest"]:
        days = locked_retention("form_days") or longest
        yield Processing(
            _("To read and answer what you send us in a form"),
            _("What you write in the form and the files that you attach.")
            if FormField.objects.filter(page__in=forms, field_type=FILE).exists()
            else _("What you write in the form."),
            LegalGround.REQUEST,
            _("Deleted within %(days)d days of being sent; each form states its own period.") % {"days": days},
        )
