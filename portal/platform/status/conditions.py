"""The conditions that the status checks, and the registries where apps add their own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from portal.platform.records.maintenance import MaintenanceRun


@dataclass(frozen=True)
class Condition:
    """The state of one part, as a sentence in the active language and as figures for programs."""

    name: str
    is_well: bool
    text: str
    # Whether readers get no pages without this part.
    needed: bool = False
    # The state is unknown and needs no attention.
    is_untried: bool = False
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class FailureKind:
    """A kind of failure on a site, with the sentence for none and the sentence for some."""

    name: str
    label: Any
    none: Any
    some: Any
    # The number of failures by site key; 0 stands for failures without a site.
    by_site: Callable[[datetime], dict[int, int]]


# These are for probes, status and report.
conditions: dict[str, Callable[[datetime], Condition]] = {}
# These are only for status and report: they are slow, or irrelevant to a load balancer.
details: dict[str, Callable[[datetime], Condition]] = {}
failure_kinds: list[FailureKind] = []


def age(since: timedelta) -> str:
    seconds = max(0, int(since.total_seconds()))
    if seconds < 120:
        return f"{seconds} s"
    return f"{number(seconds // 60)} min" if seconds < 7200 else f"{number(seconds // 3600)} h"


def number(value: float, digits: int = 0) -> str:
    return number_format(value, digits, force_grouping=True)


def last_check(name: str, now: datetime) -> Condition:
    """The result of a nightly comparison. Its facts are numbers of differences."""
    run = MaintenanceRun.objects.filter(name=name).first()
    if run is None:
        return Condition(name, True, _("not compared with the pages yet"), is_untried=True)
    count = sum(run.facts.values())
    facts = {"age": age(now - run.finished_at), "count": number(count)}
    some = _("compared %(age)s ago: %(count)s differed and were rewritten")
    text = (some if count else _("compared %(age)s ago: none differed")) % facts
    return Condition(name, run.is_well, text, figures={"differed": count, **seconds(now - run.finished_at)})


def seconds(since: timedelta) -> dict[str, float]:
    return {"seconds": round(since.total_seconds())}
