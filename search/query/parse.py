"""The query syntax: words, phrases in quotation marks, and a minus before what is excluded."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from search.analysis import clean, is_stop_word, terms

MAX_QUERY_LENGTH = 200
MAX_PIECES = 12

_PIECE = re.compile(r'(?P<minus>(?<!\S)[-−–])?(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))')
_QUOTES = str.maketrans(dict.fromkeys("«»“”„‟＂", '"'))

TermSequence = tuple[str, ...]
"""Adjacent terms, in order."""


@dataclass(frozen=True)
class QueryPiece:
    """A word or a phrase as it was typed."""

    text: str
    is_phrase: bool = False
    is_excluded: bool = False


@dataclass(frozen=True)
class QueryClause:
    """A condition that any of these term sequences satisfies."""

    alternatives: tuple[TermSequence, ...]


@dataclass(frozen=True)
class QueryTerms:
    """A query in the terms of one language: all required clauses must match, and none of the excluded."""

    language: str
    required: tuple[QueryClause, ...]
    excluded: tuple[QueryClause, ...] = ()

    @property
    def any_of(self) -> "QueryTerms":
        """The same query, but any required clause is enough."""
        merged = tuple(dict.fromkeys(each for clause in self.required for each in clause.alternatives))
        return QueryTerms(self.language, (QueryClause(merged),) if merged else (), self.excluded)

    @property
    def highlighted(self) -> frozenset[str]:
        """The terms that results highlight."""
        return frozenset(term for clause in self.required for each in clause.alternatives for term in each)


def normalize(text: str) -> str:
    """Clean a query for display and logging: visible characters, single spaces, at most MAX_QUERY_LENGTH characters."""
    return " ".join(clean(text[: 4 * MAX_QUERY_LENGTH]).split())[:MAX_QUERY_LENGTH].strip()


def parse(text: str) -> tuple[QueryPiece, ...]:
    pieces = []
    for match in _PIECE.finditer(normalize(text).translate(_QUOTES)):
        words = match["phrase"] if match["phrase"] is not None else match["word"]
        if any(letter.isalnum() for letter in words):
            pieces.append(QueryPiece(words, match["phrase"] is not None, bool(match["minus"])))
        if len(pieces) == MAX_PIECES:
            break
    return tuple(pieces)


def terms_in_language(
    pieces: Sequence[QueryPiece], language: str, synonyms: Iterable[Sequence[str]] = ()
) -> QueryTerms:
    """Analyse a query in a language; each group of `synonyms` has words or phrases of the same meaning.

    Stop words are dropped, unless the query has nothing else.
    """
    wanted = [piece for piece in pieces if not piece.is_excluded]
    significant = [piece for piece in wanted if piece.is_phrase or not is_stop_word(piece.text, language)] or wanted
    required = _clauses_with_synonyms(
        [piece.text for piece in significant], language, [list(group) for group in synonyms]
    )
    excluded = (_clause(piece.text, language) for piece in pieces if piece.is_excluded)
    return QueryTerms(
        language,
        tuple(dict.fromkeys(clause for clause in required if clause)),
        tuple(clause for clause in excluded if clause),
    )


def _clause(text: str, language: str) -> QueryClause | None:
    """The clause of a word or a phrase; a compound also matches without its hyphen."""
    whole = tuple(terms(text, language))
    if not whole:
        return None
    joined = tuple(terms(text.replace("-", ""), language)) if text.count("-") == 1 else whole
    return QueryClause(tuple(dict.fromkeys([whole, joined])))


def _clauses_with_synonyms(texts: list[str], language: str, groups: list[list[str]]) -> list[QueryClause | None]:
    groups_by_terms = {_significant_terms(text, language): group for group in groups for text in group}
    clauses: list[QueryClause | None] = []
    start = 0
    while start < len(texts):
        for end in range(len(texts), start, -1):
            group = groups_by_terms.get(_significant_terms(" ".join(texts[start:end]), language))
            if group:
                synonyms = [tuple(terms(text, language)) for text in group]
                clauses.append(QueryClause(tuple(dict.fromkeys(each for each in synonyms if each))))
                start = end
                break
        else:
            clauses.append(_clause(texts[start], language))
            start += 1
    return clauses


def _significant_terms(text: str, language: str) -> TermSequence:
    """The terms of a text without its stop words."""
    return tuple(each for word in text.split() if not is_stop_word(word, language) for each in terms(word, language))
