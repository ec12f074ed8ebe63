"""Spelling correction by symmetric deletion (as in SymSpell).

Each word is stored under the hashes of its prefix and of that prefix with one letter deleted. A typing error shares one
of these hashes with the intended word: a letter inserted, deleted or replaced, or two adjacent letters swapped.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import batched
from typing import NamedTuple
from zlib import crc32

from django.db import connection

from portal.content.bulk.rows import write_new_rows, write_rows
from search.analysis import MAX_CACHED_WORDS, fold, terms
from search.models import IndexWord, Misspelling
from search.query.compounds import LANGUAGES
from search.query.distance import typing_cost

# So many words are asked for at once: on PostgreSQL as one parameter.
BATCH = 4000 if connection.vendor == "postgresql" else 500
# Words whose terms are renewed together.
ROWS = 5000
MAX_CORRECTIONS = 8
PREFIX_LENGTH = 8
# Two slips of the finger at most, in a word of few letters one, and no letter that lies elsewhere twice: with two,
# a word of seven letters is rather another word (propage, pompage).
MAX_COST, MAX_COST_OF_MIDDLING, MAX_COST_OF_SHORT = 2.0, 1.2, 1.0
SHORT, MIDDLING = 5, 7
# A shorter word is no correction.
SHORTEST = 4
# In a word of so few letters, none is taken for another: too many names and words of other languages differ by one from
# a word that is stored (Esch, each). One may be missing or too much, and two may have changed places.
MAX_WHOLE = 4
# A word may be written as it sounds, or as another language writes it: all of its *f* as *ph*, its *k* as *c*. That
# costs less than one slip, since it is none of the finger. In German *s* and *z* are two sounds.
_SAME_SOUND = {
    "fr": (("ph", "f"), ("f", "ph"), ("k", "c"), ("c", "k"), ("k", "qu"), ("qu", "k"), ("z", "s"), ("s", "z")),
    "de": (("ph", "f"), ("f", "ph"), ("k", "c"), ("c", "k")),
    "en": (("ph", "f"), ("f", "ph"), ("k", "c"), ("c", "k"), ("z", "s"), ("s", "z")),
}
RESPELT = 0.5

# Words that are known to be stored, by language, within `words_remembered`.
_remembered: ContextVar[defaultdict[str, set[str]] | None] = ContextVar("remembered", default=None)


class Correction(NamedTuple):
    """A stored word near a mistyped one; the cost is the distance as typing errors go."""

    word: str
    cost: float


def deletion_hashes(language: str, word: str) -> set[int]:
    """The hashes under which a word is stored."""
    prefix = fold(word)[:PREFIX_LENGTH]
    start = crc32(f"{language}:".encode())
    return {crc32(each.encode(), start) for each in (prefix, *_deletions(prefix))}


def _deletions(word: str) -> Iterator[str]:
    for position in range(len(word)):
        yield word[:position] + word[position + 1 :]


@contextmanager
def words_remembered() -> Iterator[None]:
    """Ask the database for each word once meanwhile: for writing the whole index, in which most words are repeated.

    If what is written within is undone, so has to be all that follows.
    """
    token = _remembered.set(defaultdict(set))
    try:
        yield
    finally:
        _remembered.reset(token)


def add_words(words: Mapping[str, Set[str]]) -> None:
    """Add words by their language, except those that are stored already.

    Two transactions that write the same rows in another order would wait for each other.
    """
    hashes: list[tuple[int, int]] = []
    remembered = _remembered.get()
    if remembered is None:
        remembered = defaultdict(set)
    for language, of_language in sorted(words.items()):
        remembered_here = remembered[language]
        for batch in batched(sorted(of_language - remembered_here), BATCH):
            known = _known(language, batch)
            if missing := [word for word in batch if word not in known]:
                hashes += _insert(language, missing)
        if len(remembered_here) < MAX_CACHED_WORDS:
            remembered_here |= of_language
    if hashes:
        # In their order, they fall side by side into the index of the database.
        write_rows(Misspelling, ["deletion_hash", "word_id"], sorted(hashes))


def _known(language: str, words: Sequence[str]) -> set[str]:
    """Those of the words that are stored."""
    rows = IndexWord.objects.filter(language=language)
    if connection.vendor == "postgresql":
        # A parameter for each word would take the driver and the planner five times as long. Words are letters.
        rows = rows.extra(where=["word = ANY(string_to_array(%s, ' '))"], params=[" ".join(words)])
    else:
        rows = rows.filter(word__in=words)
    return set(rows.values_list("word", flat=True))


def renew_terms() -> None:
    """Write the terms again that another version of the analysis has given to words, whichever pages have them."""
    key = 0
    while rows := list(IndexWord.objects.filter(pk__gt=key, language__in=LANGUAGES).order_by("pk")[:ROWS]):
        key = rows[-1].pk
        outdated = []
        for row in rows:
            *_name, term, backwards = _stored(row.language, row.word)
            if row.term != term:
                row.term, row.backwards = term, backwards
                outdated.append(row)
        IndexWord.objects.bulk_update(outdated, ["term", "backwards"], batch_size=500)


def _insert(language: str, words: list[str]) -> list[tuple[int, int]]:
    """Store words, and return the rows under which they are found."""
    # As model instances, these many small rows would take much of the time of indexing.
    columns = ["language", "word", "term", "backwards"]
    rows = write_new_rows(IndexWord, columns, [_stored(language, word) for word in words], returning=["id", "word"])
    return [(deletion_hash, key) for key, word in rows for deletion_hash in deletion_hashes(language, word)]


def _stored(language: str, word: str) -> tuple[str, str, str | None, str | None]:
    found = "".join(terms(word, language)) if language in LANGUAGES else None
    return language, word, found, found and found[::-1]


def nearest(words: Iterable[str], languages: Sequence[str]) -> dict[str, list[tuple[str, Correction]]]:
    """For each word the stored words near it, each with its language, the likeliest first; not the word itself."""
    spelt = {word: {language: respelt(word, language) for language in languages} for word in words}
    hashes = {
        word: {each for language in of for spelling in of[language] for each in deletion_hashes(language, spelling)}
        for word, of in spelt.items()
    }
    # Not a join: with outdated statistics the database would scan one table for each row of the other.
    candidates = Misspelling.objects.filter(deletion_hash__in=set().union(*hashes.values())).values("word")
    rows = IndexWord.objects.filter(pk__in=candidates, language__in=languages).values_list("language", "word")
    found: dict[str, list[tuple[str, Correction]]] = {word: [] for word in hashes}
    stored = [(language, word, deletion_hashes(language, word)) for language, word in rows]
    for word, of_word in hashes.items():
        folded, spellings = fold(word), spelt[word]
        limit = MAX_COST
        if len(folded) <= MIDDLING:
            limit = MAX_COST_OF_SHORT if len(folded) <= SHORT else MAX_COST_OF_MIDDLING
        near = [
            (language, Correction(other, _cost(spellings[language], other_folded)))
            for language, other, of_other in stored
            if not of_word.isdisjoint(of_other)
            and len(other_folded := fold(other)) >= SHORTEST
            and other_folded != folded
            and not (_exchanges_in_short(folded, other_folded) and other_folded not in spellings[language])
        ]
        near.sort(key=lambda each: (each[1].cost, each[1].word))
        found[word] = [each for each in near if each[1].cost <= limit][:MAX_CORRECTIONS]
    return found


def respelt(word: str, language: str) -> dict[str, float]:
    """A word, folded, and how it may be written for the same sound in a language, each with its cost."""
    folded = fold(word)
    pairs = _SAME_SOUND.get(language, ())
    others = {folded.replace(written, meant): RESPELT for written, meant in pairs if written in folded}
    return {**others, folded: 0.0}


def _cost(spellings: Mapping[str, float], other: str) -> float:
    return min(more + typing_cost(each, other) for each, more in spellings.items())


def _exchanges_in_short(one: str, other: str) -> bool:
    """Whether a word of few letters has another letter in place of one."""
    return len(one) == len(other) <= MAX_WHOLE and sorted(one) != sorted(other)
