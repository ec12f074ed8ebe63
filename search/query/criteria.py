"""The search criteria in the query string: query, scope, chosen facets, dates and page."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from urllib.parse import urlencode

from django.http import QueryDict

from search.query.parse import normalize

MAX_PAGE_DIGITS = 4
MAX_VALUE_LENGTH, MAX_VALUES = 400, 12
EVERYWHERE, WEEKEND = "all", "weekend"


@dataclass(frozen=True)
class Criteria:
    """`sites` and `languages` are empty or `all`. A facet has values separated by commas, or is empty.

    `since` and `until` are days such as `2026-05-31`, both inclusive; `when` is empty or `weekend`.
    """

    q: str = ""
    sites: str = ""
    languages: str = ""
    kind: str = ""
    section: str = ""
    topic: str = ""
    year: str = ""
    site: str = ""
    language: str = ""
    since: str = ""
    until: str = ""
    when: str = ""
    page: int = 1

    @classmethod
    def from_query(cls, params: QueryDict) -> "Criteria":
        """Read the criteria from a query string. Invalid values are ignored; days in the wrong order are swapped."""
        # Repeated parameters are joined.
        values = {name: ",".join(filter(None, params.getlist(name))) for name in FACETS}
        values |= {name: params.get(name, "") for name in PARAMETERS if name not in FACETS}
        values = {name: value for name, value in values.items() if len(value) <= MAX_VALUE_LENGTH}
        for name in ("sites", "languages", "when"):
            if values.get(name) != (WEEKEND if name == "when" else EVERYWHERE):
                values.pop(name, None)
        days = {name: day for name in DAYS if (day := day_of(values.pop(name, "")))}
        if len(days) == len(DAYS):
            days = dict(zip(DAYS, sorted(days.values()), strict=True))
        values |= {name: day.isoformat() for name, day in days.items()}
        page = params.get("page", "")
        is_number = page.isascii() and page.isdigit() and len(page) <= MAX_PAGE_DIGITS
        return cls(normalize(params.get("q", "")), page=max(1, int(page)) if is_number else 1, **values)

    @property
    def facets(self) -> Mapping[str, str]:
        chosen = {name: getattr(self, name) for name in FACETS}
        return {name: value for name, value in chosen.items() if value}

    def values(self, facet: str) -> list[str]:
        return [value for value in getattr(self, facet).split(",") if value][:MAX_VALUES]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.facets or self.since or self.until or self.when)

    @property
    def unfiltered(self) -> "Criteria":
        """The same query in the same scope, without a facet or a date."""
        return Criteria(self.q, sites=self.sites, languages=self.languages)

    def toggle(self, facet: str, value: str) -> "Criteria":
        """A copy with this value of a facet added, or removed if it was chosen."""
        chosen = self.values(facet)
        others = [each for each in chosen if each != value]
        return self.change(**{facet: ",".join(others if value in chosen else [*others, value])})

    def change(self, **values: str | int) -> "Criteria":
        """A copy with other values, on its first page unless a page is passed."""
        return replace(self, **{"page": 1, **values})  # type: ignore[arg-type]

    @property
    def query_string(self) -> str:
        """The query string of these criteria, including the question mark."""
        page = [("page", str(self.page))] if self.page > 1 else []
        return "?" + urlencode([*self.pairs, *page], safe=",")

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Names and values of the query and the filters, without the page."""
        return [("q", self.q), *((name, value) for name in PARAMETERS if (value := getattr(self, name)))]


def day_of(text: str) -> date | None:
    """The day in ISO format; None if it is invalid or far from any page."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1970 <= day.year <= 2199 else None


FACETS = ("kind", "section", "topic", "year", "site", "language")
DAYS = ("since", "until")
PARAMETERS = [each.name for each in fields(Criteria) if each.name not in ("q", "page")]
