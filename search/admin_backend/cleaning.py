"""What the backends of both databases have in common here."""

from typing import Any

from modelsearch.query import Phrase, PlainText, SearchQuery
from wagtail.search.backends.base import EmptySearchResults

from search.analysis import clean

MOST_WORDS, LONGEST_QUERY = 12, 200


class CleanQueries:
    """Lets only words through: the signs of the databases' query languages are errors in them, a single quotation mark
    as well as a NUL. Every search of the newsroom comes by here."""

    def _search(self, compiler: Any, query: str | SearchQuery, model_or_queryset: Any, **options: Any) -> Any:
        if isinstance(query, str):
            query = _words(query)
        elif isinstance(query, PlainText):
            query = PlainText(_words(query.query_string), operator=query.operator)
        elif isinstance(query, Phrase):
            query = Phrase(_words(query.query_string))
        if getattr(query, "query_string", query) == "":
            return EmptySearchResults()
        return super()._search(compiler, query, model_or_queryset, **options)  # type: ignore[misc]


class WithoutNorms:
    """Leaves out how much more a short title weighs than a long one: for that, each saved page would cost a look at the
    titles of all."""

    def _refresh_title_norms(self, full: bool = False) -> None:
        pass


def _words(text: str) -> str:
    parted = "".join(letter if letter.isalnum() else " " for letter in clean(text[: 4 * LONGEST_QUERY]))
    return " ".join(parted[:LONGEST_QUERY].split()[:MOST_WORDS])
