"""Links for a query without results: related words, sections, topics, authors and the newest stories."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from django.db.models import QuerySet

from portal.content.kinds import Listed
from portal.content.lists.subjects import authors_below, topics_below
from portal.content.serving.editions import Edition, MenuLink
from portal.content.visibility import STEP
from search.analysis import fold, is_stop_word, terms, word_matches
from search.engines import engine
from search.engines.base import of_homes
from search.indexes import PUBLIC
from search.kinds import names_of
from search.languages import language_of
from search.models import IndexEntry, IndexWord
from search.network import Network
from search.query.compounds import long_parts
from search.query.criteria import Criteria
from search.query.days import NAMES_OF_DAYS_AND_MONTHS
from search.query.distance import typing_cost
from search.results.reranking import MAX_ENDING
from search.results.results import Result, results_of

# The maximum numbers of query words used, index words read, and words offered.
MAX_TYPED, MAX_READ, MAX_WORDS = 3, 400, 6
# Related stems begin with at least this many equal letters.
MIN_BEGINNING = 6
MAX_COMPARED = 24
# The minimum length of a hyphenated word's first and last part, and the maximum length of a part between them. The
# index has no words of up to `SHORT_PART` letters.
MIN_END, MAX_MIDDLE, SHORT_PART = 2, 4, 3
MAX_LINKS, MAX_NEWEST = 8, 5


@dataclass(frozen=True)
class Alternatives:
    words: list[MenuLink] = field(default_factory=list)
    sections: list[MenuLink] = field(default_factory=list)
    topics: list[MenuLink] = field(default_factory=list)
    topics_url: str = ""
    authors: list[MenuLink] = field(default_factory=list)
    authors_url: str = ""
    newest: list[Result] = field(default_factory=list)


def alternatives(edition: Edition, network: Network, criteria: Criteria, now: datetime) -> Alternatives:
    main = [
        link
        for path, link in edition.sections.items()
        if edition.section_of(path[:-STEP]) is None and not edition.is_private(path)
    ]
    topics = [MenuLink(topic.name, edition.topic_url(topic)) for topic in topics_below(edition.home.pk, edition, now)]
    authors = [MenuLink(each.name, edition.person_url(each)) for each in authors_below(edition.home.pk, edition, now)]
    newest = IndexEntry.objects.visible(now).filter(
        bucket__home=edition.home.pk, bucket__kind__in=names_of(Listed.STORIES)
    )
    keys = list(newest.order_by("-key").values_list("key", flat=True)[:MAX_NEWEST])
    return Alternatives(
        [MenuLink(word, Criteria(word).query_string) for word in _near_words(edition, criteria.q, now)],
        main[:MAX_LINKS],
        topics[:MAX_LINKS],
        edition.catalogue_index_url("topics"),
        authors,
        edition.catalogue_index_url("people"),
        results_of(keys, {}, edition, network, now),
    )


def _near_words(edition: Edition, text: str, now: datetime) -> list[str]:
    """Words on an edition's pages that are related to a text's words, or to long parts of its compounds."""
    language = edition.language
    found = (match[1] for match in word_matches(text, language) if not is_stop_word(match[1], language))
    typed = [
        word
        for word in islice(found, MAX_TYPED)
        if fold(word) not in NAMES_OF_DAYS_AND_MONTHS and word.casefold() not in language_of(language).search_verbs
    ]
    # Typed words are not offered again. They are excluded, or no page has them together with the other words.
    typed_terms = {tuple(terms(word, language)) for word in typed}
    near = [
        each
        for word in typed
        for each in (*_relatives(word, language), *long_parts(word.lower(), language, PUBLIC.known_words()))
    ]
    offered = [word for word in dict.fromkeys(near) if tuple(terms(word, language)) not in typed_terms][:MAX_COMPARED]
    return _in_texts(_present(offered, edition, now)[: MAX_WORDS * 2], edition, now)[:MAX_WORDS]


def _relatives(word: str, language: str) -> list[str]:
    """Words of the index whose stem differs from a given one only in its last letters, nearest first."""
    stem = "".join(terms(word, language))
    beginning = stem[: max(MIN_BEGINNING, len(stem) - MAX_ENDING)]
    if len(beginning) < MIN_BEGINNING:
        return []
    typed = word[: len(beginning)].lower()
    rows = _known(language).filter(word__gte=typed, word__lt=typed + chr(0x10FFFF))
    stems = {other: "".join(terms(other, language)) for other in rows.values_list("word", flat=True)[:MAX_READ]}
    related = [
        other for other, its in stems.items() if its.startswith(beginning) and len(its) <= len(stem) + MAX_ENDING
    ]
    return sorted(related, key=lambda other: (typing_cost(fold(word), fold(other)), other))


def _known(language: str) -> QuerySet[IndexWord]:
    return PUBLIC.known_words().filter(language=language)


def _present(words: Sequence[str], edition: Edition, now: datetime) -> list[str]:
    """Return the words that occur on the edition's public pages, each term once."""
    by_term = {tuple(terms(word, edition.language)): word for word in reversed(words)}
    if not by_term:
        return []
    counts = engine().frequencies(list(by_term), of_homes([edition.home.pk]), now).counts
    return [word for word in words if word in by_term.values() and counts[tuple(terms(word, edition.language))]]


def _in_texts(words: Sequence[str], edition: Edition, now: datetime) -> list[str]:
    """Return the words that occur in text: the index also has hyphenated words without their hyphens.

    Such a word is not more frequent than the sequence of its parts.
    """
    language = edition.language
    cuts = {word: list(_cuts(word)) for word in words}
    long = {part for of_word in cuts.values() for cut in of_word for part in cut if len(part) > SHORT_PART}
    stored = set(_known(language).filter(word__in=long).values_list("word", flat=True))
    apart = {
        word: [tuple(terms(" ".join(cut), language)) for cut in of_word if stored.issuperset(long.intersection(cut))]
        for word, of_word in cuts.items()
    }
    whole = {word: tuple(terms(word, language)) for word in words}
    sequences = {each for of_word in apart.values() for each in of_word if len(each) > 1}
    if not sequences:
        return list(words)
    counts = engine().frequencies([*sequences, *whole.values()], of_homes([edition.home.pk]), now).counts
    return [word for word in words if all(counts.get(each, 0) < counts[whole[word]] for each in apart[word])]


def _cuts(word: str) -> Iterator[tuple[str, ...]]:
    for first in range(MIN_END, len(word) - MIN_END + 1):
        yield word[:first], word[first:]
        for length in range(1, MAX_MIDDLE + 1):
            if len(word) - first - length >= MIN_END:
                yield word[:first], word[first : first + length], word[first + length :]
