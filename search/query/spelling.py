"""Spelling correction by symmetric deletion (as in SymSpell).

Each word is stored under the hashes of its prefix and of that prefix with one letter deleted. A word with a typing
error (a letter inserted, deleted or replaced, or two adjacent letters swapped) shares one of these hashes with the
intended word.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import batched
from typing import NamedTuple
from zlib import crc32

from django.db import connection
from django.db.models import QuerySet

from portal.content.bulk.rows import write_new_rows, write_rows
from search.analysis import fold, terms
from search.languages import language_of
from search.models import IndexWord, Misspelling
from search.query.distance import typing_cost

# Words per database query. PostgreSQL gets them as one parameter.
BATCH = 4000 if connection.vendor == "postgresql" else 500
ROWS = 5000
PREFIX_LENGTH = 8
# A word has two typing errors at most, and fewer if it is short. A seven-letter word with two other letters is probably
# another word (propage, pompage).
MAX_COST, MAX_COST_OF_MIDDLING, MAX_COST_OF_SHORT = 2.0, 1.2, 1.0
SHORT, MIDDLING = 5, 7
# Words are not corrected to shorter ones.
SHORTEST = 4
# In words up to this length no letter is replaced: too many names and foreign words differ by one letter from an
# indexed word (Esch, each). A letter may be missing or added, and two may be swapped.
MAX_WHOLE = 4
# A phonetic spelling, such as *f* for *ph*, costs less than a typing error.
PHONETIC = 0.5


class Correction(NamedTuple):
    """A stored word close to a mistyped one. The cost is the distance in typing errors."""

    word: str
    cost: float


def deletion_hashes(language: str, word: str) -> set[int]:
    prefix = fold(word)[:PREFIX_LENGTH]
    start = crc32(f"{language}:".encode())
    deletions = (prefix[:position] + prefix[position + 1 :] for position in range(len(prefix)))
    return {crc32(each.encode(), start) for each in (prefix, *deletions)}


def add_words(words: Mapping[str, Set[str]], *, are_public: bool) -> None:
    """Add words by language, except those already stored. A word that only occurred in drafts may become public.

    They are sorted, because transactions can deadlock if they write the same rows in different orders.
    """
    known = IndexWord.objects.public() if are_public else IndexWord.objects.all()
    hashes: list[tuple[int, int]] = []
    for language, of_language in sorted(words.items()):
        for batch in batched(sorted(of_language), BATCH):
            stored = set(_among(known.filter(language=language), batch).values_list("word", flat=True))
            if missing := [word for word in batch if word not in stored]:
                hashes += _insert(language, missing, are_public)
                if are_public:
                    _among(IndexWord.objects.filter(language=language, is_public=False), missing).update(is_public=True)
    if hashes:
        # They are sorted, because they are then adjacent in the database's index.
        write_rows(Misspelling, ["deletion_hash", "word_id"], sorted(hashes))


def _among(rows: QuerySet[IndexWord], words: Sequence[str]) -> QuerySet[IndexWord]:
    if connection.vendor == "postgresql":
        # One parameter per word would take the driver and the planner five times as long. Words have no spaces.
        return rows.extra(where=["word = ANY(string_to_array(%s, ' '))"], params=[" ".join(words)])
    return rows.filter(word__in=words)


def renew_terms() -> None:
    """Update the stored terms of words after a change of the analysis."""
    key = 0
    codes = IndexWord.objects.values_list("language", flat=True).distinct()
    compounding = [code for code in codes if language_of(code).compounds]
    words = IndexWord.objects.filter(language__in=compounding).order_by("pk")
    while rows := list(words.filter(pk__gt=key)[:ROWS]):
        key = rows[-1].pk
        outdated = []
        for row in rows:
            term, backwards = _compound_terms(row.language, row.word)
            if row.term != term:
                row.term, row.backwards = term, backwards
                outdated.append(row)
        IndexWord.objects.bulk_update(outdated, ["term", "backwards"], batch_size=500)


def _insert(language: str, words: list[str], are_public: bool) -> list[tuple[int, int]]:
    # Model instances for so many small rows would take much of the indexing time.
    columns = ["language", "word", "term", "backwards", "is_public"]
    values = [(language, word, *_compound_terms(language, word), are_public) for word in words]
    rows = write_new_rows(IndexWord, columns, values, returning=["id", "word"])
    return [(deletion_hash, key) for key, word in rows for deletion_hash in deletion_hashes(language, word)]


def _compound_terms(language: str, word: str) -> tuple[str | None, str | None]:
    """A word's term, and the term backwards; None in languages without compounds."""
    if not language_of(language).compounds:
        return None, None
    term = "".join(terms(word, language))
    return term, term[::-1]


def nearest(
    words: Iterable[str], languages: Sequence[str], known: QuerySet[IndexWord]
) -> dict[str, list[tuple[str, Correction]]]:
    """The known words close to each word, with their languages, likeliest first; never the word itself.

    It returns all of them, because words that a person may not see must not replace others.
    """
    spelt = {word: {language: phonetic_spellings(word, language) for language in languages} for word in words}
    hashes = {
        word: {each for language in of for spelling in of[language] for each in deletion_hashes(language, spelling)}
        for word, of in spelt.items()
    }
    # This is not a join: with outdated statistics, the database would scan one table for each row of the other.
    candidates = Misspelling.objects.filter(deletion_hash__in=set().union(*hashes.values())).values("word")
    rows = known.filter(pk__in=candidates, language__in=languages).values_list("language", "word")
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
            and not (_is_replacement_in_short(folded, other_folded) and other_folded not in spellings[language])
        ]
        near.sort(key=lambda each: (each[1].cost, each[1].word))
        found[word] = [each for each in near if each[1].cost <= limit]
    return found


def phonetic_spellings(word: str, language: str) -> dict[str, float]:
    """The folded word and the spellings that sound the same in a language, each with its cost."""
    folded = fold(word)
    pairs = language_of(language).same_sound
    others = {folded.replace(written, meant): PHONETIC for written, meant in pairs if written in folded}
    return {**others, folded: 0.0}


def _cost(spellings: Mapping[str, float], other: str) -> float:
    return min(more + typing_cost(each, other) for each, more in spellings.items())


def _is_replacement_in_short(one: str, other: str) -> bool:
    """Whether two short words differ by replaced letters."""
    return len(one) == len(other) <= MAX_WHOLE and sorted(one) != sorted(other)
