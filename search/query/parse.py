"""What a reader asks for: words, phrases in quotation marks, and what must not be there after a minus."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from search.analysis import clean, is_stop_word, terms

LONGEST_QUERY = 200
MOST_PIECES = 12

_PIECE = re.compile(r'(?P<minus>(?<!\S)[-−–])?(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))')
_QUOTES = str.maketrans(dict.fromkeys("«»“”„‟＂", '"'))

TermSequence = tuple[str, ...]
"""Terms that follow each other."""


@dataclass(frozen=True)
class QueryPiece:
    text: str
    is_phrase: bool = False
    is_excluded: bool = False


@dataclass(frozen=True)
class Clause:
    """One thing that is asked for: any of these sequences of terms."""

    alternatives: tuple[TermSequence, ...]


@dataclass(frozen=True)
class Terms:
    """A query in the terms of one language: every clause must match, and none of the excluded."""

    language: str
    every: tuple[Clause, ...]
    none: tuple[Clause, ...] = ()

    @property
    def loose(self) -> "Terms":
        """The same, satisfied by any of its clauses."""
        merged = tuple(dict.fromkeys(each for clause in self.every for each in clause.alternatives))
        return Terms(self.language, (Clause(merged),) if merged else (), self.none)

    @property
    def marked(self) -> frozenset[str]:
        """Every term that an extract shows as found."""
        return frozenset(term for clause in self.every for each in clause.alternatives for term in each)


def tidy(text: str) -> str:
    """A query as it is shown and remembered: visible characters, single spaces, no longer than anyone asks."""
    return " ".join(clean(text[: 4 * LONGEST_QUERY]).split())[:LONGEST_QUERY].strip()


def parse(text: str) -> tuple[QueryPiece, ...]:
    pieces = []
    for match in _PIECE.finditer(tidy(text).translate(_QUOTES)):
        words = match["phrase"] if match["phrase"] is not None else match["word"]
        if any(letter.isalnum() for letter in words):
            pieces.append(QueryPiece(words, match["phrase"] is not None, bool(match["minus"])))
        if len(pieces) == MOST_PIECES:
            break
    return tuple(pieces)


def in_language(pieces: Sequence[QueryPiece], language: str, synonyms: Iterable[Sequence[str]] = ()) -> Terms:
    """The query in terms of a language; `synonyms` are groups of words or phrases that mean the same.

    A word that says nothing, such as an article, counts only where nothing else is asked for.
    """
    wanted = [piece for piece in pieces if not piece.is_excluded]
    telling = [piece for piece in wanted if piece.is_phrase or not is_stop_word(piece.text, language)] or wanted
    every = _with_synonyms([piece.text for piece in telling], language, [list(group) for group in synonyms])
    none = (_clause(piece.text, language) for piece in pieces if piece.is_excluded)
    return Terms(
        language, tuple(dict.fromkeys(clause for clause in every if clause)), tuple(clause for clause in none if clause)
    )


def _clause(text: str, language: str) -> Clause | None:
    """What a word or a phrase matches; a compound is found with or without its hyphen."""
    whole = tuple(terms(text, language))
    if not whole:
        return None
    joined = tuple(terms(text.replace("-", ""), language)) if text.count("-") == 1 else whole
    return Clause(tuple(dict.fromkeys([whole, joined])))


def _with_synonyms(texts: list[str], language: str, groups: list[list[str]]) -> list[Clause | None]:
    known = {_telling(text, language): group for group in groups for text in group}
    found: list[Clause | None] = []
    start = 0
    while start < len(texts):
        for end in range(len(texts), start, -1):
            group = known.get(_telling(" ".join(texts[start:end]), language))
            if group:
                same = [tuple(terms(text, language)) for text in group]
                found.append(Clause(tuple(dict.fromkeys(each for each in same if each))))
                start = end
                break
        else:
            found.append(_clause(texts[start], language))
            start += 1
    return found


def _telling(text: str, language: str) -> TermSequence:
    """The terms of a text but for the words that say nothing."""
    return tuple(each for word in text.split() if not is_stop_word(word, language) for each in terms(word, language))
