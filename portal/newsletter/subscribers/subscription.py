"""The life of a subscription: request, confirmation, change, import, unsubscription, export and erasure of data."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext_lazy as _
from wagtail.models import Site

from portal.content.extension_points import ReaderActKind, report_reader_act
from portal.content.mail import Attachment, compose, enqueue
from portal.newsletter.models import ChosenSection, ConsentStep, ListImport, NewsletterPage, Rhythm, Subscriber
from portal.newsletter.models.pages import version_hash
from portal.newsletter.subscribers.links import DAYS_TO_CONFIRM, confirmation_link, preferences_link
from portal.platform.addresses import address_key
from portal.platform.operation.keys import lasting_hash
from portal.platform.rate_limits import may_send_mail_to

State = Subscriber.State


@dataclass(frozen=True)
class SubscriptionChoice:
    """A subscriber's choice of mails. No sections means every section."""

    language: str
    rhythm: Rhythm = Rhythm.ISSUES
    sections: Collection[UUID] = ()


def hash_of_address(address: str) -> str:
    """A keyed hash of an address, the same for all of its spellings; raises ValueError for an invalid one."""
    return lasting_hash("newsletter.address", address_key(address))


def with_own_hash(row: dict[str, Any]) -> dict[str, Any]:
    """A subscriber's row from another installation, with a hash by the key of this one if it has an address."""
    return {**row, "address_hash": hash_of_address(row["address"])} if row["address"] else row


def find_subscriber(site: Site, address: str) -> Subscriber | None:
    return Subscriber.objects.of(site).filter(address_hash=hash_of_address(address)).first()


@transaction.atomic
def request_subscription(
    newsletter: NewsletterPage, site: Site, address: str, choice: SubscriptionChoice, now: datetime
) -> None:
    """Handle a sign-up by mailing the address, so that the form does not disclose who is subscribed.

    Nothing is sent or stored beyond the mailbox's rate limit.
    """
    if not may_send_mail_to(address):
        return
    found = find_subscriber(site, address)
    if found and found.state == State.ACTIVE:
        link = preferences_link(found.pk, site, found.language)
        _send_mail(found, "already_subscribed", {"link": link, "link_label": _("See what you receive")})
        return
    subscriber = _save_request(found, site, address, choice, now)
    ConsentStep.objects.create(
        subscriber=subscriber,
        kind=ConsentStep.Kind.ASKED,
        at=now,
        details=newsletter.consent_text,
        version=newsletter.consent_version,
    )
    link = confirmation_link(subscriber)
    _send_mail(subscriber, "confirm", {"link": link, "link_label": _("Confirm"), "days": DAYS_TO_CONFIRM})


def _save_request(
    subscriber: Subscriber | None, site: Site, address: str, choice: SubscriptionChoice, now: datetime
) -> Subscriber:
    fields = {"address": address, "language": choice.language, "rhythm": choice.rhythm, "asked_at": now}
    if subscriber is None:
        # A concurrent request, such as from a second click, may have created the subscriber.
        subscriber, _is_new = Subscriber.objects.get_or_create(
            site=site, address_hash=hash_of_address(address), defaults=fields
        )
    else:
        fields |= {"state": State.PENDING, "request_number": F("request_number") + 1}
        Subscriber.objects.filter(pk=subscriber.pk).update(**fields)
        subscriber.refresh_from_db()
    _set_sections(subscriber, choice.sections)
    return subscriber


def _send_mail(subscriber: Subscriber, name: str, context: Mapping[str, Any], **fields: Any) -> None:
    recipient = {"to": subscriber.address, "language": subscriber.language, "site": subscriber.site}
    enqueue([compose(f"newsletter/{name}", context, **recipient, **fields)])


@transaction.atomic
def confirm(subscriber: Subscriber, now: datetime) -> bool:
    """Confirm the address; return False if it was already confirmed or was unsubscribed later."""
    changed = Subscriber.objects.filter(
        pk=subscriber.pk, state=State.PENDING, request_number=subscriber.request_number
    ).update(state=State.ACTIVE, confirmed_at=now, left_at=None)
    if changed:
        ConsentStep.objects.create(subscriber=subscriber, kind=ConsentStep.Kind.CONFIRMED, at=now)
        facts = {"id": str(subscriber.pk), "language": subscriber.language}
        report_reader_act(ReaderActKind.SUBSCRIPTION, subscriber.site_id, None, **facts)
    return bool(changed)


@transaction.atomic
def save_choice(subscriber: Subscriber, choice: SubscriptionChoice, now: datetime) -> None:
    Subscriber.objects.filter(pk=subscriber.pk).update(language=choice.language, rhythm=choice.rhythm)
    _set_sections(subscriber, choice.sections)
    sections = ", ".join(sorted(map(str, choice.sections))) or "all"
    details = f"{choice.language}, {choice.rhythm}, {sections}"
    ConsentStep.objects.create(subscriber=subscriber, kind=ConsentStep.Kind.CHANGED, at=now, details=details)


def _set_sections(subscriber: Subscriber, sections: Collection[UUID]) -> None:
    subscriber.chosen_sections.all().delete()
    ChosenSection.objects.bulk_create(ChosenSection(subscriber=subscriber, section_key=key) for key in set(sections))


