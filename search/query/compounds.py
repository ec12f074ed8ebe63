"""Finds the compounds in the index that contain a word, and the two words that form an unknown compound.

There is no dictionary: the rest of a compound must itself be a word of the index, unless the word is so long that a
chance match is unlikely.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, product
from typing import NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from search.analysis import fold, is_stop_word, terms
from search.languages import language_of
from search.models import IndexWord
from search.query.parse import MAX_LOOKED_UP, QueryPiece, QueryTerms, TermSequence

# The minimum length of a word looked up in compounds, and of a compound's rest.
MIN_WORD, MIN_REST = 4, 3
# The rest of a compound needs no proof if the rest, or the known word in the compound, is this long.
SURE_END, SURE_BEGINNING, SURE_MIDDLE, SURE_REST = 6, 7, 5, 6
# A part of an unknown compound with this many letters counts as a word, even if the rest is unknown.
SURE_PART = 7
# Longer query words are not divided into two words.
MAX_DIVIDED = 24
# The maximum number of letters that a word loses before another: Schule, Schulhaus.
MAX_INFLECTION = 2
LONGER = "zusammen"
MAX_READ, MAX_COMPOUNDS = 300, 16
LAST_CHARACTER = chr(0x10FFFF)
_TRANSCRIBED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


class QueryWord(NamedTuple):
    """A query word: in lower case, folded, as a term by itself, and as terms at the end of a compound."""

    typed: str
    folded: str
    term: str
    ends: frozenset[str]

    def spellings(self) -> tuple[str, str]:
        typed = self.typed[: len(self.term)]
        return typed, typed.translate(_TRANSCRIBED)

    def begins(self, stored: str) -> bool:
        """Whether a stored word may begin with this one: `Fahrrad` does not begin with `Fähre`."""
        return self.spellings()[0].isascii() or stored.startswith(self.spellings())


def query_word(text: str, language: str) -> QueryWord | None:
    term, *others = terms(text, language) or [""]
    if others or len(term) < MIN_WORD:
        return None
    # The stemmer strips more from a longer word: Technik, but Reinraumtechn.
    at_end = _term(LONGER + text, language).removeprefix(LONGER)
    return QueryWord(
        text.casefold(), fold(text), term, frozenset(end for end in (term, at_end) if len(end) >= MIN_WORD)
    )


def other_spellings(
    pieces: Sequence[QueryPiece], query: QueryTerms, known: QuerySet[IndexWord], *, with_middle: bool = True
) -> dict[str, list[TermSequence]]:
    """Other spellings of a query's words, by term: compounds with them, two words as one, and one word as two.

    Compounds are known words of the index; the other spellings may be in no text. `with_middle` includes those that
    have a single word in their middle.
    """
    language = query.language
    wanted = {each for clause in query.required for found in clause.alternatives if len(found) == 1 for each in found}
    texts = [piece.text for piece in pieces if piece.is_word]
    words = [word for text in texts if (word := query_word(text, language)) and word.term in wanted][:MAX_LOOKED_UP]
    others: dict[str, list[TermSequence]] = defaultdict(list)
    # In a longer query, compounds with a word in their middle would find the wrong pages.
    with_middle = with_middle and len(query.required) == 1
    for term, found in _compounds_of(words, known.filter(language=language), language, with_middle=with_middle).items():
        others[term] += [(each,) for each in found]
    for word in words:
        for cut in _halves(word.typed[:MAX_DIVIDED]):
            apart = tuple(terms(" ".join(cut), language))
            if len(apart) == 2 and not any(is_stop_word(each, language) for each in cut):
                others[word.term].append(apart)
    for one, other in pairwise(texts):
        parts = terms(one, language), terms(other, language)
        joined = tuple(terms(one + other, language))
        # Words with a comma between them are not joined.
        if len(joined) == 1 and all(len(each) == 1 and wanted.issuperset(each) for each in parts):
            for part in parts:
                others[part[0]].append(joined)
    return others


def _compounds_of(
    words: Sequence[QueryWord], known: QuerySet[IndexWord], language: str, *, with_middle: bool
) -> dict[str, list[str]]:
    """The terms of compounds, by the term that they contain, likeliest first.

    The middle of compounds is only searched if few compounds begin or end with a word, because this reads all words of
    the language.
    """
    if not language_of(language).compounds or not words:
        return {}
    compounds = _compounds_with(words, known, language, with_middle=False)
    if with_middle and sum(map(len, compounds.values())) < MAX_COMPOUNDS:
        return _compounds_with(words, known, language, with_middle=True)
    return compounds


def _compounds_with(
    words: Sequence[QueryWord], known: QuerySet[IndexWord], language: str, *, with_middle: bool
) -> dict[str, list[str]]:
    condition = Q()
    for word in words:
        condition |= Q(term__contains=word.term) if with_middle else _begins("term", word.term)
        for end in word.ends:
            condition |= _begins("backwards", end[::-1])
    rows = known.filter(condition, term__isnull=False).order_by(Length("term"), "term")
    stored = sorted(
        {(term, written) for term, written in rows.values_list("term", "word")[:MAX_READ] if term},
        # A compound with two of the words comes first.
        key=lambda each: (-sum(word.term in each[0] for word in words), len(each[0]), each),
    )
    rests = {
        (word.term, term): set(_rests(word, term, written, language, with_middle=with_middle))
        for word in words
        for term, written in stored
    }
    parts = {part for of_pair in rests.values() for rest in of_pair for part in rest}
    existing = set(known.filter(term__in=parts).values_list("term", flat=True))
    compounds: dict[str, list[str]] = defaultdict(list)
    for (word_term, term), of_pair in rests.items():
        if any(existing.issuperset(rest) for rest in of_pair):
            compounds[word_term].append(term)
    return {term: list(dict.fromkeys(each))[:MAX_COMPOUNDS] for term, each in compounds.items()}


def _begins(column: str, text: str) -> Q:
    if connection.vendor == "sqlite":
        # SQLite would not use the index for LIKE.
        return Q(**{f"{column}__gte": text, f"{column}__lt": text + LAST_CHARACTER})
    return Q(**{f"{column}__startswith": text})


def _rests(word: QueryWord, compound: str, written: str, language: str, *, with_middle: bool) -> Iterator[TermSequence]:
    """The possible rests of a compound without the word, as terms that must be words of the index.

    A rest that needs no proof is empty. Yields nothing if the word is not part of the compound.
    """
    is_found = False
    for beginning in {word.folded, word.term} if word.begins(written) else ():
        rest = compound.removeprefix(beginning)
        if rest == compound or len(rest) < MIN_REST or len(word.folded) - len(beginning) > MAX_INFLECTION:
            continue
        if len(beginning) >= SURE_BEGINNING or (len(beginning) > MIN_WORD and len(rest) >= SURE_REST):
            is_found = True
            yield ()
        for each in _after(rest, language):
            is_found = True
            yield (_term(each, language),)
    for end in word.ends:
        rest = compound.removesuffix(end)
        if rest != compound and len(rest) >= MIN_REST:
            is_found = True
            yield () if len(end) >= SURE_END or len(rest) >= SURE_REST else (_term(rest, language),)
    if is_found or not with_middle or not any(each in written for each in word.spellings()):
        return
    prefixes = language_of(language).prefixes
    for middle in {word.folded, word.term}:
        before, found, after = compound.partition(middle)
        if found and len(before) >= MIN_REST and len(after) >= MIN_REST and before not in prefixes:
            is_long = len(middle) >= SURE_MIDDLE
            for sides in product(_before(before, language), _after(after, language)):
                yield tuple(_term(each, language) for each in sides if not is_long or len(each) < SURE_REST)


def _after(rest: str, language: str) -> list[str]:
    """The rests that may follow a word in a compound, without the linking letters."""
    found = [rest.removeprefix(link) for link in language_of(language).links if rest.startswith(link)]
    return [each for each in found if len(each) >= MIN_REST]


def _before(rest: str, language: str) -> list[str]:
    """The rests that may precede a word in a compound, without the linking letters."""
    facts = language_of(language)
    found = [rest.removesuffix(link) for link in facts.links if rest.endswith(link)]
    return [each for each in found if len(each) >= MIN_REST and each not in facts.prefixes]


def _term(text: str, language: str) -> str:
    return "".join(terms(text, language))


def divide(word: str, language: str, known: QuerySet[IndexWord]) -> tuple[str, ...]:
    """Divide a compound into two known words of the index, spelt as in the compound; empty if that is impossible."""
    if not language_of(language).compounds:
        return ()
    cuts = _cuts(word, language)
    stored = _stored_words(cuts, language, known)
    as_written = {part for part, words in stored.items() if part.casefold() in words}
    parts = {part for part, words in stored.items() if words and (len(part) >= MIN_WORD or part in as_written)}
    possible = [cut for cut in cuts if parts.issuperset(cut)]
    # A part that occurs in a text is the best evidence against chance. The length of the shorter part comes next.
    return max(possible, key=lambda cut: (len(as_written & {*cut}), min(map(len, cut))), default=())


def long_parts(word: str, language: str, known: QuerySet[IndexWord]) -> list[str]:
    """Known words at the beginning or end of a compound, too long to match by chance; longest first."""
    if not language_of(language).compounds:
        return []
    stored = _stored_words(_cuts(word, language), language, known)
    found = {
        # Texts have the part without the linking letters.
        min((abs(len(each) - len(part)), each) for each in words)[1]
        for part, words in stored.items()
        if words and len(_term(part, language)) >= SURE_PART
    }
    return sorted(found, key=lambda part: (-len(part), part))


def _halves(word: str) -> list[tuple[str, str]]:
    return [(word[:place], word[place:]) for place in range(MIN_REST, len(word) - MIN_REST + 1)]


def _cuts(word: str, language: str) -> list[tuple[str, str]]:
    prefixes = language_of(language).prefixes
    return [cut for cut in _halves(word) if fold(cut[0]) not in prefixes]


def _stored_words(cuts: Iterable[tuple[str, str]], language: str, known: QuerySet[IndexWord]) -> dict[str, set[str]]:
    term_of = {part: _term(part, language) for cut in cuts for part in cut}
    rows = known.filter(language=language, term__in=set(term_of.values()) - {""})
    words: dict[str, set[str]] = defaultdict(set)
    for term, word in rows.values_list("term", "word"):
        words[term or ""].add(word)
    return {part: words[term] for part, term in term_of.items()}
