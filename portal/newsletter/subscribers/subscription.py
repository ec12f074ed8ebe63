"""How somebody comes to receive a newsletter, changes what of it, leaves it, and is forgotten."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from wagtail.models import Site

from portal.core.mail import Attachment, compose, enqueue
from portal.core.readers.addresses import address_key
from portal.core.readers.rate_limits import may_send_mail_to
from portal.newsletter.models import ChosenSection, ConsentStep, NewsletterPage, Rhythm, Subscriber
from portal.newsletter.models.pages import version_of
from portal.newsletter.subscribers.links import DAYS_TO_CONFIRM, confirmation_link, preferences_link

State = Subscriber.State


@dataclass(frozen=True)
class SubscriptionChoice:
    """What of a newsletter somebody wants; no section at all means every one."""

    language: str
    rhythm: Rhythm = Rhythm.ISSUES
    sections: Collection[UUID] = ()


def digest_of(address: str) -> str:
    """A name for an address, the same for all of its spellings, that cannot be read back.

    ValueError for what is no address.
    """
    return salted_hmac("newsletter.address", address_key(address), algorithm="sha256").hexdigest()


def with_address(site: Site, address: str) -> Subscriber | None:
    return Subscriber.objects.of(site).filter(digest=digest_of(address)).first()


@transaction.atomic
def request_subscription(
    newsletter: NewsletterPage, site: Site, address: str, choice: SubscriptionChoice, now: datetime
) -> None:
    """Somebody wrote this address into the form. All that follows is a mail to it, so nobody learns who is known here.

    Nothing at all follows where the mailbox has been written to too often of late.
    """
    if not may_send_mail_to(address):
        return
    known = with_address(site, address)
    if known and known.state == State.ACTIVE:
        link = preferences_link(known.pk, site, known.language)
        _write_to(known, "known", {"link": link, "link_label": _("See what you receive")})
        return
    subscriber = _requested(known, site, address, choice, now)
    ConsentStep.objects.create(
        subscriber=subscriber,
        kind=ConsentStep.Kind.ASKED,
        at=now,
        words=newsletter.consent_words,
        version=newsletter.consent_version,
    )
    link = confirmation_link(subscriber)
    _write_to(subscriber, "confirm", {"link": link, "link_label": _("Confirm"), "days": DAYS_TO_CONFIRM})


def _requested(
    known: Subscriber | None, site: Site, address: str, choice: SubscriptionChoice, now: datetime
) -> Subscriber:
    facts = {"address": address, "language": choice.language, "rhythm": choice.rhythm, "asked_at": now}
    if known is None:
        try:
            with transaction.atomic():
                known = Subscriber.objects.create(site=site, digest=digest_of(address), **facts)
        except IntegrityError:
            # The same person pressed the button twice.
            known = Subscriber.objects.of(site).get(digest=digest_of(address))
    else:
        facts |= {"state": State.PENDING, "request_number": F("request_number") + 1}
        Subscriber.objects.filter(pk=known.pk).update(**facts)
        known.refresh_from_db()
    _choose(known, choice.sections)
    return known


def _write_to(subscriber: Subscriber, name: str, context: Mapping[str, Any], **facts: Any) -> None:
    letter = compose(
        f"newsletter/{name}",
        context,
        to=subscriber.address,
        language=subscriber.language,
        site=subscriber.site,
        **facts,
    )
    enqueue([letter])


@transaction.atomic
def confirm(subscriber: Subscriber, now: datetime) -> bool:
    """The address is its owner's. False where it was confirmed before, or where its owner has left since."""
    changed = Subscriber.objects.filter(
        pk=subscriber.pk, state=State.PENDING, request_number=subscriber.request_number
    ).update(state=State.ACTIVE, confirmed_at=now, left_at=None)
    if changed:
        ConsentStep.objects.create(subscriber=subscriber, kind=ConsentStep.Kind.CONFIRMED, at=now)
    return bool(changed)


