"""Turns a proposal into a draft."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.html import linebreaks
from django.utils.translation import gettext as _, override
from wagtail.log_actions import log
from wagtail.models import Page
from wagtail.signals import init_new_page

from events.clock import instants_of, midnight, next_at
from events.importing.values import paragraphs
from events.newsroom.recaps import create_recap, may_write_recap, recap_of
from events.pages import CalendarPage, EventPage, RecapPage
from events.proposals.acting import ProposalRefusedError, claim, delete_pictures
from events.proposals.mails import ProposalMailKind, enqueue_mail
from events.proposals.pictures import delete_images, images_of
from events.records import AddedDate, Proposal
from portal.content.publication import lock_pages
from portal.content.records.settings import SiteSettings
from portal.content.visibility import in_trash
from portal.editorial.approval.authorship import add_author
from portal.media.models import Image
from portal.platform.slugs import free_slug, slug_of

LONGEST_SLUG = 60


class TakenUp(NamedTuple):
    """The new draft, and a sentence about each picture that could not be stored."""

    page: EventPage | RecapPage
    problems: list[str]


def may_take_up(proposal: Proposal, user: Any) -> bool:
    return bool(proposal.calendar.permissions_for_user(user).can_add_subpage())


def take_up(proposal: Proposal, user: Any, now: datetime) -> TakenUp:
    """Make the proposal a draft of the user, who is then one of its authors. Its sender gets a mail.

    Raises PermissionDenied, or ProposalRefusedError if somebody else has decided meanwhile.
    """
    if not may_take_up(proposal, user):
        raise PermissionDenied
    # Faces are searched for in each picture, which takes too long for a transaction.
    images, problems = images_of(proposal, user)
    try:
        page = _make_draft(proposal, images, user, now)
    except BaseException:
        delete_images(images)
        raise
    return TakenUp(page, problems)


@transaction.atomic
def _make_draft(proposal: Proposal, stored: dict[int, Image], user: Any, now: datetime) -> EventPage | RecapPage:
    images = list(stored.values())
    date = proposal.date
    lock_pages([proposal.calendar_id, *([date.event_id] if date else [])])
    if not claim(proposal, Proposal.State.TAKEN_UP, user, now):
        raise ProposalRefusedError(_("Somebody else has decided on this proposal meanwhile."))
    calendar = CalendarPage.objects.get(pk=proposal.calendar_id)
    with override(proposal.language):
        page = (
            _recap(proposal, calendar, images, user) if proposal.is_recap else _event(proposal, calendar, images, user)
        )
    # If its sender has an account, somebody else has to approve it.
    for sender in get_user_model().objects.filter(email__iexact=proposal.same_address):
        add_author([(page, page.latest_revision)], sender)
    proposal.page = page.page_ptr
    proposal.save(update_fields=["page"])
    # Pictures that could not be stored as images stay with the proposal until it is deleted.
    delete_pictures(proposal.pictures.filter(pk__in=stored))
    enqueue_mail(proposal, ProposalMailKind.TAKEN_UP)
    return page


def _slug(proposal: Proposal, calendar: CalendarPage) -> str:
    return slug_of(proposal.title, calendar.locale.language_code, longest=LONGEST_SLUG)


def _event(proposal: Proposal, calendar: CalendarPage, images: Sequence[Image], user: Any) -> EventPage:
    figures = [{"type": "figure", "value": _picture(image)} for image in images[1:]]
    page = EventPage(
        **_facts(proposal, calendar, images, user),
        slug=free_slug(calendar, _slug(proposal, calendar) or "event"),
        **_place(proposal.place),
        organiser=proposal.organisation,
        organiser_url=proposal.website,
        body=json.dumps([*_text(proposal), *figures]),
        time_zone=SiteSettings.for_site(proposal.site).time_zone,
    )
    _set_dates(page, proposal)
    init_new_page.send(sender=EventPage, page=page, parent=calendar)
    return _add(page, calendar, user)


def _set_dates(page: EventPage, proposal: Proposal) -> None:
    first, *others = proposal.proposed_dates
    start = datetime.combine(first.day, first.start) if first.start else midnight(first.day)
    end = next_at(start, first.end) if first.end else None
    page.start, page.end = instants_of(start, end, page.zone)
    page.is_all_day = first.start is None
    page.added_dates = [AddedDate(day=each.day, start_time=each.start, end_time=each.end) for each in others]


def _recap(proposal: Proposal, calendar: CalendarPage, images: Sequence[Image], user: Any) -> RecapPage:
    photos = [{"type": "photo", "value": _picture(image)} for image in images[1:]]
    facts = {
        **_facts(proposal, calendar, images, user),
        "body": json.dumps(_text(proposal)),
        "photos": json.dumps(photos),
        "thanks": _thanks(proposal.organisation),
    }
    date, event = proposal.date, _event_of(proposal, calendar)
    if date is None or event is None:
        return _add(
            RecapPage(slug=free_slug(calendar, _slug(proposal, calendar) or "recap"), **facts),
            calendar,
            user,
        )
    if not may_write_recap(event, user):
        raise ProposalRefusedError(_("You may not write a recap of this event."))
    if date.is_cancelled or event.is_cancelled:
        raise ProposalRefusedError(_("A cancelled event has no recap."))
    if begun := recap_of(date):
        text = _("The recap of this event has been begun: “%(title)s”. Please decline the proposal, and say so.")
        raise ProposalRefusedError(text % {"title": begun.draft_title})
    recap = create_recap(event, date, user, facts)
    log(instance=recap, action="wagtail.create", user=user, revision=recap.latest_revision, content_changed=True)
    return recap


def _event_of(proposal: Proposal, calendar: CalendarPage) -> EventPage | None:
    """The event of a proposed recap, if it is still in the calendar."""
    key = proposal.date.event_id if proposal.date else None
    return EventPage.objects.filter(~in_trash(), pk=key, path__startswith=calendar.path).first()


def _add[P: Page](page: P, calendar: CalendarPage, user: Any) -> P:
    try:
        calendar.add_child(instance=page)
        revision = page.save_revision(user=user)
    except ValidationError as error:
        raise ProposalRefusedError(" ".join(error.messages)) from error
    log(instance=page, action="wagtail.create", user=user, revision=revision, content_changed=True)
    return page


def _facts(proposal: Proposal, calendar: CalendarPage, images: Sequence[Image], user: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "title": proposal.title,
        "draft_title": proposal.title,
        "standfirst": proposal.standfirst,
        "locale": calendar.locale,
        "owner": user,
        "live": False,
    }
    if images:
        facts |= {"lead_image": images[0], "lead_image_alt": images[0].description, "lead_image_decorative": False}
        # Otherwise the caption of the event's picture would remain.
        facts["lead_image_caption"] = ""
    return facts


def _picture(image: Image) -> dict[str, Any]:
    return {"image": image.pk, "alt": image.description, "decorative": False, "caption": "", "credit": ""}


def _text(proposal: Proposal) -> list[dict[str, Any]]:
    html = paragraphs(linebreaks(proposal.text, autoescape=True))
    return [{"type": "paragraph", "value": html}] if html else []


def _thanks(organisation: str) -> str:
    """Thanks to the organisation. The sender has not agreed to the publication of their name."""
    text = _("With thanks to %(name)s.") % {"name": organisation} if organisation else ""
    return paragraphs(linebreaks(text, autoescape=True))


def _place(written: str) -> dict[str, str]:
    """The place, or the link of an online event."""
    try:
        URLValidator(schemes=["http", "https"])(written)
    except ValidationError:
        return {"place": written}
    return {"online_url": written}
