"""What sources, devices and charts are called in the newsroom."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy

from portal.readership.counting.agents import DESKTOP, PHONE, TABLET
from portal.readership.counting.referrals import DIRECT, INSIDE, NETWORK, NEWSLETTER, OTHER, SEARCH, SOCIAL
from portal.readership.newsroom.charts import bars

NAMES: dict[str, Any] = {
    DIRECT: pgettext_lazy("source of a view", "Directly, or unknown"),
    INSIDE: pgettext_lazy("source of a view", "From another page of the site"),
    NETWORK: pgettext_lazy("source of a view", "From another site of the network"),
    NEWSLETTER: pgettext_lazy("source of a view", "Newsletter"),
    OTHER: pgettext_lazy("source of a view", "From other sites"),
    SEARCH: pgettext_lazy("source of a view", "Search engines"),
    SOCIAL: pgettext_lazy("source of a view", "Social networks"),
    DESKTOP: _("Desktop"),
    PHONE: _("Phone"),
    TABLET: _("Tablet"),
}


class Part(NamedTuple):
    name: str
    views: int
    percent: int


def named_parts(found: Iterable[tuple[str, int]], views: int) -> list[Part]:
    return [Part(str(NAMES[name]), value, round(100 * value / views)) for name, value in found if value > 0]


class Chart(NamedTuple):
    """Views by something: drawn, and as the rows of a table."""

    title: str
    column: str
    rows: list[tuple[str, int]]

    @property
    def drawn(self) -> SafeString:
        return bars(self.rows, self.title)


def chart_of_days(days: Iterable[tuple[Any, int]]) -> Chart:
    rows = [(date_format(day, "SHORT_DATE_FORMAT"), views) for day, views in days]
    return Chart(gettext("Views by day"), gettext("Day"), rows)


def chart_of_hours(hours: Iterable[int]) -> Chart:
    rows = [(f"{hour}:00", views) for hour, views in enumerate(hours)]
    return Chart(gettext("Views by hour of the day"), gettext("Hour"), rows)
