"""Spelling correction by symmetric deletion (as in SymSpell).

Each word is stored under the hashes of its prefix and of that prefix with one letter deleted. A typing error shares one
of these hashes with the intended word: a letter inserted, deleted or replaced, or two adjacent letters swapped.
"""

from collections.abc import Collection, Iterator
from itertools import batched
from zlib import crc32

from django.db import connection

from search.analysis import fold
from search.models import IndexWord, Misspelling
from search.query.distance import distance

BATCH = 500
MAX_CORRECTIONS = 3
PREFIX_LENGTH = 8


def deletion_hashes(language: str, word: str) -> set[int]:
    """The hashes under which a word is stored."""
    prefix = fold(word)[:PREFIX_LENGTH]
    return {crc32(f"{language}:{each}".encode()) for each in (prefix, *_deletions(prefix))}


def _deletions(word: str) -> Iterator[str]:
    for position in range(len(word)):
        yield word[:position] + word[position + 1 :]


def add_words(words: Collection[tuple[str, str]]) -> None:
    """Add pairs of language and word, except those that are stored already."""
    for language in {language for language, _word in words}:
        for batch in batched(sorted(word for word_language, word in words if word_language == language), BATCH):
            known = set(IndexWord.objects.filter(language=language, word__in=batch).values_list("word", flat=True))
            if missing := [word for word in batch if word not in known]:
                _insert(language, missing)


def _insert(language: str, words: list[str]) -> None:
    IndexWord.objects.bulk_create([IndexWord(language=language, word=word) for word in words], ignore_conflicts=True)
    rows = IndexWord.objects.filter(language=language, word__in=words).values_list("pk", "word")
    table = connection.ops.quote_name(Misspelling._meta.db_table)
    with connection.cursor() as cursor:
        # As model instances, these many small rows would take most of the time of indexing.
        cursor.executemany(
            f"INSERT INTO {table} (deletion_hash, word_id) VALUES (%s, %s)",  # noqa: S608
            [(deletion_hash, key) for key, word in rows for deletion_hash in deletion_hashes(language, word)],
        )


def corrections(language: str, word: str, *, include_known: bool = False) -> list[str]:
    """The nearest stored words, the likeliest first; none for a word that is stored itself, unless `include_known`."""
    folded = fold(word)
    # Not a join: with outdated statistics the database would scan one table for each row of the other.
    candidates = Misspelling.objects.filter(deletion_hash__in=deletion_hashes(language, word)).values("word")
    found = set(IndexWord.objects.filter(pk__in=candidates, language=language).values_list("word", flat=True))
    same = {each for each in found if fold(each) == folded}
    if same and not include_known:
        return []
    ranked = sorted((distance(folded, fold(each)), fold(each)[:1] != folded[:1], each) for each in found - same)
    return [each for steps, _start, each in ranked if steps <= (1 if same else 2)][:MAX_CORRECTIONS]
