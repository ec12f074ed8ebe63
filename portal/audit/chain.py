"""The audit log's chain: appending, its head, pruning and verification."""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import batched
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from portal.audit import triggers
from portal.audit.models import AuditedAct, AuditEntry, AuditWords, UnchainedAct
from portal.audit.sending import send
from portal.platform.operation.database import short_lock_wait

# The number of an advisory lock of PostgreSQL.
LOCK = 7_011_937_029
MAX_AT_ONCE = 500
ACT = [field.name for field in AuditedAct._meta.fields]


def canonical(value: Any) -> str:
    """JSON that is the same for equal values: sorted, without spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(salt: str, text: str) -> str:
    return sha256(f"{salt}\n{text}".encode()).hexdigest()


def hash_of(entry: AuditEntry) -> str:
    facts = {name: getattr(entry, name) for name in ("sequence", *ACT, "removes_to", "previous")}
    facts["at"] = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    return sha256(canonical(facts).encode()).hexdigest()


def head() -> str:
    """The last entry as `sequence:hash`, or an empty string. A copy stored elsewhere reveals a changed chain."""
    last = AuditEntry.objects.order_by("-sequence").first()
    return f"{last.sequence}:{last.hash}" if last else ""


def chain_pending() -> None:
    """Append the waiting acts in the order in which they were written, and forward them."""
    is_more = UnchainedAct.objects.exists()
    while is_more:
        with transaction.atomic():
            _lock()
            waiting = list(UnchainedAct.objects.order_by("pk")[:MAX_AT_ONCE])
            entries = _append([{name: getattr(act, name) for name in ACT} for act in waiting])
            UnchainedAct.objects.filter(pk__in=[act.pk for act in waiting]).delete()
            transaction.on_commit(partial(send, entries), robust=True)
        is_more = len(waiting) == MAX_AT_ONCE


def chain_soon() -> None:
    """Chain after the commit. If another process is writing to SQLite, leave it to the scheduler."""
    with suppress(OperationalError), short_lock_wait():
        chain_pending()


def _lock() -> None:
    """Prevent other appends until the end of the transaction. On SQLite, no other process can write anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _append(acts: list[dict[str, Any]]) -> list[AuditEntry]:
    last = AuditEntry.objects.order_by("-sequence").first()
    sequence, previous = (last.sequence, last.hash) if last else (0, "")
    entries = []
    for act in acts:
        sequence += 1
        entry = AuditEntry(sequence=sequence, previous=previous, **act)
        entry.hash = previous = hash_of(entry)
        entries.append(entry)
    return AuditEntry.objects.bulk_create(entries)


def prune(before: datetime, new_act: Any) -> int:
    """Remove older entries, record the removal in a new entry, and return their number.

    `new_act` creates the act of the new entry. It is called with its action and keyword arguments of `AuditEntry`.
    """
    chain_pending()
    with transaction.atomic():
        _lock()
        newer = AuditEntry.objects.filter(at__gte=before).order_by("sequence").first()
        old = AuditEntry.objects.filter(sequence__lt=newer.sequence) if newer else AuditEntry.objects.all()
        last = old.order_by("-sequence").first()
        if last is None:
            return 0
        pruned = new_act(triggers.PRUNED, object_key=last.hash)
        entries = _append([{name: getattr(pruned, name) for name in ACT} | {"removes_to": last.sequence}])
        old = AuditEntry.objects.filter(sequence__lte=last.sequence).order_by("sequence")
        events = list(old.values_list("event", flat=True))
        old.order_by().delete()
        for some in batched(events, MAX_AT_ONCE):
            AuditWords.objects.filter(event__in=some).delete()
        transaction.on_commit(partial(send, entries), robust=True)
    return len(events)


def problems(*, since: datetime | None = None, noted: str = "") -> Iterator[str]:
    """A sentence for each place where entries were changed, removed or reordered; none for an intact log.

    `noted` is a head that was recorded elsewhere. Entries older than `since` are not checked.
    """
    for guard in triggers.missing(connection):
        yield f"The database lacks the trigger {guard.name}: the log could be changed."
    entries = AuditEntry.objects.order_by("sequence")
    if since:
        first = entries.filter(at__gte=since).first()
        entries = entries.filter(sequence__gte=first.sequence) if first else entries.none()
    removals = AuditEntry.objects.exclude(removes_to=None)
    yield from _removals(removals.order_by("sequence"))
    retention = removals.filter(action=triggers.PRUNED)
    erased, removed = _erased(), dict(retention.values_list("removes_to", "object_key"))
    before = None
    for some in batched(entries.iterator(chunk_size=MAX_AT_ONCE), MAX_AT_ONCE):
        words = AuditWords.objects.filter(event__in=[entry.event for entry in some])
        by_place = {(each.event, each.kind): digest_of(each.salt, each.text) for each in words}
        for entry in some:
            if before is not None:
                yield from _between(before, entry)
            elif not since:
                yield from _beginning(entry, removed)
            yield from _changes(entry, by_place, erased)
            before = entry
    if noted:
        yield from _against(noted)