@transaction.atomic
def unsubscribe(subscriber: Subscriber, now: datetime) -> bool:
    """Unsubscribe, whether confirmed or not; return False if that had been done before."""
    subscribed = Subscriber.objects.filter(pk=subscriber.pk).exclude(state=State.LEFT)
    changed = subscribed.update(state=State.LEFT, left_at=now, request_number=F("request_number") + 1)
    if changed:
        ConsentStep.objects.create(subscriber=subscriber, kind=ConsentStep.Kind.LEFT, at=now)
    return bool(changed)


@dataclass(frozen=True)
class ImportProof:
    """The way, time and wording of somebody's consent elsewhere, and the imported list with the proof.

    `agreed_at` is None if unknown; then there is no consent.
    """

    words: str
    agreed_at: datetime | None
    list_import: ListImport | None = None


class ImportOutcome(StrEnum):
    """The outcome of an import for one person, or the reason why it does nothing."""

    ADDED = "added"
    INVITED = "invited"
    KNOWN = "known"
    WAITING = "waiting"
    LEFT = "left"


def import_outcome(found: Subscriber | None, proof: ImportProof) -> ImportOutcome:
    """The outcome of importing a person, who may be `found` here already.

    Somebody who has unsubscribed, or was stopped after bounces, is not imported, even after an unconfirmed request.
    """
    if found and found.has_left:
        return ImportOutcome.LEFT
    if found and found.state == State.ACTIVE:
        return ImportOutcome.KNOWN
    if proof.agreed_at:
        return ImportOutcome.ADDED
    return ImportOutcome.WAITING if found else ImportOutcome.INVITED


@transaction.atomic
def add_imported(
    site: Site, address: str, choice: SubscriptionChoice, proof: ImportProof, now: datetime
) -> ImportOutcome:
    """Import a subscriber with the proof of their consent. Without a proof, send a mail that asks for consent."""
    found = find_subscriber(site, address)
    outcome = import_outcome(found, proof)
    if outcome not in (ImportOutcome.ADDED, ImportOutcome.INVITED):
        return outcome
    subscriber = _save_request(found, site, address, choice, now)
    if proof.agreed_at:
        Subscriber.objects.filter(pk=subscriber.pk).update(
            state=State.ACTIVE, confirmed_at=proof.agreed_at, left_at=None
        )
    details = f"{proof.words}\nconsented_at: {proof.agreed_at.isoformat() if proof.agreed_at else '?'}"
    ConsentStep.objects.create(
        subscriber=subscriber,
        kind=ConsentStep.Kind.IMPORTED,
        at=now,
        details=details,
        version=version_hash(proof.words),
        list_import=proof.list_import,
    )
    if not proof.agreed_at:
        link = confirmation_link(subscriber)
        _send_mail(subscriber, "permission", {"link": link, "link_label": _("Confirm"), "days": DAYS_TO_CONFIRM})
    return outcome


@transaction.atomic
def take_back_imported(list_import: ListImport, limit: int) -> int:
    """Undo the import of up to `limit` unchanged subscribers; return their number.

    Subscribers with an earlier request that was never confirmed become unconfirmed again. All others are deleted.
    """
    steps = ConsentStep.objects.filter(list_import=list_import)
    later = ConsentStep.objects.filter(subscriber=OuterRef("subscriber"), pk__gt=OuterRef("pk"))
    unchanged = steps.exclude(Exists(later)).filter(subscriber__state__in=(State.ACTIVE, State.PENDING))
    keys = list(unchanged.order_by("pk").values_list("subscriber", flat=True)[:limit])
    subscribers = Subscriber.objects.filter(pk__in=keys)
    earlier = ConsentStep.objects.filter(subscriber__in=keys).exclude(pk__in=steps.values("pk"))
    before = set(earlier.values_list("subscriber", flat=True))
    subscribers.filter(pk__in=before).update(state=State.PENDING, confirmed_at=None)
    steps.filter(subscriber__in=before).delete()
    subscribers.exclude(pk__in=before).delete()
    return len(keys)


def send_data(subscriber: Subscriber) -> None:
    """Mail a subscriber's data to their own address, because somebody else may have the link.

    Nothing is sent beyond the rate limit of the mailbox.
    """
    if not may_send_mail_to(subscriber.address):
        return
    rows = json.dumps(data_of(subscriber), indent=2, ensure_ascii=False)
    file = Attachment("newsletter.json", rows.encode(), "application/json")
    _send_mail(subscriber, "data", {"rows": rows}, attachments=(file,))


def data_of(subscriber: Subscriber) -> Mapping[str, Any]:
    def iso(time: datetime | None) -> str | None:
        return time.isoformat() if time else None

    steps, deliveries = list(subscriber.steps.all()), subscriber.deliveries.select_related("sending").order_by("pk")
    is_imported = any(step.kind == ConsentStep.Kind.IMPORTED for step in steps)
    return {
        "site": subscriber.site.site_name,
        "address": subscriber.address,
        "language": subscriber.language,
        "rhythm": subscriber.rhythm,
        "state": subscriber.state,
        "imported_at" if is_imported else "asked_at": iso(subscriber.asked_at),
        "confirmed_at": iso(subscriber.confirmed_at),
        "left_at": iso(subscriber.left_at),
        "sections": sorted(map(str, subscriber.section_keys)),
        "steps": [
            {"kind": step.kind, "at": iso(step.at), "words": step.details, "version": step.version} for step in steps
        ],
        "mails": [
            {"subject": each.sending.subject, "state": each.state, "sent_at": iso(each.sent_at)} for each in deliveries
        ],
    }
