"""Query cleaning and index settings shared by the backends of both databases."""

from typing import Any

from modelsearch.query import MATCH_ALL, Phrase, PlainText, SearchQuery

from search.analysis import clean

MAX_WORDS, MAX_QUERY_LENGTH = 12, 200


class CleanQueryMixin:
    """Reduces a query to its words: a single quotation mark is an error on SQLite, and a NUL on PostgreSQL."""

    def search(self, query: str | SearchQuery, model_or_queryset: Any, *args: Any, **options: Any) -> Any:
        return super().search(*_clean_search(query, model_or_queryset), *args, **options)  # type: ignore[misc]

    def autocomplete(self, query: str | SearchQuery, model_or_queryset: Any, *args: Any, **options: Any) -> Any:
        return super().autocomplete(*_clean_search(query, model_or_queryset), *args, **options)  # type: ignore[misc]


class NoTitleNormsMixin:
    """Skips the title length norm. For it, Wagtail averages over all titles each time a page is saved."""

    def _refresh_title_norms(self, full: bool = False) -> None:
        pass


def words_of(text: str) -> str:
    """The words of a text, separated by single spaces."""
    return " ".join("".join(letter if letter.isalnum() else " " for letter in clean(text)).split())


def _clean_search(query: str | SearchQuery, model_or_queryset: Any) -> tuple[str | SearchQuery, Any]:
    if isinstance(query, str):
        query = _clean_text(query)
    elif isinstance(query, PlainText):
        query = PlainText(_clean_text(query.query_string), operator=query.operator)
    elif isinstance(query, Phrase):
        query = Phrase(_clean_text(query.query_string))
    if getattr(query, "query_string", query) == "":
        # Wagtail's EmptySearchResults has no model, but list views read it.
        return MATCH_ALL, getattr(model_or_queryset, "_default_manager", model_or_queryset).none()
    return query, model_or_queryset


def _clean_text(text: str) -> str:
    return " ".join(words_of(text[: 4 * MAX_QUERY_LENGTH])[:MAX_QUERY_LENGTH].split()[:MAX_WORDS])
