"""The newsroom's search function: the pages that a person may open or choose, with the words found."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from wagtail.models import Locale, Page

from search.analysis import clean, fold, terms, word_matches
from search.engines import engine
from search.engines.base import LanguageQuery, Match, MatchTotal
from search.index_search import FoundWords, IndexSearch
from search.indexes import DRAFTS
from search.indexing.entries import indexable_types
from search.models import DraftEntry, DraftText
from search.models.entries import PAGE_MASK
from search.newsroom.access import Access, choosable, explorable
from search.query.correcting import Corrections
from search.query.parse import BEGINNING, QueryPiece, QueryTerms, TermSequence, normalize, terms_in_language
from search.results.extracts import extract, highlight
from search.results.ranking import rank_candidates
from search.results.reranking import rerank, typed_words

# A shorter beginning of a word matches too many words.
MIN_BEGINNING = 3
# Separates the shown parts of a text.
NO_TERMS: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Filters:
    """Scope tokens by filter, the lowest and highest key, and a queryset of the entries that may match."""

    tokens: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    span: tuple[int, int] | None = None
    among: QuerySet[DraftEntry] | None = None

    def __bool__(self) -> bool:
        return bool(self.tokens or self.span or self.among is not None)


@dataclass(frozen=True)
class FoundText:
    """HTML of the title and of a passage with the words found; empty if they are elsewhere."""

    title: SafeString
    extract: SafeString | str


def search_pages(
    person: Any,
    words: str,
    filters: Filters = Filters(),
    *,
    access: Callable[[Any], Access] = explorable,
) -> "PageResults":
    """Search the latest versions of pages as a person. Without words, the last changed pages come first.

    `access` determines which pages the person may find: `explorable`, or `choosable` for a chooser.
    """
    return PageResults(DraftSearch(person, normalize(words), filters, access(person), timezone.now()))


class DraftSearch(IndexSearch):
    index = DRAFTS

    def __init__(self, person: Any, typed: str, filters: Filters, access: Access, now: datetime):
        self.person, self.filters, self.access = person, filters, access
        spoken = list(Locale.objects.order_by("pk").values_list("language_code", flat=True))
        languages = sorted(spoken, key=lambda code: code != get_language())
        # This also applies to a person who may open no page. Without a condition, the words of all drafts would be
        # counted.
        scope = next((scope for scope, _is_of_title in access.scopes), ())
        super().__init__(typed, languages, scope, now, timezone.get_current_timezone())
        self.counted: dict[tuple[Any, ...], MatchTotal] = {}

    def match(self, pieces: Sequence[QueryPiece]) -> Match:
        among = None if self.filters.among is None else self.filters.among.order_by().values_list("key", flat=True)
        return Match(self.queries(pieces), self.now, self.filters.tokens, span=self.filters.span, among=among)

    def queries(self, pieces: Sequence[QueryPiece]) -> tuple[LanguageQuery, ...]:
        found = [terms_in_language(pieces, language) for language in self.languages]
        return tuple(
            LanguageQuery(query, beyond_homes=((f"l{query.language}",), *scope), is_of_title=is_of_title)
            for query in found
            if query.required or not pieces
            for scope, is_of_title in self.access.scopes
        )

    def counts(self, match: Match) -> MatchTotal:
        key = match.queries, match.limit, match.among if isinstance(match.among, tuple) else None
        if key not in self.counted:
            self.counted[key] = engine(self.index).total(match)
        return self.counted[key]

    def total(self, match: Match) -> int:
        return self.counts(match).number

    def is_narrowed(self) -> bool:
        return bool(self.filters)

    def other_spellings(self, pieces: Sequence[QueryPiece], query: QueryTerms) -> dict[str, list[TermSequence]]:
        """Also include words that begin with the last one, which may be incomplete."""
        found = super().other_spellings(pieces, query)
        if pieces and pieces[-1].is_word:
            text = clean(pieces[-1].text)
            words = [match[1] for match in word_matches(text, query.language)]
            if len(words) == 1 and len(beginning := fold(words[0])) >= MIN_BEGINNING:
                for term in terms(text, query.language):
                    found.setdefault(term, []).append((beginning + BEGINNING,))
        return found

    def order(self, words: FoundWords) -> list[int]:
        """The keys of the best entries, best first."""
        frequencies = self.frequencies_to_rank(words.match.queries)
        candidates = engine(self.index).candidates(words.match, self.counts(words.match).newest, frequencies)
        order = rank_candidates(candidates, self.typed, words.scored, frequencies, self.now)
        typed = [typed_words(words.pieces, query, frequencies) for query in words.scored]
        return [each.key for each in rerank(order, typed, self.index)]


class PageResults:
    """A search's results as a list for a paginator. It only reads the pages of a slice.

    `total` counts all matches. For a common word, only the newest are ranked and reachable.
    """

    def __init__(self, search: DraftSearch):
        self.search = search
        self.pages: QuerySet[Page] = Page.objects.all()
        self.words: FoundWords | None = None
        self.order: list[int] | None = None
        pieces = search.parse(search.typed)
        self.match = search.match(pieces)
        self.total = 0
        if not self.match.queries:
            self.order = []
        elif pieces:
            self.words = search.find_words(self.match, pieces)
            self.match = self.words.match
            self.total = search.total(self.match)
            self.order = search.order(self.words) if self.total else []
        else:
            self.total = search.total(self.match)

    @property
    def used(self) -> Corrections:
        return self.words.used if self.words and self.total else Corrections()

    @cached_property
    def reachable(self) -> int:
        return self.total if self.order is None else min(self.total, len(self.order))

    def __len__(self) -> int:
        return self.reachable

    def __iter__(self) -> Iterator[Page]:
        return iter(self[:])

    def __getitem__(self, place: slice) -> list[Page]:
        start, stop, _step = place.indices(self.reachable)
        keys = engine(DRAFTS).newest(self.match, stop) if self.order is None else self.order
        return self._read(keys[start:stop])

    def _read(self, keys: Sequence[int]) -> list[Page]:
        pages = {page.pk: page for page in self.pages.filter(pk__in=[key & PAGE_MASK for key in keys])}
        return [pages[key & PAGE_MASK] for key in keys if key & PAGE_MASK in pages]

    def texts(self, pages: Sequence[Page]) -> dict[int, FoundText]:
        """The titles and passages of pages that the person may open, by primary key, with highlighted words."""
        highlights = self.words.highlights if self.words else {}
        rows = DraftText.objects.filter(pk__in=[page.pk for page in pages])
        found = {}
        for page, language, title, summary, names, text in rows.values_list(
            "pk", "language", "title", "summary", "names", "text"
        ):
            sought = highlights.get(language, NO_TERMS)
            passages = (extract(each, sought, language) for each in (text, summary, names))
            passage = next((each.html for each in passages if each), "")
            found[page] = FoundText(highlight(title, sought, language), passage)
        return found


def search_choosable(person: Any, words: str, pages: QuerySet[Page], types: Sequence[type[Page]]) -> PageResults:
    """Search the pages that a chooser offers, limited to these types."""
    filters = Filters()
    if Page not in types:
        models = [model for model in indexable_types() if issubclass(model, tuple(types))]
        keys = [found.pk for found in ContentType.objects.get_for_models(*models).values()]
        filters = Filters({"kind": tuple(f"k{key}" for key in keys or [0])})
    found = search_pages(person, words, filters, access=choosable)
    found.pages = pages
    if found.order:
        # For example, the page that is edited is not offered.
        offered = set(pages.filter(pk__in=[key & PAGE_MASK for key in found.order]).values_list("pk", flat=True))
        found.order = [key for key in found.order if key & PAGE_MASK in offered]
    return found
