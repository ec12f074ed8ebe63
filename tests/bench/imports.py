"""Measures how a partner's calendar is read: all its events new, and all of them known."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from os import times
from time import perf_counter
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from events.importing.subscriptions import import_file
from events.models import CalendarPage, Subscription
from portal.editorial.models import Role
from portal.editorial.roles import group_of, set_up_newsroom
from tests.bench.bulk.network import portal_sites
from tests.bench.direct import backend_process
from tests.bench.samples import NothingToMeasureError
from tests.bench.serving.processes import processor_seconds

# Events of an export have texts of some length, and every tenth of them is a series.
DESCRIPTION = "Une visite guidée des ateliers, suivie d’un échange avec les équipes. Sur inscription. " * 3
SERIES_EVERY = 10


def measure(number: int) -> str:
    """Describe what each reading costs; nothing of it stays. Raises NothingToMeasureError without a calendar."""
    content = calendar_file(number, timezone.now() + timedelta(days=30))
    with _subscription() as subscription:

        def read() -> int:
            return import_file(subscription, content, timezone.now()).counts.total()

        return "\n".join(_describe(name, number, read) for name in ("new", "known"))


def calendar_file(number: int, first: datetime) -> bytes:
    """A calendar with this number of events, three hours apart."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Portal//bench//FR"]
    for count in range(number):
        start = first + timedelta(hours=3 * count)
        lines += [
            "BEGIN:VEVENT",
            f"UID:{count}@bench.example",
            f"DTSTAMP:{first:%Y%m%dT%H%M%SZ}",
            f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
            f"DTEND:{start + timedelta(hours=2):%Y%m%dT%H%M%SZ}",
            *(["RRULE:FREQ=WEEKLY;COUNT=8"] if count % SERIES_EVERY == 0 else []),
            f"SUMMARY:Visite {count} des ateliers",
            "LOCATION:Halle des Forges\\, 2 rue du Bois\\, Metz",
            f"DESCRIPTION:{DESCRIPTION}",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def _describe(name: str, number: int, read: Callable[[], int]) -> str:
    backend = backend_process()
    database = processor_seconds(backend) if backend else None
    before, began = times(), perf_counter()
    done = read()
    seconds, after = perf_counter() - began, times()
    # With the process that parses the file.
    processor = sum(after[:4]) - sum(before[:4])
    parts = [f"{processor / number * 1000:.1f} ms of processor"]
    if backend and database is not None and (end := processor_seconds(backend)) is not None:
        parts.append(f"{(end - database) / number * 1000:.1f} ms of the database's")
    return f"{done:,} {name} events: {', '.join(parts)} each, {number / seconds:,.0f} a second"


@contextmanager
def _subscription() -> Iterator[Subscription]:
    """Subscribe a calendar whose drafts are reviewed, and roll back at the end."""
    site = portal_sites().select_related("root_page").order_by("pk").first()
    calendar = CalendarPage.objects.live().descendant_of(site.root_page).order_by("path").first() if site else None
    if site is None or calendar is None:
        raise NothingToMeasureError("There is no calendar.")
    with transaction.atomic():
        set_up_newsroom(site)
        people: Any = get_user_model().objects
        owner = people.create(username="bench-owner", email="bench-owner@example.org")
        people.create(username="bench-approver", email="bench-approver@example.org").groups.add(
            group_of(site, Role.APPROVER)
        )
        yield Subscription.objects.create(calendar=calendar, name="Bench", owner=owner, changed_by=owner)
        transaction.set_rollback(True)
