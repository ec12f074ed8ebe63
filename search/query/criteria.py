"""The search criteria in the query string: query, scope, chosen facets and page."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from urllib.parse import urlencode

from django.http import QueryDict

from search.query.parse import normalize

MAX_PAGE_DIGITS = 4
MAX_VALUE_LENGTH = 120
EVERYWHERE = "all"


@dataclass(frozen=True)
class Criteria:
    """`sites` and `languages` are empty or `all`; a facet is empty or has one value."""

    q: str = ""
    sites: str = ""
    languages: str = ""
    kind: str = ""
    section: str = ""
    topic: str = ""
    year: str = ""
    site: str = ""
    language: str = ""
    page: int = 1

    @classmethod
    def from_query(cls, params: QueryDict) -> "Criteria":
        """Read the criteria from a query string, ignoring invalid values."""
        values = {name: params.get(name, "") for name in PARAMETERS}
        values = {name: value for name, value in values.items() if len(value) <= MAX_VALUE_LENGTH}
        for name in ("sites", "languages"):
            if values.get(name) != EVERYWHERE:
                values.pop(name, None)
        page = params.get("page", "")
        is_number = page.isascii() and page.isdigit() and len(page) <= MAX_PAGE_DIGITS
        return cls(normalize(params.get("q", "")), page=max(1, int(page)) if is_number else 1, **values)

    @property
    def facets(self) -> Mapping[str, str]:
        """The facets that have a value."""
        chosen = {name: getattr(self, name) for name in FACETS}
        return {name: value for name, value in chosen.items() if value}

    def change(self, **values: str | int) -> "Criteria":
        """A copy with other values, on its first page unless a page is given."""
        return replace(self, **{"page": 1, **values})  # type: ignore[arg-type]

    @property
    def query_string(self) -> str:
        """The query string of these criteria, with its question mark."""
        values = [(name, value) for name in PARAMETERS if (value := getattr(self, name))]
        page = [("page", self.page)] if self.page > 1 else []
        return "?" + urlencode([("q", self.q), *values, *page])


FACETS = ("kind", "section", "topic", "year", "site", "language")
PARAMETERS = [each.name for each in fields(Criteria) if each.name not in ("q", "page")]
