"""Corrects mistyped words in searches for records: if no permitted record has a word, a similar one is searched."""

from collections.abc import Callable, Iterable, Sequence
from itertools import batched
from typing import Any

from wagtail.models import Locale, Page

from search.analysis import clean, words
from search.indexing.entries import spellings
from search.models import IndexWord
from search.query.spelling import SHORTEST, add_words, nearest

# A longer query is not corrected.
MAX_WORDS = 4
# The maximum number of corrections in one search. Longer queries are cut.
AT_ONCE = 8


class SpelledIndexMixin:
    """Stores the words of indexed records as known words. The search indexes store the words of pages."""

    def add_items(self, model: Any, objs: Sequence[Any]) -> None:
        super().add_items(model, objs)  # type: ignore[misc]
        if objs and not issubclass(model, Page):
            language = Locale.get_default().language_code
            texts = (getattr(each, field.field_name) for each in objs for field in each.get_searchable_search_fields())
            found = words(clean("\n".join(text for text in texts if isinstance(text, str))), language)
            add_words({language: spellings(frozenset(found), language)}, are_public=False)


class SpelledSearchMixin:
    """If a search for records has no results, repeats it with corrected words; the results have these as `searched`.

    A word is only corrected to a word in one of the queryset's records, even if other words are closer. So words in
    other records are not disclosed.
    """

    def search(self, query: Any, model_or_queryset: Any, *args: Any, **options: Any) -> Any:
        return _corrected(super().search, query, model_or_queryset, *args, **options)  # type: ignore[misc]

    def autocomplete(self, query: Any, model_or_queryset: Any, *args: Any, **options: Any) -> Any:
        return _corrected(super().autocomplete, query, model_or_queryset, *args, **options)  # type: ignore[misc]


def _corrected(search: Callable[..., Any], query: Any, queryset: Any, *args: Any, **options: Any) -> Any:
    found = search(query, queryset, *args, **options)
    if not isinstance(query, str) or issubclass(getattr(queryset, "model", queryset), Page) or found.count():
        return found
    searched = correct(query, lambda text, **more: search(text, queryset, *args, **{**options, **more}))
    other = search(searched, queryset, *args, **options) if searched else found
    if not other.count():
        return found
    other.searched = searched
    return other


def correct(query: str, find: Callable[..., Any]) -> str:
    """The query with the likeliest corrections of all words that are not found, or nothing.

    `find` searches the permitted records.
    """
    language = Locale.get_default().language_code
    typed = words(clean(query), language)
    if len(typed) > MAX_WORDS:
        return ""
    # Only the last word may be the beginning of a word. Other words occur twice in the query, so that they match as
    # whole words.
    sought = [*(f"{word} {word}" for word in typed[:-1]), *typed[-1:]]
    unknown = [
        word for word, text in zip(typed, sought, strict=True) if len(word) >= SHORTEST and not find(text).count()
    ]
    languages = list(Locale.objects.values_list("language_code", flat=True))
    near = nearest(unknown, languages, IndexWord.objects.all()) if unknown else {}
    corrected = {}
    for word, others in near.items():
        likely = dict.fromkeys(other.word for _language, other in sorted(others, key=lambda each: each[1].cost))
        corrected[word] = _likeliest(likely, find)
    return " ".join(corrected.get(word, word) for word in typed) if corrected and all(corrected.values()) else ""


def _likeliest(corrections: Iterable[str], find: Callable[..., Any]) -> str:
    """The first correction that a permitted record has as a whole word."""
    for batch in batched(corrections, AT_ONCE):
        if find(" ".join(batch), operator="or").count():
            for word in batch:
                # The word occurs twice, because otherwise it may match the beginning of another word.
                if find(f"{word} {word}").count():
                    return word
    return ""
