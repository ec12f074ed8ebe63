"""From an event that is over to its recap: who may begin it, what it begins with, what it is asked for."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.models import Page

from events.models import EventPage, Occurrence, RecapPage
from portal.core.models import PageTopic
from portal.core.publication import lock_pages
from portal.editorial.approval.checklist import Finding

LONGEST_SLUG = 200


def may_begin(event: EventPage, user: Any) -> bool:
    """Whether somebody may look back on an event: who may edit it, and write where it stands."""
    if not event.permissions_for_user(user).can_edit():
        return False
    return event.get_parent().specific_deferred.permissions_for_user(user).can_add_subpage()


def recap_of(date: Occurrence) -> RecapPage | None:
    """The recap of a date, published or begun; where it has none, that of all dates of its event."""
    recaps = RecapPage.objects.filter(Q(occurrence=date) | Q(occurrence=None, event=date.event_id))
    return recaps.order_by(F("occurrence_id").desc(nulls_last=True), "pk").first()


@transaction.atomic
def open_recap(date: Occurrence, user: Any) -> RecapPage:
    """The draft of a date's recap, with all that its event knows; the same one for whoever asks again.

    Raises PermissionDenied, and ValidationError for a date that did not take place.
    """
    event = EventPage.objects.get(pk=date.event_id)
    if not may_begin(event, user):
        raise PermissionDenied
    if date.is_cancelled or event.is_cancelled:
        raise ValidationError(_("What was cancelled has no recap."))
    # Of two who click at once, the second finds the draft of the first.
    lock_pages([event.pk])
    return recap_of(date) or _begin(event, date, user)


def _begin(event: EventPage, date: Occurrence, user: Any) -> RecapPage:
    calendar = event.get_parent().specific
    title = date.title or event.title
    recap = RecapPage(
        title=title,
        draft_title=title,
        slug=_slug(event, date, calendar),
        locale=event.locale,
        owner=user,
        live=False,
        event=event,
        occurrence=date,
        event_date=date.first_day,
        place=date.shown_place,
        lead_image=event.lead_image,
        lead_image_alt=event.lead_image_alt,
        lead_image_caption=event.lead_image_caption,
        speakers=event.speakers,
        partners=event.partners,
    )
    recap.page_topics = [
        PageTopic(topic_id=topic, sort_order=order)
        for order, topic in enumerate(event.page_topics.order_by("sort_order").values_list("topic", flat=True))
    ]
    calendar.add_child(instance=recap)
    recap.save_revision(user=user)
    return recap


def _slug(event: EventPage, date: Occurrence, calendar: Page) -> str:
    slug = f"{event.slug[:LONGEST_SLUG]}-{date.first_day:%Y-%m-%d}"
    # Without one, Wagtail makes one of the title that nobody has.
    return "" if calendar.get_children().filter(slug=slug).exists() else slug


# What the newsroom's checklist asks of a recap


def demanded(page: Any, out_at: datetime) -> Iterator[Finding]:
    """A recap appears after what it looks back on, unless an approver lets it go, which its history keeps."""
    if not isinstance(page, RecapPage) or page.alias_of_id:
        return
    event = page.event
    ends_at = page.ends_at
    if event and event.live and event.is_series and not page.event_date and ends_at and ends_at > timezone.now():
        yield Finding("date", _("Say which date of the series this looks back on."), "event_date")
    elif event and ends_at and ends_at > out_at:
        message = _("What this looks back on is not over before %(moment)s.")
        moment = ends_at.astimezone(event.zone)
        yield Finding("early", message % {"moment": date_format(moment, "DATETIME_FORMAT")}, "event")
    if not page.body:
        yield Finding("body", _("Tell what happened."), "body")


def wished(page: Any) -> Iterator[Finding]:
    if not isinstance(page, RecapPage):
        return
    body = {block["type"] for block in page.body.raw_data}
    if page.people is None and page.companies is None and "key_figures" not in body:
        yield Finding("figures", _("Figures: how many people came, how many companies took part."), "people")
    if not page.photos and "gallery" not in body:
        yield Finding("photos", _("Photos, each with a word for those who do not see it."), "photos")
    if "quote" not in body:
        yield Finding("quote", _("A quote: one strong sentence, and who said it."), "body")
    if not page.slides and "download" not in body:
        yield Finding("slides", _("The slides, or other documents."), "slides")
    if not page.replay and "video" not in body:
        yield Finding("replay", _("The replay."), "replay")
    if not page.partners and not page.thanks:
        yield Finding("thanks", _("A word of thanks to the partners."), "thanks")
