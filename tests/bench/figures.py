"""The figures of a page, as a table and as JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

NONE = "–"
# The empty page that Wagtail serves.
EMPTY_PAGE = "empty page"
LEGEND = """queries, ms (median), p95, cpu ms, db ms: one request at a time in this process, with warm caches;
db ms is the time of PostgreSQL's own process; SQLite's time is part of cpu ms.
usual, worst: cpu ms and db ms of a request together: the median of the sample's addresses, and the slowest address.
p95 served: on the server, with one concurrent request per worker; req/s: its maximal throughput;
served ms: processor time of its workers per request; cached: the same two if the workers cache responses.
× and ÷: the column before relative to the constant view; × empty: relative to the empty page."""
GROWTH = "growth: the ratio of p95 in this process to that of the earlier figures."


@dataclass
class Figures:
    """Times are in milliseconds per request; None means not measured.

    `processor` is the CPU time of this process, `database` that of the PostgreSQL backend (SQLite runs in this
    process), `served` that of the server's workers. `usual` and `worst` are the median and the highest of the paths'
    own medians of the processor time, including the database. `p95` is the 95th percentile in this process, and
    `p95_served` in the server. `rate` is in requests per second. `cached_…` are the figures of a server that caches
    responses.
    """

    name: str
    queries: int
    median: float
    p95: float
    processor: float
    database: float | None
    size: int
    usual: float | None = None
    worst: float | None = None
    p95_served: float | None = None
    rate: float | None = None
    served: float | None = None
    failures: int = 0
    cached_rate: float | None = None
    cached_served: float | None = None


def as_json(figures: Sequence[Figures], facts: dict[str, Any]) -> str:
    """All figures as JSON; `ratios` compares each page with the constant view, and with the empty page."""
    constant, empty = figures[0], _empty(figures)
    return json.dumps(
        {**facts, "pages": [{**asdict(page), "ratios": _ratios(page, constant, empty)} for page in figures]}, indent=2
    )


def p95_by_page(text: str) -> dict[str, float]:
    """The p95 of each page in the JSON output of `bench`; raises ValueError for anything else."""
    try:
        return {page["name"]: float(page["p95"]) for page in json.loads(text)["pages"]}
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("This is no JSON output of the bench.") from error


def as_table(figures: Sequence[Figures], earlier: Mapping[str, float] | None = None) -> str:
    """All figures as a text table, the constant view first.

    `earlier` has p95 by page name, as returned by `p95_by_page`, and adds a column for growth.
    """
    constant, empty = figures[0], _empty(figures)
    head = ["page", "queries", "ms", "×", "p95", "cpu ms", "×", "× empty", "db ms", "usual", "worst", "kB"]
    head += [
        "p95 served",
        "req/s",
        "÷",
        "served ms",
        "×",
        "cached req/s",
        "cached ms",
        *(["growth"] if earlier else []),
    ]
    rows = [head]
    for page in figures:
        ratios = _ratios(page, constant, empty)
        rows.append(
            [
                page.name + (f" ({page.failures} failed)" if page.failures else ""),
                str(page.queries),
                _number(page.median, 2),
                _number(ratios["median"], 1),
                _number(page.p95, 2),
                _number(page.processor, 2),
                _number(ratios["processor"], 1),
                _number(ratios["empty"], 1),
                _number(page.database, 2),
                _number(page.usual, 1),
                _number(page.worst, 1),
                _number(page.size / 1000, 1),
                _number(page.p95_served, 1),
                _number(page.rate, 0),
                _number(ratios["rate"], 1),
                _number(page.served, 2),
                _number(ratios["served"], 1),
                _number(page.cached_rate, 0),
                _number(page.cached_served, 2),
                *([_number(_ratio(page.p95, earlier.get(page.name)), 1)] if earlier else []),
            ]
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.rjust(width) if column else cell.ljust(width) for column, (cell, width) in enumerate(cells))
        for cells in ([*zip(row, widths, strict=True)] for row in rows)
    )


def _empty(figures: Sequence[Figures]) -> Figures | None:
    return next((page for page in figures if page.name == EMPTY_PAGE), None)


def _ratios(page: Figures, constant: Figures, empty: Figures | None) -> dict[str, float | None]:
    return {
        "median": _ratio(page.median, constant.median),
        "processor": _ratio(page.processor, constant.processor),
        "empty": _ratio(page.processor, empty.processor) if empty else None,
        "rate": _ratio(constant.rate, page.rate),
        "served": _ratio(page.served, constant.served),
    }


def _ratio(one: float | None, other: float | None) -> float | None:
    return round(one / other, 2) if one is not None and other else None


def _number(value: float | None, places: int) -> str:
    return NONE if value is None else f"{value:,.{places}f}"
