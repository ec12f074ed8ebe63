"""Compounds of the index: those that have a word in them, and the two words that an unknown one is made of.

No dictionary is needed: what is left of a compound has to be a word of the index itself, unless the word that was asked
is so long that chance is unlikely.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Length

from search.analysis import fold, is_stop_word, terms
from search.models import IndexWord
from search.query.parse import MAX_LOOKED_UP, QueryPiece, QueryTerms, TermSequence

# The languages that write compounds as one word.
LANGUAGES = ("de", "nl")
# A word asked has at least so many letters, the rest of the compound so many.
MIN_WORD, MIN_REST = 4, 3
# So long a word at the end, or at the beginning, of a compound is one without proof; so is one beside so long a rest.
SURE_END, SURE_BEGINNING, SURE_REST = 6, 7, 6
# A word of any language that is two words in a text: each has so many letters.
MAX_DIVIDED = 24
# So long a word in the middle is one without proof where each side of it has SURE_REST letters.
SURE_MIDDLE = 5
# So long a word is a part of an unknown compound, whatever the rest is.
SURE_PART = 7
# What stands before a word without being the first of three: Unterhaltungselektronik is nothing of Haltung.
PREFIXES = frozenset(
    "ab an auf aus be bei dar durch ein ent er gegen her hin hinter los miss mit nach uber um un unter ver vor weg "  # noqa: SIM905
    "wider wieder zer zu zuruck zusammen zwischen".split()
)
# What joins the parts of a compound.
LINKS = ("", "s", "es", "n", "en", "er", "e", "ns", "ens")
# What a compound leaves away of a word in front of another: Schule, Schulhaus.
MAX_INFLECTION = 2
LONGER = "zusammen"
MAX_READ, MAX_COMPOUNDS = 300, 16
LAST_CHARACTER = chr(0x10FFFF)
_TRANSCRIBED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


class AskedWord(NamedTuple):
    """A word of a query as it was typed, in lower case, folded, and its term, alone and at the end of a compound."""

    typed: str
    folded: str
    term: str
    ends: frozenset[str]

    def begins(self, stored: str) -> bool:
        """Whether a stored word may begin with it: `Fahrrad` does not with `Fähre`."""
        return self._typed.isascii() or stored.startswith((self._typed, self._typed.translate(_TRANSCRIBED)))

    def is_within(self, stored: str) -> bool:
        """Whether a stored word may have it in the middle, by its umlauts."""
        return any(each in stored for each in (self._typed, self._typed.translate(_TRANSCRIBED)))

    @property
    def _typed(self) -> str:
        return self.typed[: len(self.term)]


def asked_word(text: str, language: str) -> AskedWord | None:
    """The word to look for in compounds, if the text is one."""
    found = terms(text, language)
    if len(found) != 1 or len(found[0]) < MIN_WORD:
        return None
    # In a longer word the stemmer takes more away: Technik, but Reinraumtechn.
    at_end = "".join(terms(LONGER + text, language)).removeprefix(LONGER)
    ends = frozenset(each for each in (found[0], at_end) if len(each) >= MIN_WORD)
    return AskedWord(text.casefold(), fold(text), found[0], ends)


def compounds_of(words: Iterable[AskedWord], language: str, *, with_middle: bool) -> dict[str, list[str]]:
    """For each term that has any, the terms of compounds with it, the likeliest first.

    `with_middle` finds it between the first and the last word of a compound, too, if few begin or end with it: that
    reads all words of the language.
    """
    words = list(words)
    if language not in LANGUAGES or not words:
        return {}
    found = _compounds_of(words, language, with_middle=False)
    if with_middle and sum(map(len, found.values())) < MAX_COMPOUNDS:
        return _compounds_of(words, language, with_middle=True)
    return found


def _compounds_of(words: Sequence[AskedWord], language: str, *, with_middle: bool) -> dict[str, list[str]]:
    condition = Q()
    for word in words:
        condition |= Q(term__contains=word.term) if with_middle else _begins("term", word.term)
        for end in word.ends:
            condition |= _begins("backwards", end[::-1])
    rows = IndexWord.objects.filter(condition, language=language, term__isnull=False).order_by(Length("term"), "term")
    stored = sorted(
        {(term, written) for term, written in rows.values_list("term", "word")[:MAX_READ] if term},
        # A compound with two of the words first.
        key=lambda each: (-sum(word.term in each[0] for word in words), len(each[0]), each),
    )
    rests = {
        (word, term): _rests(word, term, written, language, with_middle=with_middle)
        for word in words
        for term, written in stored
    }
    known = _known({part for each in rests.values() for rest in each for part in rest}, language)
    compounds: dict[str, list[str]] = {}
    for (word, term), of_pair in rests.items():
        if any(known.issuperset(rest) for rest in of_pair):
            compounds.setdefault(word.term, []).append(term)
    return {term: list(dict.fromkeys(each))[:MAX_COMPOUNDS] for term, each in compounds.items()}


def other_spellings(pieces: Sequence[QueryPiece], query: QueryTerms) -> dict[str, list[TermSequence]]:
    """By the terms of a query, what may be meant: compounds with it, and two words that are written as one or apart.

    Compounds are words of the index; whether the others are is not known.
    """
    language = query.language
    wanted = {each for clause in query.required for found in clause.alternatives if len(found) == 1 for each in found}
    texts = [piece.text for piece in pieces if not piece.is_excluded and not piece.is_phrase]
    asked = [word for text in texts if (word := asked_word(text, language)) and word.term in wanted][:MAX_LOOKED_UP]
    others: dict[str, list[TermSequence]] = defaultdict(list)
    # Where more words are asked, a word in the middle of a compound would choose the wrong pages.
    with_middle = len(query.required) == 1
    for term, found in compounds_of(asked, language, with_middle=with_middle).items():
        others[term] += [(each,) for each in found]
    for word in asked:
        typed = word.typed[:MAX_DIVIDED]
        cuts = [(typed[:place], typed[place:]) for place in range(MIN_REST, len(typed) - MIN_REST + 1)]
        apart = [
            terms(" ".join(cut), language) for cut in cuts if not any(is_stop_word(each, language) for each in cut)
        ]
        others[word.term] += [tuple(each) for each in apart if len(each) == 2]
    for one, other in pairwise(texts):
        parts = terms(one, language), terms(other, language)
        joined = tuple(terms(one + other, language))
        # After a comma they stay two words, of which neither stands for the other.
        if len(joined) == 1 and all(len(each) == 1 and wanted.issuperset(each) for each in parts):
            for part in parts:
                others[part[0]].append(joined)
    return others


def _begins(column: str, text: str) -> Q:
    if connection.vendor == "sqlite":
        # For LIKE, SQLite would not use the index.
        return Q(**{f"{column}__gte": text, f"{column}__lt": text + LAST_CHARACTER})
    return Q(**{f"{column}__startswith": text})


def _rests(word: AskedWord, compound: str, written: str, language: str, *, with_middle: bool) -> set[TermSequence]:
    """The terms of what a compound has beside the word, as it may be read; each needs proof, and an empty one none.

    The set is empty if it is no compound of the word.
    """
    rests: set[TermSequence] = set()
    for beginning in {word.folded, word.term} if word.begins(written) else ():
        rest = compound.removeprefix(beginning)
        if rest == compound or len(rest) < MIN_REST or len(word.folded) - len(beginning) > MAX_INFLECTION:
            continue
        if len(beginning) >= SURE_BEGINNING or (len(beginning) > MIN_WORD and len(rest) >= SURE_REST):
            rests.add(())
        rests |= {("".join(terms(each, language)),) for each in _after(rest)}
    for end in word.ends:
        rest = compound.removesuffix(end)
        if rest != compound and len(rest) >= MIN_REST:
            is_sure = len(end) >= SURE_END or len(rest) >= SURE_REST
            rests.add(() if is_sure else ("".join(terms(rest, language)),))
    if not rests and with_middle and word.is_within(written):
        rests |= _rests_around(word, compound, language)
    return rests


def _rests_around(word: AskedWord, compound: str, language: str) -> set[TermSequence]:
    """The terms of what stands before and after a word in a compound of three: a side needs proof unless it is long."""
    rests: set[TermSequence] = set()
    for middle in {word.folded, word.term}:
        before, found, after = compound.partition(middle)
        if not found or len(before) < MIN_REST or len(after) < MIN_REST or before in PREFIXES:
            continue
        is_long = len(middle) >= SURE_MIDDLE
        for first in _before(before):
            for last in _after(after):
                proofs = [each for each in (first, last) if not is_long or len(each) < SURE_REST]
                rests.add(tuple("".join(terms(each, language)) for each in proofs))
    return rests


def _after(rest: str) -> list[str]:
    """What may follow a word in a compound, without what joins the two."""
    found = [rest.removeprefix(link) for link in LINKS if rest.startswith(link)]
    return [each for each in found if len(each) >= MIN_REST]


def _before(rest: str) -> list[str]:
    """What may precede a word in a compound, without what joins the two."""
    found = [rest.removesuffix(link) for link in LINKS if rest.endswith(link)]
    return [each for each in found if len(each) >= MIN_REST and each not in PREFIXES]


def _known(found: set[str], language: str) -> set[str]:
    if not found:
        return set()
    return set(IndexWord.objects.filter(language=language, term__in=found).values_list("term", flat=True))  # type: ignore[arg-type]


def divided(word: str, language: str) -> tuple[str, ...]:
    """The two words of the index that make up a word, as it is written; empty if there are none."""
    if language not in LANGUAGES:
        return ()
    cuts = _cuts(word)
    known = _written(cuts, language)
    as_written = {part for part, stored in known.items() if part.casefold() in stored}
    words = {part for part, stored in known.items() if stored and (len(part) >= MIN_WORD or part in as_written)}
    possible = [cut for cut in cuts if words.issuperset(cut)]
    # A word that stands so in a text, and then a shorter part that is long, tell most against chance.
    return max(possible, key=lambda cut: (len(as_written & {*cut}), min(map(len, cut))), default=())


def long_parts(word: str, language: str) -> list[str]:
    """Words of the index with which a compound begins or ends and that are too long for chance, the longest first."""
    if language not in LANGUAGES:
        return []
    known = _written(_cuts(word), language)
    found = {
        # As a text has it: without what joins the parts.
        min((abs(len(each) - len(part)), each) for each in stored)[1]
        for part, stored in known.items()
        if stored and len("".join(terms(part, language))) >= SURE_PART
    }
    return sorted(found, key=lambda part: (-len(part), part))


def _cuts(word: str) -> list[tuple[str, str]]:
    cuts = [(word[:place], word[place:]) for place in range(MIN_REST, len(word) - MIN_REST + 1)]
    return [cut for cut in cuts if fold(cut[0]) not in PREFIXES]


def _written(cuts: Iterable[tuple[str, str]], language: str) -> dict[str, set[str]]:
    """For each part the words of the index that have its term."""
    term_of = {part: "".join(terms(part, language)) for cut in cuts for part in cut}
    rows = IndexWord.objects.filter(language=language, term__in=set(term_of.values()) - {""})
    written: dict[str, set[str]] = defaultdict(set)
    for term, word in rows.values_list("term", "word"):
        written[term or ""].add(word)
    return {part: written[term] for part, term in term_of.items()}
