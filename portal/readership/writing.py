"""Writes counted views into the sums of the database, all of a batch in one transaction."""

from collections import Counter, defaultdict
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Model

from portal.readership.counting import QUARTER, View
from portal.readership.models import DEVICES, SOURCES, SUMS, DownloadDay, PageDay, PlaceDay
from portal.readership.places import hosts_of_the_network, targets_of
from portal.readership.referrals import NETWORK

type Keys = tuple[int, ...]
type Sums = dict[Keys, Counter[str]]

PAGE_KEYS = ("site_id", "day", "page_id")
PLACE_KEYS = ("site_id", "place_id", "day")
DOWNLOAD_KEYS = ("site_id", "day", "document_id")


def write(views: Counter[View]) -> None:
    """Add these views to the sums of their pages, sections and sites; those of unknown pages are dropped."""
    targets = targets_of({(view.host, view.path) for view in views})
    hosts = hosts_of_the_network() if any(view.referrer for view in views) else set()
    pages: Sums = defaultdict(Counter)
    places: Sums = defaultdict(Counter)
    downloads: Sums = defaultdict(Counter)
    for view, times in views.items():
        if (target := targets.get((view.host, view.path))) is None:
            continue
        moment = datetime.fromtimestamp(view.quarter * QUARTER, target.zone)
        day = moment.date().toordinal()
        if target.document:
            downloads[target.site, day, target.document]["views"] += times
            continue
        source = NETWORK if view.referrer in hosts else view.source
        told = ["views", f"hour_{moment.hour:02}"]
        told += [name for name in (source, view.device) if name in (*SOURCES, *DEVICES)]
        of_places = (places[target.site, place, day] for place in target.places)
        for sums in (pages[target.site, day, target.page], *of_places):
            for name in told:
                sums[name] += times
    with transaction.atomic():
        _add(PageDay, PAGE_KEYS, pages)
        _add(PlaceDay, PLACE_KEYS, places)
        _add(DownloadDay, DOWNLOAD_KEYS, downloads, ("views",))


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
