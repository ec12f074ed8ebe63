"""Tells the privacy notice what forms do with the data of readers."""

from collections.abc import Iterator

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail import hooks

from home.form_pages import FormPage
from portal.core.readers.processing import LegalGround, Processing
from portal.core.serving.editions import Edition


@hooks.register("portal_processing", order=30)
def processing_by_forms(edition: Edition) -> Iterator[Processing]:
    forms = FormPage.objects.visible_in(edition, timezone.now())
    if days := forms.aggregate(longest=Max("keep_days"))["longest"]:
        yield Processing(
            _("To read and answer what you send us by a form"),
            _("What you write in the form."),
            LegalGround.REQUEST,
            _("Deleted %(days)d days after it was sent at the latest; each form names its own period.")
            % {"days": days},
        )