def removals(since: datetime | None = None) -> Iterator[str]:
    """A sentence for each entry that removed something. Auditors compare these with requests and retention."""
    entries = AuditEntry.objects.filter(action__in=[triggers.ERASED, triggers.PRUNED]).order_by("sequence")
    for entry in entries.filter(at__gte=since) if since else entries:
        day = timezone.localdate(entry.at)
        if entry.action == triggers.PRUNED:
            yield f"Entry {entry.sequence} of {day} removed the entries up to {entry.removes_to}."
        else:
            text = AuditWords.objects.filter(event=entry.event, kind="what").values_list("text", flat=True).first()
            count = len(json.loads(text)["data"]["erased"]) if text else 0
            yield f"Entry {entry.sequence} of {day} erased words about a person ({count})."


def _removals(removals: Iterable[AuditEntry]) -> Iterator[str]:
    first = AuditEntry.objects.order_by("sequence").first()
    for removal in removals:
        if removal.action != triggers.PRUNED:
            yield f"Entry {removal.sequence} announces a removal, but not by the retention."
        elif first and removal.removes_to is not None and first.sequence <= removal.removes_to:
            yield (
                f"Entry {removal.sequence} says that the entries up to {removal.removes_to} were removed, but entry "
                f"{first.sequence} is still there."
            )


def _beginning(entry: AuditEntry, removed: dict[int | None, str]) -> Iterator[str]:
    if entry.sequence == 1 and not entry.previous:
        return
    if removed.get(entry.sequence - 1) != entry.previous:
        yield f"The entries before {entry.sequence} are missing, and no entry says that they were removed."


def _between(before: AuditEntry, entry: AuditEntry) -> Iterator[str]:
    if entry.sequence != before.sequence + 1:
        first, last = before.sequence + 1, entry.sequence - 1
        yield f"Entry {first} is missing." if first == last else f"The entries {first} to {last} are missing."
    elif entry.previous != before.hash:
        yield f"Entry {entry.sequence} does not follow entry {before.sequence}: one of them was replaced or moved."


def _changes(entry: AuditEntry, words: dict[tuple[str, str], str], erased: set[str]) -> Iterator[str]:
    if hash_of(entry) != entry.hash:
        yield f"Entry {entry.sequence} was changed."
    for kind, digest in (("who", entry.who), ("what", entry.what)):
        found = words.get((entry.event, kind))
        if found is None and digest and f"{entry.event}:{kind}" not in erased:
            yield f"The words of entry {entry.sequence} ({kind}) are missing, and no entry says that they were erased."
        elif found is not None and found != digest:
            yield f"The words of entry {entry.sequence} ({kind}) were changed."


def _erased() -> set[str]:
    acts = [
        event
        for model in (AuditEntry, UnchainedAct)
        for event in model._default_manager.filter(action=triggers.ERASED).values_list("event", flat=True)
    ]
    texts = AuditWords.objects.filter(event__in=acts, kind="what").values_list("text", flat=True)
    return {place for text in texts for place in json.loads(text)["data"]["erased"]}


def _against(noted: str) -> Iterator[str]:
    number, _colon, expected = noted.partition(":")
    sequence = int(number) if number.isdecimal() else 0
    last = AuditEntry.objects.order_by("-sequence").first()
    found = AuditEntry.objects.filter(sequence=sequence).first()
    if found is not None and found.hash == expected:
        return
    if last is None or sequence > last.sequence:
        there = last.sequence if last else 0
        yield (
            f"The log ends at entry {there}, and the head that was noted is entry {sequence}: its end was cut off, or "
            "an older copy was restored."
        )
    elif found is not None:
        yield f"Entry {sequence} is not the one that was noted: the log was rewritten."
    elif not sequence or not expected:
        yield f"“{noted}” is no head of the log, such as 120:6f1e…"
    else:
        yield _removed(sequence)


def _removed(sequence: int) -> str:
    """A sentence about a missing head. Retention cannot have removed a head noted within the retention period."""
    removal = AuditEntry.objects.filter(removes_to__gte=sequence).order_by("sequence").first()
    if removal is None:
        return f"Entry {sequence} is missing, and no entry says that it was removed."
    days = settings.AUDIT_DAYS or triggers.LEAST_DAYS
    day, oldest = (timezone.localdate(at) for at in (removal.at, removal.at - timedelta(days=days)))
    return (
        f"Entry {sequence} was removed on {day} by the retention of {days} days. If you noted it after {oldest}, the "
        "log was cut."
    )