@transaction.atomic
def change_choice(subscriber: Subscriber, choice: SubscriptionChoice, now: datetime) -> None:
    Subscriber.objects.filter(pk=subscriber.pk).update(language=choice.language, rhythm=choice.rhythm)
    _choose(subscriber, choice.sections)
    ConsentStep.objects.create(subscriber=subscriber, kind=ConsentStep.Kind.CHANGED, at=now, words=_words_of(choice))


def _words_of(choice: SubscriptionChoice) -> str:
    return f"{choice.language}, {choice.rhythm}, {', '.join(sorted(map(str, choice.sections))) or 'all'}"


def _choose(subscriber: Subscriber, sections: Collection[UUID]) -> None:
    subscriber.chosen_sections.all().delete()
    ChosenSection.objects.bulk_create(ChosenSection(subscriber=subscriber, section_key=key) for key in set(sections))


@transaction.atomic
def unsubscribe(subscriber: Subscriber, now: datetime) -> bool:
    """False where they have left already; who never confirmed leaves as well."""
    staying = Subscriber.objects.filter(pk=subscriber.pk).exclude(state=State.LEFT)
    changed = staying.update(state=State.LEFT, left_at=now, request_number=F("request_number") + 1)
    if changed:
        ConsentStep.objects.create(subscriber=subscriber, kind=ConsentStep.Kind.LEFT, at=now)
    return bool(changed)


@transaction.atomic
def add_imported(site: Site, address: str, choice: SubscriptionChoice, proof: str, at: datetime, now: datetime) -> str:
    """Take a person over from an existing list, with the proof that they agreed: `added`, `known` or `left`.

    Nobody comes back by an import who has left here, or whose mails come back.
    """
    known = with_address(site, address)
    if known and known.state != State.PENDING:
        return "known" if known.state == State.ACTIVE else "left"
    subscriber = _requested(known, site, address, choice, now)
    Subscriber.objects.filter(pk=subscriber.pk).update(state=State.ACTIVE, confirmed_at=now, left_at=None)
    ConsentStep.objects.create(
        subscriber=subscriber, kind=ConsentStep.Kind.IMPORTED, at=at, words=proof, version=version_of(proof)
    )
    return "added"


def erase(subscriber: Subscriber) -> None:
    """Forget a person altogether. What was sent is still counted, without them."""
    subscriber.delete()


def send_data(subscriber: Subscriber) -> None:
    """Send a person what is kept of them, to their own address: the link may have been passed on.

    No more often than any mail that strangers can ask for.
    """
    if not may_send_mail_to(subscriber.address):
        return
    rows = json.dumps(data_of(subscriber), indent=2, ensure_ascii=False)
    file = Attachment("newsletter.json", rows.encode(), "application/json")
    _write_to(subscriber, "data", {"rows": rows}, attachments=(file,))


def data_of(subscriber: Subscriber) -> Mapping[str, Any]:
    """All that is kept of one person."""
    sent = subscriber.deliveries.select_related("sending").order_by("pk")
    return {
        "site": subscriber.site.site_name,
        "address": subscriber.address,
        "language": subscriber.language,
        "rhythm": subscriber.rhythm,
        "state": subscriber.state,
        "asked_at": subscriber.asked_at.isoformat(),
        "confirmed_at": subscriber.confirmed_at.isoformat() if subscriber.confirmed_at else None,
        "left_at": subscriber.left_at.isoformat() if subscriber.left_at else None,
        "sections": sorted(map(str, subscriber.section_keys)),
        "steps": [
            {"kind": step.kind, "at": step.at.isoformat(), "words": step.words, "version": step.version}
            for step in subscriber.steps.all()
        ],
        "mails": [
            {
                "subject": delivery.sending.subject,
                "state": delivery.state,
                "sent_at": delivery.sent_at.isoformat() if delivery.sent_at else None,
            }
            for delivery in sent
        ],
    }
