"""Pages on which two words stand close together: what is divided is only answered by those that are about it."""

import re
from collections.abc import Collection

from django.db.models.functions import Left

from search.analysis import terms_of_clean_text
from search.engines.base import Candidate
from search.models import EntryText

# So many candidates are read, the best first, and of each so many characters.
MAX_READ, MAX_LENGTH = 30, 8000
# How many words apart the two may stand: “ein Dach für jede Halle”.
MAX_DISTANCE = 3
# A page whose title and summary have neither is about them if they are close so often.
OFTEN = 2
_SENTENCE = re.compile(r"[^.!?…:;\n\f\x1c]+")


def keys_with_close(one: str, other: str, candidates: Collection[Candidate], language: str) -> tuple[int, ...]:
    """The keys of pages that are about two terms: they stand close in a sentence, one of them at the top as well."""
    best = sorted(candidates, key=lambda each: each.score, reverse=True)[:MAX_READ]
    rows = EntryText.objects.filter(entry__key__in=[each.key for each in best], language=language)
    columns = ("entry__key", "title", "summary", "names", Left("text", MAX_LENGTH))
    found = []
    for key, *parts in rows.values_list(*columns):
        title, summary, *rest = (
            [terms_of_clean_text(each, language) for each in _SENTENCE.findall(part)] for part in parts
        )
        at_top = {term for sentence in (*title, *summary) for term in sentence}
        times = sum(_are_close(one, other, sentence) for part in (title, summary, *rest) for sentence in part)
        if times >= (1 if at_top & {one, other} else OFTEN):
            found.append(key)
    return tuple(sorted(found))


def _are_close(one: str, other: str, sentence: list[str]) -> bool:
    places = {wanted: [place for place, term in enumerate(sentence) if term == wanted] for wanted in (one, other)}
    return any(abs(first - last) <= MAX_DISTANCE for first in places[one] for last in places[other])
