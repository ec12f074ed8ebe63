"""The summary table of `make faults`: the number of times each fault occurred, failures and losses."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from time import monotonic

import pytest
from django.db import connection


@dataclass(frozen=True)
class Met:
    """`tried`: requests, publications, emails or rows. `errors`: those that failed. `lost`: lost, stale or done twice."""

    fault: str
    tried: int
    errors: int
    lost: int
    remark: str


_met: list[Met] = []


def tell(fault: str, tried: int, errors: int = 0, lost: int = 0, remark: str = "") -> None:
    """Record a measurement, before its assertions."""
    _met.append(Met(fault, tried, errors, lost, remark))


def wait_for(is_so: Callable[[], bool], seconds: float) -> None:
    pause, until = Event(), monotonic() + seconds
    while not is_so():
        assert monotonic() < until
        pause.wait(0.05)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.section(f"faults, on {connection.vendor}")
    widest = max((len(each.fault) for each in _met), default=0)
    terminalreporter.write_line(f"{'fault':<{widest}}   tried  errors    lost")
    for each in sorted(_met, key=lambda each: each.fault):
        counts = f"{each.tried:>8,}{each.errors:>8,}{each.lost:>8,}"
        terminalreporter.write_line(f"{each.fault:<{widest}}{counts}   {each.remark}".rstrip())
