"""What a reader may have meant who mistyped a word.

Each word is kept under its beginning and under what remains of that when one letter is left out. A typing error and the
word that was meant share one of these remains: a letter too many, too few, another one, or two in the wrong order.
"""

from collections.abc import Collection, Iterator
from itertools import batched
from zlib import crc32

from django.db import connection

from search.analysis import fold
from search.models import IndexWord, Misspelling
from search.query.distance import distance

BATCH = 500
MOST_GUESSES = 3
BEGINNING = 8


def deletion_hashes(language: str, word: str) -> set[int]:
    """The numbers under which a word is kept."""
    start = fold(word)[:BEGINNING]
    return {crc32(f"{language}:{each}".encode()) for each in (start, *_shortened(start))}


def _shortened(word: str) -> Iterator[str]:
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]


def learn(words: Collection[tuple[str, str]]) -> None:
    """Remember words by language; those that are known stay as they are."""
    for language in {language for language, _word in words}:
        for batch in batched(sorted(word for own, word in words if own == language), BATCH):
            known = set(IndexWord.objects.filter(language=language, word__in=batch).values_list("word", flat=True))
            if missing := [word for word in batch if word not in known]:
                _keep(language, missing)


def _keep(language: str, words: list[str]) -> None:
    IndexWord.objects.bulk_create([IndexWord(language=language, word=word) for word in words], ignore_conflicts=True)
    kept = IndexWord.objects.filter(language=language, word__in=words).values_list("pk", "word")
    table = connection.ops.quote_name(Misspelling._meta.db_table)
    with connection.cursor() as cursor:
        # Many small rows: as objects they would take most of the time of indexing.
        cursor.executemany(
            f"INSERT INTO {table} (deletion_hash, word_id) VALUES (%s, %s)",  # noqa: S608
            [(deletion_hash, key) for key, word in kept for deletion_hash in deletion_hashes(language, word)],
        )


def guesses(language: str, word: str, *, is_doubted: bool = False) -> list[str]:
    """The nearest known words, the likeliest first; none for a word that is known itself, unless it `is_doubted`."""
    folded = fold(word)
    # Not joined: a database that takes both tables for short would go through the one for each row of the other.
    near = Misspelling.objects.filter(deletion_hash__in=deletion_hashes(language, word)).values("word")
    found = set(IndexWord.objects.filter(pk__in=near, language=language).values_list("word", flat=True))
    same = {each for each in found if fold(each) == folded}
    if same and not is_doubted:
        return []
    ranked = sorted((distance(folded, fold(each)), fold(each)[:1] != folded[:1], each) for each in found - same)
    return [each for steps, _start, each in ranked if steps <= (1 if same else 2)][:MOST_GUESSES]
