"""What comes back: reads reports of undelivered mail (RFC 3464) and stops addresses that refuse time and again."""

import email
import email.policy
import mailbox
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from portal.newsletter.models import ConsentStep, Delivery, Subscriber

MARK = re.compile(r"d(\d{1,18})-([0-9a-f]{20})")
HEADER = re.compile(rb"^X-Portal-Delivery:[ \t]*(d\d{1,18}-[0-9a-f]{20})", re.IGNORECASE | re.MULTILINE)
LARGEST = 10 * 1024 * 1024


def delivery_token(key: int) -> str:
    """The signed name of a delivery, of letters and digits that survive any mail program."""
    return f"d{key}-{_seal(key)}"


def _seal(key: int) -> str:
    return salted_hmac("newsletter.delivery", str(key), algorithm="sha256").hexdigest()[:20]


def delivery_of(mark: str) -> int | None:
    """The key of the delivery that a mark names; None for a forged one."""
    found = MARK.fullmatch(mark.lower())
    if not found or not constant_time_compare(_seal(int(found[1])), found[2]):
        return None
    return int(found[1])


def envelope_of(mark: str) -> str:
    """Where the mail server returns a copy to; empty without an address for returns."""
    name, _at, domain = settings.NEWSLETTER_BOUNCE_ADDRESS.partition("@")
    return f"{name}+{mark}@{domain}" if domain else ""


@dataclass(frozen=True)
class BounceReport:
    """What one report says: which delivery, whether for good, and in which words."""

    delivery: int | None
    is_final: bool
    reply: str = ""


def reports_in(messages: Iterable[bytes]) -> Iterator[BounceReport]:
    for raw in messages:
        message = email.message_from_bytes(raw[:LARGEST], policy=email.policy.default)
        if isinstance(message, EmailMessage):
            yield report_of(message, raw[:LARGEST])


def report_of(message: EmailMessage, raw: bytes) -> BounceReport:
    """A mail that is no report of a failure, such as an absence or a delay, is not final."""
    action, status, reply = "", "", ""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            payload: Any = part.get_payload()
            for fields in payload if part.is_multipart() else []:
                action = str(fields.get("Action", action)).strip().lower()
                status = str(fields.get("Status", status)).strip()
                reply = str(fields.get("Diagnostic-Code", reply))
    is_final = action == "failed" and status.startswith("5")
    words = re.sub(r"<?[^\s<>]+@[^\s<>]+>?", "…", " ".join(f"{status} {reply}".split()))[:200]
    return BounceReport(_delivery_in(message, raw), is_final, words)


def _delivery_in(message: EmailMessage, raw: bytes) -> int | None:
    """From the address that it came back to, else from the copy's own header in the part that quotes it."""
    for name in ("To", "Delivered-To", "X-Original-To", "Envelope-To"):
        for value in message.get_all(name, []):
            for found in MARK.finditer(str(value).lower()):
                if (key := delivery_of(found[0])) is not None:
                    return key
    for quoted in HEADER.finditer(raw):
        if (key := delivery_of(quoted[1].decode())) is not None:
            return key
    return None


def messages_in(path: Path) -> Iterator[bytes]:
    """The mails in an mbox file, in a Maildir folder, in a folder of files, or the one in a file."""
    if path.is_dir() and (path / "new").is_dir():
        yield from (message.as_bytes() for message in mailbox.Maildir(path, create=False))
    elif path.is_dir():
        yield from (file.read_bytes() for file in sorted(path.iterdir()) if file.is_file())
    else:
        with path.open("rb") as file:
            yield from messages_from(file)


def messages_from(file: BinaryIO) -> Iterator[bytes]:
    """The mails of an mbox, or the one mail that the file is."""
    lines: list[bytes] = []
    for number, line in enumerate(file):
        if line.startswith(b"From ") and number and lines and lines[-1].strip() == b"":
            yield b"".join(lines)
            lines = []
        elif number or not line.startswith(b"From "):
            lines.append(line)
    if lines:
        yield b"".join(lines)


def record_bounce(reports: Iterable[BounceReport], now: datetime) -> dict[str, int]:
    """Act on reports; how many were `final`, `soft` (or no failure at all) and `unknown` is returned."""
    counts = {"final": 0, "soft": 0, "unknown": 0}
    for report in reports:
        if report.delivery is None or not Delivery.objects.filter(pk=report.delivery).exists():
            counts["unknown"] += 1
        elif not report.is_final:
            counts["soft"] += 1
        else:
            counts["final"] += 1
            hard_bounce(report.delivery, now, report.reply)
    return counts


@transaction.atomic
def hard_bounce(key: int, now: datetime, reply: str = "") -> None:
    """Note that a copy came back for good, once; after so many its subscriber gets no more."""
    delivery = Delivery.objects.filter(pk=key).select_related("subscriber").first()
    if delivery is None or not Delivery.objects.filter(pk=key, bounced_at=None).update(bounced_at=now):
        return
    if reply:
        Delivery.objects.filter(pk=key).update(state=Delivery.State.FAILED, reply=reply)
    subscriber = delivery.subscriber
    if subscriber is None or not subscriber.confirmed_at:
        return
    # Reports of before the address was confirmed again say nothing of today; older ones go with their deliveries.
    since = {"bounced_at__gt": subscriber.confirmed_at, "sending__created_at__gt": subscriber.confirmed_at}
    if Delivery.objects.filter(subscriber=subscriber, **since).count() < settings.NEWSLETTER_BOUNCES:
        return
    active = Subscriber.objects.filter(pk=subscriber.pk, state=Subscriber.State.ACTIVE)
    if active.update(state=Subscriber.State.STOPPED, left_at=now):
        ConsentStep.objects.create(subscriber=subscriber, kind=ConsentStep.Kind.STOPPED, at=now, words=reply)
