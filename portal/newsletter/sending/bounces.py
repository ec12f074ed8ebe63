"""Processes bounces (delivery status notifications, RFC 3464) and suspends subscribers after repeated hard bounces."""

import email
import email.policy
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare

from portal.newsletter.models import ConsentStep, Delivery, Subscriber
from portal.platform.operation.keys import lasting_hash

TOKEN = re.compile(r"d(\d{1,18})-([0-9a-f]{20})")
# It matches from the beginning of a word only: otherwise a long word without an @ takes quadratic time.
ADDRESS = re.compile(r"<?(?<![^\s<>])[^\s<>]+@[^\s<>]+>?")
TOKEN_IN_HEADER = re.compile(rb"^X-Portal-Delivery:[ \t]*(d\d{1,18}-[0-9a-f]{20})", re.IGNORECASE | re.MULTILINE)
MAX_MESSAGE_SIZE = 10 * 1024 * 1024


def delivery_token(key: int) -> str:
    """A delivery's signed key: letters, digits and a hyphen. Any address preserves them, except for their case."""
    return f"d{key}-{lasting_hash('newsletter.delivery', str(key))[:20]}"


def delivery_of(token: str) -> int | None:
    """The key of the delivery that a token names; None if the token is not ours."""
    found = TOKEN.fullmatch(token.lower())
    if not found or not constant_time_compare(delivery_token(int(found[1])), found[0]):
        return None
    return int(found[1])


def without_addresses(reply: str) -> str:
    """A server's reply on one line of at most 200 characters, as a delivery stores it.

    PostgreSQL stores no NUL character.
    """
    printable = "".join(each if each.isprintable() else " " for each in reply)
    return ADDRESS.sub("…", " ".join(printable.split()))[:200]


def envelope_sender(token: str) -> str:
    """The envelope sender of a copy (variable envelope return path); empty without NEWSLETTER_BOUNCE_ADDRESS."""
    name, _at, domain = settings.NEWSLETTER_BOUNCE_ADDRESS.partition("@")
    return f"{name}+{token}@{domain}" if domain else ""


@dataclass(frozen=True)
class BounceReport:
    """One report. `delivery` is a key, `is_hard` a permanent failure, `reply` the server's reply without addresses."""

    delivery: int | None
    is_hard: bool
    reply: str = ""


def reports_in(messages: Iterable[bytes]) -> Iterator[BounceReport]:
    for raw in messages:
        # Anybody can send a mail, and the default policy may parse headers slowly, or fail with a RecursionError.
        message = email.message_from_bytes(raw[:MAX_MESSAGE_SIZE], policy=email.policy.compat32)
        yield parse_report(message, raw[:MAX_MESSAGE_SIZE])


def parse_report(message: Message, raw: bytes) -> BounceReport:
    """Read one mail; an out-of-office reply or a notice of delay is not a hard bounce."""
    action, status, reply = "", "", ""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            payload: Any = part.get_payload()
            for fields in payload if part.is_multipart() else []:
                action = str(fields.get("Action", action)).strip().lower()
                status = str(fields.get("Status", status)).strip()
                reply = str(fields.get("Diagnostic-Code", reply))
    is_hard = action == "failed" and status.startswith("5")
    return BounceReport(_delivery_in(message, raw), is_hard, without_addresses(f"{status} {reply}"))


def _delivery_in(message: Message, raw: bytes) -> int | None:
    """Find the token in the recipient's address of the report, or in the header of the quoted copy."""
    names = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
    addresses = " ".join(str(value) for name in names for value in message.get_all(name, []))
    tokens = [found[0] for found in TOKEN.finditer(addresses.lower())]
    tokens += [quoted[1].decode() for quoted in TOKEN_IN_HEADER.finditer(raw)]
    keys = (delivery_of(token) for token in tokens)
    return next((key for key in keys if key is not None), None)


def messages_in(path: Path) -> Iterator[bytes]:
    """Yield the mails in an mbox file, a Maildir, a folder of mails, or a file with one mail."""
    folders = [path / "new", path / "cur"] if (path / "new").is_dir() else [path]
    files = [each for folder in folders for each in sorted(folder.iterdir())] if path.is_dir() else [path]
    for each in filter(Path.is_file, files):
        with each.open("rb") as file:
            yield from messages_from(file)


def messages_from(file: BinaryIO) -> Iterator[bytes]:
    """Yield the mails in an mbox file, or the single mail in any other file."""
    lines: list[bytes] = []
    for number, line in enumerate(file):
        if line.startswith(b"From ") and number and lines and lines[-1].strip() == b"":
            yield b"".join(lines)
            lines = []
        elif number or not line.startswith(b"From "):
            lines.append(line)
    if lines:
        yield b"".join(lines)


def record_bounces(reports: Iterable[BounceReport], now: datetime) -> dict[str, int]:
    """Record the bounces in reports; return how many were `hard`, `soft` (or no failure) and `unknown`."""
    counts = {"hard": 0, "soft": 0, "unknown": 0}
    for report in reports:
        if report.delivery is None or not Delivery.objects.filter(pk=report.delivery).exists():
            counts["unknown"] += 1
        elif not report.is_hard:
            counts["soft"] += 1
        else:
            counts["hard"] += 1
            record_hard_bounce(report.delivery, now, report.reply)
    return counts


@transaction.atomic
def record_hard_bounce(key: int, now: datetime, reply: str = "") -> None:
    """Record the hard bounce of a delivery, once; after NEWSLETTER_BOUNCES of them its subscriber is stopped."""
    delivery = Delivery.objects.filter(pk=key).select_related("subscriber").first()
    if delivery is None or not Delivery.objects.filter(pk=key, bounced_at=None).update(bounced_at=now):
        return
    if reply:
        Delivery.objects.filter(pk=key).update(state=Delivery.State.FAILED, reply=reply)
    subscriber = delivery.subscriber
    if subscriber is None or subscriber.state == Subscriber.State.PENDING:
        return
    # A bounce before the latest confirmation of the address does not count.
    begin = subscriber.receives_since
    since = {"bounced_at__gt": begin, "sending__created_at__gt": begin}
    if Delivery.objects.filter(subscriber=subscriber, **since).count() < settings.NEWSLETTER_BOUNCES:
        return
    active = Subscriber.objects.filter(pk=subscriber.pk, state=Subscriber.State.ACTIVE)
    if active.update(state=Subscriber.State.STOPPED, left_at=now):
        ConsentStep.objects.create(subscriber=subscriber, kind=ConsentStep.Kind.STOPPED, at=now, details=reply)
