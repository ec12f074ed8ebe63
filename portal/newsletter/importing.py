"""Brings an existing list of subscribers in, with the proof of their consent."""

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
from portal.newsletter.issuing import edition_with
from portal.newsletter.models import NewsletterPage, Rhythm
from portal.newsletter.subscribers.subscription import SubscriptionChoice, add_imported

LARGEST = 20 * 1024 * 1024
AT_ONCE = 500
ADDRESS_COLUMNS = ("email", "e-mail", "address", "mail", "courriel", "adresse")
DATE_COLUMNS = ("consented_at", "date")


class ImportListError(ValueError):
    """The file cannot be read as a list."""


@dataclass(frozen=True)
class ImportedSubscriber:
    address: str
    consented_at: str = ""
    """A date or time in ISO 8601; empty where the list does not tell."""


@dataclass(frozen=True)
class Refusal:
    line: int
    reason: str


def read(content: bytes) -> tuple[list[ImportedSubscriber], list[Refusal]]:
    """The people of a CSV file, and the lines that name nobody; ListError for what is no such list."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise ImportListError(_("The file is not UTF-8 text.")) from fault
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
        return _people(rows, column, day)
    except csv.Error as fault:
        raise ImportListError(_("Line %(line)d is no line of a CSV file.") % {"line": rows.line_num}) from fault


def _people(rows: csv.DictReader[str], column: str, day: str | None) -> tuple[list[ImportedSubscriber], list[Refusal]]:
    people: dict[str, ImportedSubscriber] = {}
    refused = []
    for row in rows:
        written, told = str(row.get(column) or ""), str(row.get(day) or "").strip() if day else ""
        if not written.strip():
            continue
        try:
            address = normalize_address(written)
        except ValueError:
            refused.append(Refusal(rows.line_num, _("no e-mail address")))
            continue
        if told and _moment(told) is None:
            refused.append(Refusal(rows.line_num, _("no date such as 2025-03-31")))
            continue
        people.setdefault(address.casefold(), ImportedSubscriber(address, told))
    return list(people.values()), refused


def _moment(told: str) -> datetime | None:
    try:
        if moment := parse_datetime(told):
            return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
        day: date | None = parse_date(told)
    except ValueError:
        return None
    return timezone.make_aware(datetime.combine(day, time())) if day else None


def enqueue_import(
    newsletter: NewsletterPage, people: Iterable[ImportedSubscriber], rhythm: str, proof: str, who: str
) -> int:
    """Put the import of a list into the queue; how many people it has. `who` brings it in."""
    count = 0
    for some in batched(people, AT_ONCE):
        import_batch.enqueue(
            newsletter.pk, [[person.address, person.consented_at] for person in some], rhythm, f"{proof}\n[{who}]"
        )
        count += len(some)
    return count


@durable
def import_batch(newsletter_key: int, people: list[list[str]], rhythm: str, proof: str) -> None:
    newsletter = NewsletterPage.objects.select_related("locale").get(pk=newsletter_key)
    take_over(newsletter, [ImportedSubscriber(*person) for person in people], rhythm, proof)


def take_over(
    newsletter: NewsletterPage, people: Iterable[ImportedSubscriber], rhythm: str, proof: str
) -> dict[str, int]:
    """How many were `added`, were `known`, or had `left` and stay so. Called again, it adds nobody twice."""
    counts = {"added": 0, "known": 0, "left": 0}
    edition = edition_with(newsletter)
    if edition is None:
        raise LookupError(f"{newsletter} belongs to no site.")
    now = timezone.now()
    choice = SubscriptionChoice(language=newsletter.locale.language_code, rhythm=Rhythm(rhythm))
    for person in people:
        at: Any = _moment(person.consented_at) or now
        counts[add_imported(edition.site, person.address, choice, proof, at, now)] += 1
    return counts
