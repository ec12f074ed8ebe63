"""Describes the processing of registrations for the privacy notice."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from events.pages import EventPage
from events.records import EventSettings
from portal.content.readers.processing import LegalGround, Processing
from portal.content.serving.editions import Edition


def processing_by_registrations(edition: Edition) -> Iterator[Processing]:
    events = EventPage.objects.visible_in(edition, timezone.now()).filter(takes_registrations=True)
    if not events.exists():
        return
    days = EventSettings.for_site(edition.site).registration_retention_days
    retention = _("Deleted %(days)d days after the date.") % {"days": days}
    yield Processing(
        _("To register you for an event, and to tell you of its changes"),
        _("Your name, your e-mail address, the number of places, and your answers to the questions of the form."),
        LegalGround.REQUEST,
        retention,
    )
    if events.filter(offers_recap_news=True).exists():
        yield Processing(
            _("To write to you once when the recap of an event is published"),
            _("Your e-mail address, if you have ticked the box."),
            LegalGround.CONSENT,
            retention,
        )
