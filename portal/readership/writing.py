"""Adds counted views and clicks to the sums in the database, all of a batch in one transaction."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Model

from portal.readership.counting.counter import QUARTER, Click, View
from portal.readership.counting.headers import NETWORK
from portal.readership.models import DEVICES, SOURCES, SUMS, ClickDay, DownloadDay, PageDay, PlaceDay, SubjectDay
from portal.readership.places import Address, Target, hosts_of_the_network, targets_of

type Key = tuple[int | str, ...]
type LinkedHosts = Callable[[str, str], set[str]]

# The columns that identify a row.
KEYS: dict[type[Model], tuple[str, ...]] = {
    PageDay: ("site_id", "day", "page_id"),
    PlaceDay: ("site_id", "place_id", "day"),
    DownloadDay: ("site_id", "day", "document_id"),
    SubjectDay: ("site_id", "day", "kind", "key"),
    ClickDay: ("site_id", "day", "page_id", "host"),
}
# Each batch verifies the clicks of this many pages only, those with most clicks first, so that a flood of clicks does
# not render all pages.
MOST_CLICKED = 100


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

    @transaction.atomic
    def write(self) -> None:
        for model, sums in self.sums.items():
            table = connection.ops.quote_name(model._meta.db_table)
            keys, summed = KEYS[model], SUMS if model in (PageDay, PlaceDay) else ("views",)
            names = (*keys, *summed)
            # The ORM cannot add to existing rows in one statement, while other workers add to the same ones.
            statement = (
                f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})"  # noqa: S608
                f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {additions(table, summed)}"
            )
            with connection.cursor() as cursor:
                # The same order in all workers prevents deadlocks.
                rows = [[*key, *(sums[key][name] for name in summed)] for key in sorted(sums)]
                cursor.executemany(statement, rows)


def additions(table: str, names: tuple[str, ...]) -> str:
    """The assignments that add the values of an INSERT to the row that it conflicts with."""
    return ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in names)


def write(counted: Counter[View | Click], linked_hosts: LinkedHosts | None = None) -> None:
    """Add views and clicks to the totals of their pages, sections and sites; drop those of anything not public.

    `linked_hosts` returns the hosts to which the page at a host and path links; clicks on other hosts are dropped.
    """
    targets = targets_of({(each.host, each.path) for each in counted})
    has_referrers = any(isinstance(each, View) and each.referrer for each in counted)
    batch = BatchSums(hosts_of_the_network() if has_referrers else set())
    linked = _linked_hosts(counted, targets, linked_hosts) if linked_hosts else {}
    for each, times in counted.items():
        address = each.host, each.path
        is_verified = isinstance(each, View) or each.target in linked.get(address, ())
        if is_verified and (target := targets.get(address)):
            batch.add(each, times, target)
    batch.write()


def _linked_hosts(
    counted: Counter[View | Click], targets: dict[Address, Target], linked_hosts: LinkedHosts
) -> dict[Address, set[str]]:
    clicks: Counter[Address] = Counter()
    for each, times in counted.items():
        address = each.host, each.path
        if isinstance(each, Click) and address in targets and targets[address].page:
            clicks[address] += times
    return {address: linked_hosts(*address) for address, _times in clicks.most_common(MOST_CLICKED)}
