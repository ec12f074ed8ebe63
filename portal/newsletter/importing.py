"""Imports an existing list of subscribers, with the proof of their consent."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import batched
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from portal.core.readers.addresses import normalize_address
from portal.core.tasks.durable import durable
from portal.newsletter.issuing import edition_containing
from portal.newsletter.models import NewsletterPage, Rhythm
from portal.newsletter.subscribers.subscription import SubscriptionChoice, add_imported

MAX_FILE_SIZE = 20 * 1024 * 1024
BATCH_SIZE = 500
ADDRESS_COLUMNS = ("email", "e-mail", "address", "mail", "courriel", "adresse")
DATE_COLUMNS = ("consented_at", "date")


class ImportListError(ValueError):
    """The file is no list of subscribers."""


@dataclass(frozen=True)
class ImportedSubscriber:
    address: str
    consented_at: str = ""
    """A date or time in ISO 8601; empty if the list has none."""


@dataclass(frozen=True)
class RejectedLine:
    line: int
    reason: str


def read_list(content: bytes) -> tuple[list[ImportedSubscriber], list[RejectedLine]]:
    """The subscribers in a CSV file, and the lines that were rejected; raises ImportListError."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportListError(_("The file is not UTF-8 text.")) from error
    if "\0" in text:
        raise ImportListError(_("The file is not UTF-8 text."))
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        names = {str(name or "").strip().lower(): name for name in rows.fieldnames or []}
        column = next((names[name] for name in ADDRESS_COLUMNS if name in names), None)
        if column is None:
            raise ImportListError(_("The first line names no column “email”."))
        day = next((names[name] for name in DATE_COLUMNS if name in names), None)
        return _subscribers_in(rows, column, day)
    except csv.Error as error:
        raise ImportListError(_("Line %(line)d is no line of a CSV file.") % {"line": rows.line_num}) from error


def _subscribers_in(
    rows: csv.DictReader[str], column: str, day: str | None
) -> tuple[list[ImportedSubscriber], list[RejectedLine]]:
    subscribers: dict[str, ImportedSubscriber] = {}
    rejected = []
    for row in rows:
        value, consented_at = str(row.get(column) or ""), str(row.get(day) or "").strip() if day else ""
        if not value.strip():
            continue
        try:
            address = normalize_address(value)
        except ValueError:
            rejected.append(RejectedLine(rows.line_num, _("no e-mail address")))
            continue
        if consented_at and _parse_moment(consented_at) is None:
            rejected.append(RejectedLine(rows.line_num, _("no date such as 2025-03-31")))
            continue
        subscribers.setdefault(address.casefold(), ImportedSubscriber(address, consented_at))
    return list(subscribers.values()), rejected


def _parse_moment(text: str) -> datetime | None:
    try:
        if moment := parse_datetime(text):
            return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
        day: date | None = parse_date(text)
    except ValueError:
        return None
    return timezone.make_aware(datetime.combine(day, time())) if day else None


def enqueue_import(
    newsletter: NewsletterPage, subscribers: Iterable[ImportedSubscriber], rhythm: str, proof: str, username: str
) -> int:
    """Queue the import of a list and return its length; `username`, who imports it, is added to the proof."""
    count = 0
    for batch in batched(subscribers, BATCH_SIZE):
        import_batch.enqueue(
            newsletter.pk,
            [[subscriber.address, subscriber.consented_at] for subscriber in batch],
            rhythm,
            f"{proof}\n[{username}]",
        )
        count += len(batch)
    return count


@durable
def import_batch(newsletter_key: int, subscribers: list[list[str]], rhythm: str, proof: str) -> None:
    newsletter = NewsletterPage.objects.select_related("locale").get(pk=newsletter_key)
    import_subscribers(newsletter, [ImportedSubscriber(*subscriber) for subscriber in subscribers], rhythm, proof)


def import_subscribers(
    newsletter: NewsletterPage, subscribers: Iterable[ImportedSubscriber], rhythm: str, proof: str
) -> dict[str, int]:
    """Import a list and return how many were `added`, were `known`, or had `left` and stay unsubscribed. Idempotent."""
    counts = {"added": 0, "known": 0, "left": 0}
    edition = edition_containing(newsletter)
    if edition is None:
        raise LookupError(f"{newsletter} belongs to no site.")
    now = timezone.now()
    choice = SubscriptionChoice(language=newsletter.locale.language_code, rhythm=Rhythm(rhythm))
    for subscriber in subscribers:
        at: Any = _parse_moment(subscriber.consented_at) or now
        counts[add_imported(edition.site, subscriber.address, choice, proof, at, now)] += 1
    return counts
