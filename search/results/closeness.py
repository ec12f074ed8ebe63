"""Pages about two words: a divided compound is answered by these only."""

from collections.abc import Collection
from itertools import product

from django.db.models.functions import Left

from search.analysis import terms_of_clean_text
from search.engines.base import Candidate
from search.models import EntryText
from search.query.parse import QueryTerms

# How many of the best candidates are read, and how many characters of each.
MAX_READ, MAX_LENGTH = 30, 8000
# The greatest distance of the two, in words: “ein Dach für jede Halle”.
MAX_DISTANCE = 6


def keys_with_close(query: QueryTerms, candidates: Collection[Candidate]) -> set[int]:
    """The keys of pages with the two words of a query close together, one of them in title or summary.

    A compound that ends with a word counts as the word (*Messe*, *Handwerksmesse*).
    """
    words = [
        {found[0] for found in clause.alternatives if len(found) == 1 and found[0].endswith(clause.alternatives[0][0])}
        for clause in query.required
    ]
    best = sorted(candidates, key=lambda each: each.score, reverse=True)[:MAX_READ]
    rows = EntryText.objects.filter(entry__key__in=[each.key for each in best], language=query.language)
    keys = set()
    for key, title, summary, text in rows.values_list("entry__key", "title", "summary", Left("text", MAX_LENGTH)):
        top = terms_of_clean_text(f"{title} {summary}", query.language)
        found = top + terms_of_clean_text(text, query.language)
        firsts, lasts = ([place for place, term in enumerate(found) if term in of] for of in words)
        if any(
            abs(one - other) <= MAX_DISTANCE and min(one, other) < len(top) for one, other in product(firsts, lasts)
        ):
            keys.add(key)
    return keys
