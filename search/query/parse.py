"""The query syntax: words, phrases in quotation marks, and a minus before excluded ones."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from search.analysis import clean, is_stop_word, terms, without_hyphens, word_matches
from search.languages import language_of

MAX_QUERY_LENGTH = 1000
# Only the first significant words of a longer query count.
MAX_PIECES = 100
# The maximum number of query words whose other spellings and compounds are looked up.
MAX_LOOKED_UP = 12

_PIECE = re.compile(r'(?P<minus>(?<!\S)[-−–])?(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))')
# Endings of gender or number: Lehrer:innen, étudiant·e·s, raison(s). They follow letters and have no capital after a
# dot (R.S.E.). The last word of plug_in and opt/in is not an ending.
_BOTH_GENDERS = re.compile(
    r"(?<=[^\W\d_][^\W\d_])(?:(?i:[:*](?:in|innen)|[_/]innen|(?<=er|nt|st|or)[_/]in)|[·.]e(?:[·.]s)?|[·.]s|\(e?s?\)s?)"
    r"(?!\w)"
)
# One of two words is enough in clients/usagers, but not in 17/11/2026.
_SLASH = re.compile(r"(?<=[^\W\d_])/(?=[^\W\d_])")
_PUNCTUATION = ",;:.!?()"
_QUOTES = str.maketrans(dict.fromkeys("«»“”„‟＂", '"'))

TermSequence = tuple[str, ...]
"""Adjacent terms, in order; the last one may end with BEGINNING, and then stands for all terms that begin with it."""
BEGINNING = "*"


@dataclass(frozen=True)
class QueryPiece:
    """A word or phrase as typed. Words of a date are optional beside others."""

    text: str
    is_phrase: bool = False
    is_excluded: bool = False
    is_of_date: bool = False

    @property
    def is_word(self) -> bool:
        return not (self.is_phrase or self.is_excluded)


@dataclass(frozen=True)
class QueryClause:
    """A condition that any of these term sequences satisfies."""

    alternatives: tuple[TermSequence, ...]


@dataclass(frozen=True)
class QueryTerms:
    """A query in the terms of one language: all required clauses must match, and no excluded one.

    Optional clauses need not match. Like required ones, they are scored and highlighted.
    """

    language: str
    required: tuple[QueryClause, ...]
    excluded: tuple[QueryClause, ...] = ()
    optional: tuple[QueryClause, ...] = ()

    @property
    def scored(self) -> tuple[TermSequence, ...]:
        clauses = (*self.required, *self.optional)
        return tuple(dict.fromkeys(each for clause in clauses for each in clause.alternatives))

    def relax(self, frequencies: Mapping[TermSequence, int], limit: int) -> "QueryTerms":
        """Make any one of the rarest clauses enough. These clauses together match at most `limit` entries."""

        def frequency(clause: QueryClause) -> int:
            return sum(frequencies.get(each, 0) for each in clause.alternatives)

        rare: list[TermSequence] = []
        common: list[QueryClause] = []
        total = 0
        for clause in sorted(self.required, key=frequency):
            total += frequency(clause)
            if total <= limit or not total - frequency(clause):
                rare += clause.alternatives
            else:
                common.append(clause)
        required = (QueryClause(tuple(dict.fromkeys(rare))),) if rare else ()
        # If no page has a compound or phrase, its parts are better than nothing.
        missing = [clause for clause in (*self.required, *self.optional) if not frequency(clause)]
        sequences = [each for clause in missing for each in clause.alternatives if len(each) > 1]
        parts = [QueryClause(((term,),)) for each in sequences for term in each]
        return QueryTerms(
            self.language, required, self.excluded, tuple(dict.fromkeys([*common, *self.optional, *parts]))
        )

    def widen(self, others: Mapping[str, Sequence[TermSequence]]) -> "QueryTerms":
        """Let each word also match the `others` given for its term."""
        required = []
        for clause in self.required:
            words = [found[0] for found in clause.alternatives if len(found) == 1]
            alternatives = [*clause.alternatives, *(each for word in words for each in others.get(word, ()))]
            required.append(QueryClause(tuple(dict.fromkeys(alternatives))))
        return replace(self, required=tuple(required))

    @property
    def highlighted(self) -> frozenset[str]:
        return frozenset(term for each in self.scored for term in each)


def normalize(text: str) -> str:
    """Clean a query for display and logging: visible characters, single spaces, at most MAX_QUERY_LENGTH characters."""
    return " ".join(clean(text[: 4 * MAX_QUERY_LENGTH]).split())[:MAX_QUERY_LENGTH].strip()


def parse(text: str) -> tuple[QueryPiece, ...]:
    pieces = []
    plain = _SLASH.sub(" ", _BOTH_GENDERS.sub("", normalize(text)))
    for match in _PIECE.finditer(plain.translate(_QUOTES)):
        words = match["phrase"] if match["phrase"] is not None else match["word"]
        if any(letter.isalnum() for letter in words):
            pieces.append(QueryPiece(words, match["phrase"] is not None, bool(match["minus"])))
    return tuple(pieces)


def terms_in_language(
    pieces: Sequence[QueryPiece], language: str, synonyms: Iterable[Sequence[str]] = ()
) -> QueryTerms:
    """Analyse a query in a language. Each group of `synonyms` has words or phrases with the same meaning.

    Stop words are dropped, unless there is nothing else. Verbs such as “find” and dates are optional together with
    other words. Without other words, the last one is required (*je veux savoir*).
    """
    wanted = [_without_pronoun(piece, language) for piece in pieces if not piece.is_excluded]
    significant = [
        piece for piece in wanted if piece.is_phrase or not _is_insignificant(piece.text, language)
    ] or wanted
    groups = [list(group) for group in synonyms]
    synonymous = {word for group in groups for text in group for word in text.casefold().split()}
    verbs = language_of(language).search_verbs - synonymous
    beside = [
        piece
        for piece in significant
        if piece.is_of_date or (not piece.is_phrase and piece.text.strip(_PUNCTUATION).casefold() in verbs)
    ]
    texts = [piece.text for piece in significant if piece not in beside]
    if not texts:
        texts, beside = [piece.text for piece in beside[-1:]], beside[:-1]
    required = _clauses_with_synonyms(texts[:MAX_PIECES], language, groups)
    optional = (_clause(piece.text, language) for piece in beside[:MAX_PIECES])
    excluded = (_clause(piece.text, language) for piece in pieces[-MAX_PIECES:] if piece.is_excluded)
    return QueryTerms(
        language,
        tuple(dict.fromkeys(clause for clause in required if clause)),
        tuple(clause for clause in excluded if clause),
        tuple(dict.fromkeys(clause for clause in optional if clause)),
    )


def missing_words(
    pieces: Sequence[QueryPiece], queries: Iterable[QueryTerms], frequencies: Mapping[TermSequence, int]
) -> tuple[str, ...]:
    """The words and phrases of a query, as typed, that no entry has in any of the languages."""
    queries = list(queries)
    unknown: list[set[TermSequence]] = []
    for query in queries:
        sequences: dict[bool, set[TermSequence]] = {True: set(), False: set()}
        for clause in query.required:
            sequences[any(map(frequencies.get, clause.alternatives))].update(clause.alternatives)
        unknown.append(sequences[False] - sequences[True])
    return tuple(
        piece.text.strip(_PUNCTUATION)
        for piece in pieces
        if not piece.is_excluded
        and all(tuple(terms(piece.text, query.language)) in of for query, of in zip(queries, unknown, strict=True))
    )


def _without_pronoun(piece: QueryPiece, language: str) -> QueryPiece:
    """A word without the pronoun or particle that follows it: `dirige-t-elle`, `pouvez-vous`, `mois-ci`."""
    inverted = language_of(language).inverted
    if not inverted or piece.is_phrase:
        return piece
    return replace(piece, text=re.sub(rf"{inverted}(?=\W*$)", "", piece.text, flags=re.IGNORECASE))


def _is_insignificant(text: str, language: str) -> bool:
    """Whether a piece consists of stop words: `la`, `qu’est-ce`, `comment ?`."""
    words = [match[1] for match in word_matches(text, language)]
    return all(is_stop_word(word, language) for word in words)


def _clause(text: str, language: str) -> QueryClause | None:
    whole = tuple(terms(text, language))
    if not whole:
        return None
    joined = tuple(terms(without_hyphens(text), language))
    return QueryClause(tuple(dict.fromkeys([whole, joined])))


def _clauses_with_synonyms(texts: list[str], language: str, groups: list[list[str]]) -> list[QueryClause | None]:
    groups_by_terms = {_significant_terms(text, language): group for group in groups for text in group}
    longest = max((len(text.split()) for group in groups for text in group), default=0)
    clauses: list[QueryClause | None] = []
    start = 0
    while start < len(texts):
        for end in range(min(len(texts), start + longest), start, -1):
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
    return tuple(each for word in text.split() if not is_stop_word(word, language) for each in terms(word, language))
