"""What a reader asks for beside the words: where to look, and which facets are chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from urllib.parse import urlencode

from django.http import QueryDict

from search.query.parse import tidy

LONGEST_NUMBER = 4
LONGEST_VALUE = 120
EVERYWHERE = "all"


@dataclass(frozen=True)
class Criteria:
    """`sites` and `languages` are empty, or `all`; the facets hold one value each, empty for any."""

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
    def read(cls, params: QueryDict) -> "Criteria":
        """Whatever is asked in an address; what makes no sense there is left out."""
        values = {name: params.get(name, "") for name in cls.names()}
        values = {name: value for name, value in values.items() if len(value) <= LONGEST_VALUE}
        for name in ("sites", "languages"):
            if values.get(name) != EVERYWHERE:
                values.pop(name, None)
        asked = params.get("page", "")
        is_number = asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_NUMBER
        return cls(tidy(params.get("q", "")), page=max(1, int(asked)) if is_number else 1, **values)

    @staticmethod
    def names() -> list[str]:
        return NAMES

    @property
    def facets(self) -> Mapping[str, str]:
        """The facets in which something is chosen."""
        chosen = {name: getattr(self, name) for name in FACETS}
        return {name: value for name, value in chosen.items() if value}

    def change(self, **facts: str | int) -> "Criteria":
        """The same from its first page, but for some facts."""
        return replace(self, **{"page": 1, **facts})  # type: ignore[arg-type]

    @property
    def address(self) -> str:
        """The part of an address that asks for this."""
        facts = [(name, value) for name in self.names() if (value := getattr(self, name))]
        page = [("page", self.page)] if self.page > 1 else []
        return "?" + urlencode([("q", self.q), *facts, *page])


FACETS = ("kind", "section", "topic", "year", "site", "language")
NAMES = [each.name for each in fields(Criteria) if each.name not in ("q", "page")]
