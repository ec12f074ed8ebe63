"""Adds counted views and clicks to the sums in the database, one transaction per batch."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Model

from portal.readership.counting.counter import QUARTER, Click, Counted, Miss, View
from portal.readership.counting.headers import NETWORK
from portal.readership.models import (
    DEVICES,
    SOURCES,
    SUMS,
    ClickDay,
    DownloadDay,
    MissingDay,
    PageDay,
    PlaceDay,
    SubjectDay,
)
from portal.readership.places import Address, Target, counting_snapshots, hosts_of_the_network, targets_of

type Key = tuple[int | str, ...]
type LinkedHosts = Callable[[str, str], set[str]]

# The columns that identify a row.
KEYS: dict[type[Model], tuple[str, ...]] = {
    PageDay: ("site_id", "day", "page_id"),
    PlaceDay: ("site_id", "place_id", "day"),
    DownloadDay: ("site_id", "day", "document_id"),
    SubjectDay: ("site_id", "day", "kind", "key"),
    ClickDay: ("site_id", "day", "page_id", "host"),
    MissingDay: ("site_id", "day", "path"),
}
# Each batch verifies the clicks of only this many pages, those with the most clicks first, so that a flood of clicks
# does not render all pages.
MAX_CLICKED = 100
# The maximum number of distinct missing paths stored per site and day.
MOST_MISSING = 500


class BatchSums:
    def __init__(self, network: set[str]):
        self.network = network
        self.sums: dict[type[Model], dict[Key, Counter[str]]] = {model: defaultdict(Counter) for model in KEYS}

    def add(self, counted: View | Click, times: int, target: Target) -> None:
        time = datetime.fromtimestamp(counted.quarter * QUARTER, target.zone)
        site, day = target.site, time.date().toordinal()
        if isinstance(counted, Click):
            self.sums[ClickDay][site, day, target.page, counted.target]["views"] += times
        elif target.document:
            self.sums[DownloadDay][site, day, target.document]["views"] += times
        elif target.form_of:
            self.sums[ClickDay][site, day, target.form_of, ""]["views"] += times
        else:
            source = NETWORK if counted.referrer in self.network else counted.source
            parts = [name for name in (source, counted.device) if name in (*SOURCES, *DEVICES)]
            rows = [self.sums[PlaceDay][site, place, day] for place in target.places]
            if target.page:
                rows.append(self.sums[PageDay][site, day, target.page])
            else:
                self.sums[SubjectDay][site, day, target.kind, target.key]["views"] += times
            for row in rows:
                for name in ("views", f"hour_{time.hour:02}", *parts):
                    row[name] += times

    def add_misses(self, misses: dict[Miss, int]) -> None:
        """Add missing paths: those already stored for their day, and further ones up to MOST_MISSING."""
        snapshots = counting_snapshots({miss.host for miss in misses})
        found: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
        for miss, times in misses.items():
            if snapshot := snapshots.get(miss.host):
                time = datetime.fromtimestamp(miss.quarter * QUARTER, snapshot.default.zone)
                # WSGI has the bytes of a path as Latin-1 (PEP 3333).
                path = miss.path.encode("latin-1", "replace").decode("utf-8", "replace")
                found[snapshot.site.pk, time.date().toordinal()][path] += times
        for (site, day), paths in found.items():
            known = set(MissingDay.objects.filter(site=site, day=day).values_list("path", flat=True))
            fresh = [path for path, _times in paths.most_common() if path not in known]
            for path in (known & paths.keys()) | set(fresh[: max(0, MOST_MISSING - len(known))]):
                self.sums[MissingDay][site, day, path]["views"] += paths[path]

    @transaction.atomic
    def write(self) -> None:
        for model, sums in self.sums.items():
            table = connection.ops.quote_name(model._meta.db_table)
            keys, summed = KEYS[model], SUMS if model in (PageDay, PlaceDay) else ("views",)
            names = (*keys, *summed)
            # The ORM cannot add to existing rows in one statement while other workers add to the same ones.
            statement = (
                f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})"  # noqa: S608
                f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {additions(table, summed)}"
            )
            with connection.cursor() as cursor:
                # The same order in all workers prevents deadlocks.
                rows = [[*key, *(sums[key][name] for name in summed)] for key in sorted(sums)]
                cursor.executemany(statement, rows)


def additions(table: str, names: tuple[str, ...]) -> str:
    """The assignments that add an INSERT's values to the row it conflicts with."""
    return ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in names)


def write(counted: Counter[Counted], linked_hosts: LinkedHosts | None = None) -> None:
    """Add views and clicks to the totals of their pages, sections and sites; drop those of anything not public.

    `linked_hosts` returns the hosts linked from the page at a host and path. Clicks on other hosts are dropped.
    """
    misses = {each: times for each, times in counted.items() if isinstance(each, Miss)}
    targets = targets_of({(each.host, each.path) for each in counted if not isinstance(each, Miss)})
    has_referrers = any(isinstance(each, View) and each.referrer for each in counted)
    batch = BatchSums(hosts_of_the_network() if has_referrers else set())
    linked = _linked_hosts(counted, targets, linked_hosts) if linked_hosts else {}
    for each, times in counted.items():
        address = each.host, each.path
        is_verified = not isinstance(each, Click) or each.target in linked.get(address, ())
        if not isinstance(each, Miss) and is_verified and (target := targets.get(address)):
            batch.add(each, times, target)
    if misses:
        batch.add_misses(misses)
    batch.write()


def _linked_hosts(
    counted: Counter[Counted], targets: dict[Address, Target], linked_hosts: LinkedHosts
) -> dict[Address, set[str]]:
    clicks: Counter[Address] = Counter()
    for each, times in counted.items():
        address = each.host, each.path
        if isinstance(each, Click) and address in targets and targets[address].page:
            clicks[address] += times
    return {address: linked_hosts(*address) for address, _times in clicks.most_common(MAX_CLICKED)}
