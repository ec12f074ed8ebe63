"""Writes counted views and clicks into the sums of the database, all of a batch in one transaction."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Model

from portal.readership.counting.counter import QUARTER, Click, View
from portal.readership.counting.referrals import NETWORK
from portal.readership.models import DEVICES, SOURCES, SUMS, ClickDay, DownloadDay, PageDay, PlaceDay, SubjectDay
from portal.readership.places import Target, hosts_of_the_network, targets_of

type Key = tuple[int | str, ...]
type Sums = dict[Key, Counter[str]]

PAGE_KEYS = ("site_id", "day", "page_id")
PLACE_KEYS = ("site_id", "place_id", "day")
DOWNLOAD_KEYS = ("site_id", "day", "document_id")
SUBJECT_KEYS = ("site_id", "day", "kind", "key")
CLICK_KEYS = ("site_id", "day", "page_id", "host")
# The clicks on so many pages, those with the most, are held against their links each time; the rest is dropped, lest a
# flood renders pages.
MOST_CLICKED = 100


class BatchSums:
    """The sums of one batch, by their rows."""

    def __init__(self, hosts: set[str]):
        self.hosts = hosts
        self.pages: Sums = defaultdict(Counter)
        self.places: Sums = defaultdict(Counter)
        self.downloads: Sums = defaultdict(Counter)
        self.subjects: Sums = defaultdict(Counter)
        self.clicks: Sums = defaultdict(Counter)

    def add(self, what: View | Click, times: int, target: Target) -> None:
        moment = datetime.fromtimestamp(what.quarter * QUARTER, target.zone)
        day = moment.date().toordinal()
        if isinstance(what, Click):
            self.clicks[target.site, day, target.page, what.target]["views"] += times
        elif target.document:
            self.downloads[target.site, day, target.document]["views"] += times
        elif target.form_of:
            self.clicks[target.site, day, target.form_of, ""]["views"] += times
        else:
            self._add_view(what, times, target, day, moment.hour)

    def _add_view(self, view: View, times: int, target: Target, day: int, hour: int) -> None:
        source = NETWORK if view.referrer in self.hosts else view.source
        told = ["views", f"hour_{hour:02}"]
        told += [name for name in (source, view.device) if name in (*SOURCES, *DEVICES)]
        sums = [self.places[target.site, place, day] for place in target.places]
        if target.page:
            sums.append(self.pages[target.site, day, target.page])
        else:
            self.subjects[target.site, day, target.kind, target.key]["views"] += times
        for each in sums:
            for name in told:
                each[name] += times

    def write(self) -> None:
        with transaction.atomic():
            _add(PageDay, PAGE_KEYS, self.pages)
            _add(PlaceDay, PLACE_KEYS, self.places)
            _add(DownloadDay, DOWNLOAD_KEYS, self.downloads, ("views",))
            _add(SubjectDay, SUBJECT_KEYS, self.subjects, ("views",))
            _add(ClickDay, CLICK_KEYS, self.clicks, ("views",))


def write(counted: Counter[View | Click], linked_hosts: Callable[[str, str], set[str]] | None = None) -> None:
    """Add these to the sums of their pages, sections and sites; what is of no page readers see is dropped.

    `linked_hosts` gives the hosts to which the page at a host and path links: no other click counts.
    """
    targets = targets_of({(each.host, each.path) for each in counted})
    views = [each for each in counted if isinstance(each, View)]
    batch = BatchSums(hosts_of_the_network() if any(view.referrer for view in views) else set())
    clicks = {each: times for each, times in counted.items() if isinstance(each, Click)}
    true = _true_clicks(clicks, targets, linked_hosts)
    kept: list[View | Click] = [*views, *true]
    for each in kept:
        if target := targets.get((each.host, each.path)):
            batch.add(each, counted[each], target)
    batch.write()


def _true_clicks(
    clicks: dict[Click, int],
    targets: dict[tuple[str, str], Target],
    linked_hosts: Callable[[str, str], set[str]] | None,
) -> list[Click]:
    if linked_hosts is None:
        return []
    pages: Counter[tuple[str, str]] = Counter()
    for click, times in clicks.items():
        if (target := targets.get((click.host, click.path))) and target.page:
            pages[click.host, click.path] += times
    linked = {address: linked_hosts(*address) for address, _times in pages.most_common(MOST_CLICKED)}
    return [click for click in clicks if click.target in linked.get((click.host, click.path), ())]


def _add(model: type[Model], keys: tuple[str, ...], sums: Sums, summed: tuple[str, ...] = SUMS) -> None:
    table = connection.ops.quote_name(model._meta.db_table)
    names = (*keys, *summed)
    added = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in summed)
    # In one statement a row, which the ORM has not: other workers add to the same sums at the same moment.
    statement = (
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})"  # noqa: S608
        f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {added}"
    )
    with connection.cursor() as cursor:
        # In one order for all workers: else two could wait for each other's rows.
        cursor.executemany(statement, [[*key, *(sums[key][name] for name in summed)] for key in sorted(sums)])
