"""What was measured of one page, and how it is shown."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

NONE = "–"
LEGEND = """queries, ms (the median), p95, cpu ms, db ms: one request in this process with warm caches;
db ms is the time of PostgreSQL's own process, while SQLite's is in cpu ms.
p95 served: in the server while each of its workers answers one request; req/s: the most that it answers;
served ms: what one request takes of its workers' processors.
× and ÷: how many times the constant view's figure the column before is."""
GROWTH = "growth: how many times p95 in this process is what it was in the figures compared with."


@dataclass
class Figures:
    """Milliseconds are of one request; those that could not be measured are None.

    `processor` is the time of Python, `database` that of PostgreSQL's own process (SQLite's is in the first), `served`
    that of the server's workers; `rate` is in requests a second. `late` and `late_served` are what 95 of 100 requests
    were answered within, in this process and in the server.
    """

    name: str
    queries: int
    median: float
    late: float
    processor: float
    database: float | None
    size: int
    late_served: float | None = None
    rate: float | None = None
    served: float | None = None
    failures: int = 0


def as_json(figures: Sequence[Figures], facts: dict[str, Any]) -> str:
    """All figures; each page has beside them, as `times`, how many times the constant view's they are."""
    constant = figures[0]
    return json.dumps(
        {**facts, "pages": [{**asdict(page), "times": _times(page, constant)} for page in figures]}, indent=2
    )


def late_of(text: str) -> dict[str, float]:
    """The p95 of each page in JSON that the bench has printed; raises ValueError for anything else."""
    try:
        return {page["name"]: float(page["late"]) for page in json.loads(text)["pages"]}
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("These are no figures of the bench.") from error


def as_table(figures: Sequence[Figures], earlier: Mapping[str, float] | None = None) -> str:
    """The first line is the constant view; `×` says how many times its figure is in the column before.

    `earlier` are the p95 of pages by their names, as `late_of` reads them.
    """
    constant = figures[0]
    head = ["page", "queries", "ms", "×", "p95", "cpu ms", "×", "db ms", "kB"]
    head += ["p95 served", "req/s", "÷", "served ms", "×", *(["growth"] if earlier else [])]
    rows = [head]
    for page in figures:
        times = _times(page, constant)
        rows.append(
            [
                page.name + (f" ({page.failures} failed)" if page.failures else ""),
                str(page.queries),
                _number(page.median, 2),
                _number(times["median"], 1),
                _number(page.late, 2),
                _number(page.processor, 2),
                _number(times["processor"], 1),
                _number(page.database, 2),
                _number(page.size / 1000, 1),
                _number(page.late_served, 1),
                _number(page.rate, 0),
                _number(times["rate"], 1),
                _number(page.served, 2),
                _number(times["served"], 1),
                *([_number(_ratio(page.late, earlier.get(page.name)), 1)] if earlier else []),
            ]
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.rjust(width) if column else cell.ljust(width) for column, (cell, width) in enumerate(cells))
        for cells in ([*zip(row, widths, strict=True)] for row in rows)
    )


def _times(page: Figures, constant: Figures) -> dict[str, float | None]:
    return {
        "median": _ratio(page.median, constant.median),
        "processor": _ratio(page.processor, constant.processor),
        "rate": _ratio(constant.rate, page.rate),
        "served": _ratio(page.served, constant.served),
    }


def _ratio(one: float | None, other: float | None) -> float | None:
    return round(one / other, 2) if one is not None and other else None


def _number(value: float | None, places: int) -> str:
    return NONE if value is None else f"{value:,.{places}f}"
