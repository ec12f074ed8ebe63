"""Exports the personal data of registrations, and describes their processing for the privacy notice."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from events.pages import CalendarPage, EventPage
from events.records import EventSettings, Proposal, ProposalPicture, Registration
from events.records.proposals import AFTER_DECISION, TO_DECIDE
from portal.content.personal_data import Sites, register_personal_data_source
from portal.content.readers.processing import LegalGround, Processing
from portal.content.serving.editions import Edition


def _records_of(address: str, sites: Sites) -> QuerySet[Registration]:
    found = Registration.objects.of_person(address).select_related("site", "consent", "recap_consent")
    return found if sites is None else found.filter(site__in=sites)


def _as_data(registration: Registration) -> dict[str, Any]:
    agreed, cancelled = registration.recap_agreed_at, registration.cancelled_at
    came, mailed = registration.checked_in_at, registration.last_mailed_at
    return {
        "site": str(registration.site),
        "event": registration.notified.get("title", ""),
        "date": registration.notified.get("start", ""),
        "state": registration.state,
        "name": registration.name,
        "address": registration.address,
        "places": registration.seats,
        "answers": dict(registration.answers),
        "registered": registration.registered_at.isoformat(),
        "here since": came and came.isoformat(),
        "cancelled": cancelled and cancelled.isoformat(),
        "agreed to": registration.consent.text if registration.consent else None,
        "news of the recap": registration.recap_consent.text if registration.recap_consent and agreed else None,
        "news of the recap wanted since": agreed and agreed.isoformat(),
        "last mail with time and place": mailed and mailed.isoformat(),
        "deleted on": registration.delete_at.isoformat(),
    }


register_personal_data_source("registrations", _("Registrations"), _records_of, _as_data, Registration)


def processing_by_registrations(edition: Edition) -> Iterator[Processing]:
    events = EventPage.objects.visible_in(edition, timezone.now()).filter(takes_registrations=True)
    if not events.exists():
        return
    days = EventSettings.for_site(edition.site).registration_days
    retention = gettext("Deleted %(days)d days after the date.") % {"days": days}
    yield Processing(
        gettext("To register you for an event, and to write to you about it"),
        gettext("Your name, your e-mail address, the number of places, and your answers to the questions of the form."),
        LegalGround.REQUEST,
        retention,
    )
    if events.filter(offers_recap_news=True).exists():
        yield Processing(
            gettext("To write to you once when the recap of an event is published"),
            gettext("Your e-mail address, if you have ticked the box."),
            LegalGround.CONSENT,
            retention,
        )


def _proposals_of(address: str, sites: Sites) -> QuerySet[Proposal]:
    found = (
        Proposal.objects.of_person(address)
        .select_related("site", "calendar", "consent", "date__event")
        .prefetch_related("pictures")
    )
    return found if sites is None else found.filter(site__in=sites)


def _proposal_as_data(proposal: Proposal) -> dict[str, Any]:
    confirmed, decided, published = proposal.confirmed_at, proposal.decided_at, proposal.published_at
    texts = (
        "language",
        "kind",
        "state",
        "name",
        "address",
        "organisation",
        "title",
        "dates",
        "place",
        "standfirst",
        "text",
        "website",
    )
    return {
        "site": str(proposal.site),
        "calendar": proposal.calendar.title,
        "event": proposal.date.shown_title if proposal.date else "",
        "date": proposal.date.start.isoformat() if proposal.date else "",
        **{name: getattr(proposal, name) for name in texts},
        "pictures": [
            {"name": each.name, "bytes": each.size, "description": each.description, "credit": each.credit}
            for each in proposal.pictures.all()
        ],
        "agreed to": proposal.consent.text,
        "sent": proposal.proposed_at.isoformat(),
        "confirmed": confirmed and confirmed.isoformat(),
        "decided": decided and decided.isoformat(),
        "reason": proposal.reason,
        "published": published and published.isoformat(),
        "deleted on": proposal.delete_at.isoformat(),
    }


register_personal_data_source(
    "proposals", _("Proposals of readers"), _proposals_of, _proposal_as_data, Proposal, ProposalPicture
)


def processing_by_proposals(edition: Edition) -> Iterator[Processing]:
    if CalendarPage.objects.visible_in(edition, timezone.now()).filter(takes_proposals=True).exists():
        retention = gettext("Deleted %(days)d days after the decision, and after %(most)d days if there is none.")
        yield Processing(
            gettext("To decide on an event or a recap that you propose, and to write to you about it"),
            gettext("Your name, your organisation, your e-mail address, your texts and pictures."),
            LegalGround.REQUEST,
            retention % {"days": AFTER_DECISION.days, "most": TO_DECIDE.days},
        )
