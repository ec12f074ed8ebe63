"""Measures the counting of readers: processor time of a view, room of its sums, and how long the charts take."""

import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from django.db import connection, transaction
from wagtail.models import Page

from portal.readership.counting.counter import Click, CountedAnswers, View, ViewCounter
from portal.readership.counting.short_memory import ShortMemory
from portal.readership.models import HOURS, PageDay
from portal.readership.writing import write
from tests.bench.bulk.network import portal_sites

# A hundred million views in 25 months, of so many pages; the page in place n of a day's list has a share of 1 / n.
VIEWS_A_DAY, DAYS, PAGES = 131_600, 760, 10_000
WORDS = (
    "processor time of a view: {asked:.1f} µs in the request, {written:.1f} µs when it is written ({pages} pages)\n"
    "sums of {views:,} views ({days} days of {a_day:,} views of {of:,} pages) on SQLite: {rows:,} rows, {size:.1f} MB\n"
    "{total} days of them, before old days are added up: {whole:.0f} MB; this is an extrapolation\n"
    "most read of 30 days, from {month:,} rows: {query:.0f} ms"
)


def measure(views: int) -> str:
    asked, written, pages = _times(min(views, 50_000))
    days = max(views // VIEWS_A_DAY, 1)
    with TemporaryDirectory(prefix="portal-bench-") as folder, closing(_table(Path(folder) / "sums")) as database:
        rows = sum(_fill(database, day) for day in range(days))
        size = _size(database)
        month = sum(_fill(database, day) for day in range(days, 30)) + rows
        began = perf_counter()
        database.execute(
            "SELECT page_id, SUM(views) AS total FROM readership_pageday WHERE site_id = 1 AND day BETWEEN 0 AND 29"
            " GROUP BY page_id ORDER BY total DESC LIMIT 20"
        ).fetchall()
        query = perf_counter() - began
    facts = {"asked": asked, "written": written, "pages": pages, "views": days * VIEWS_A_DAY, "days": days}
    facts |= {"a_day": VIEWS_A_DAY, "of": PAGES, "rows": rows, "size": size / 1e6, "total": DAYS}
    return WORDS.format(**facts, whole=size / 1e6 / days * DAYS, month=month, query=query * 1000)


def _times(views: int) -> tuple[float, float, int]:
    """Microseconds a view in the request and in the thread that writes, with the number of pages that were read."""
    site = portal_sites()[0]
    home = site.root_page
    pages = Page.objects.live().descendant_of(home, inclusive=True).order_by("pk")[:2000]
    prefix = f"/{home.locale.language_code}/"
    paths = [prefix + page.url_path.removeprefix(home.url_path) for page in pages]

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return BytesIO(b"")

    counter = ViewCounter(ShortMemory())
    asking = [_environ(site.hostname, paths[number % len(paths)], number) for number in range(views)]
    plain = _seconds(answer, asking)
    counted = _seconds(CountedAnswers(answer, counter), asking)
    spent = 0.0

    def timed(some: Counter[View | Click]) -> None:
        nonlocal spent
        with transaction.atomic():
            began = process_time()
            write(some)
            spent = process_time() - began
            transaction.set_rollback(True)

    counter.flush(timed)
    return (counted - plain) / views * 1e6, spent / views * 1e6, len(paths)


def _seconds(application: Callable[..., Any], asking: list[dict[str, Any]]) -> float:
    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        pass

    began = process_time()
    for environ in asking:
        application(environ, start)
    return process_time() - began


def _environ(host: str, path: str, number: int) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "REMOTE_ADDR": f"198.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
        "HTTP_HOST": host,
        "HTTP_USER_AGENT": "Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36 Chrome/142.0 Mobile",
        "HTTP_ACCEPT": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "HTTP_ACCEPT_LANGUAGE": "fr,en;q=0.5",
        "HTTP_REFERER": "https://www.google.fr/" if number % 2 else "https://www.mairie.example/liens",
        "HTTP_SEC_FETCH_DEST": "document",
    }


def _table(file: Path) -> sqlite3.Connection:
    """The table of sums by page in a file of its own, as Django makes it."""
    database = sqlite3.connect(file)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sql FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL ORDER BY type DESC",
                [PageDay._meta.db_table],
            )
            for (statement,) in cursor.fetchall():
                database.execute(statement)
        return database
    names = [field.column for field in PageDay._meta.concrete_fields if field.column != "id"]
    columns = ", ".join(f'"{name}" integer NOT NULL DEFAULT 0' for name in names)
    database.execute(f"CREATE TABLE readership_pageday (id integer PRIMARY KEY AUTOINCREMENT, {columns})")
    database.execute("CREATE UNIQUE INDEX one ON readership_pageday (site_id, day, page_id)")
    return database


def _fill(database: sqlite3.Connection, day: int) -> int:
    """Write the sums of a day; the number of rows."""
    rows = list(_rows(random.Random(day), day))
    names = ("site_id", "day", "page_id", "views", "search", "phone", *HOURS)
    marks = ", ".join("?" * len(names))
    with database:
        database.executemany(f"INSERT INTO readership_pageday ({', '.join(names)}) VALUES ({marks})", rows)
    return len(rows)


def _rows(chance: random.Random, day: int) -> Iterator[list[int]]:
    weights = list(accumulate(1 / place for place in range(1, PAGES + 1)))
    found: dict[int, Counter[int]] = {}
    for place in chance.choices(range(PAGES), cum_weights=weights, k=VIEWS_A_DAY):
        # Another page is first each day.
        page = 1 + (place + day * 37) % PAGES
        # By day more than by night.
        found.setdefault(page, Counter())[int(chance.triangular(0, 24, 14)) % 24] += 1
    for page in sorted(found):
        total = found[page].total()
        yield [1, day, page, total, total * 2 // 5, total // 2, *(found[page][hour] for hour in range(24))]


def _size(database: sqlite3.Connection) -> int:
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    pages, size = (database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    return int(pages) * int(size)
