"""Pages on which two words stand close together: a compound that is divided is only answered by pages about it."""

from collections.abc import Collection
from itertools import product

from django.db.models.functions import Left

from search.analysis import terms_of_clean_text
from search.engines.base import Candidate
from search.models import EntryText
from search.query.parse import QueryTerms

# So many candidates are read, the best first, and of each so many characters.
MAX_READ, MAX_LENGTH = 30, 8000
# How many words apart the two may stand: “ein Dach für jede Halle”.
MAX_DISTANCE = 6


def keys_with_close(query: QueryTerms, candidates: Collection[Candidate]) -> set[int]:
    """The keys of pages that are about the two words of a query: they stand close, one of them at the top.

    A compound that ends with a word is such a thing (*Messe*, *Handwerksmesse*); what begins with it is another one.
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
