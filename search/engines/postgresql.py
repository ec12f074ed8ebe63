"""The engine of PostgreSQL: vectors that hold our own terms, without a text search configuration.

The vector of an entry also holds its scope tokens, the terms of its title and the unstemmed words of its title, so that
one GIN index serves every condition. A prefix that no term has distinguishes them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from search.engines.base import (
    MAX_RANKED,
    MAX_RANKED_TITLES,
    UPCOMING,
    WEIGHTS,
    Candidate,
    LanguageQuery,
    Match,
    MatchCounts,
    PreparedEntry,
)
from search.models import IndexEntry
from search.query.parse import QueryClause, QueryTerms

SCOPE, TITLE, AUTOCOMPLETE = "§", "¶", "^"
# PostgreSQL's weight labels, from the heaviest, and the last position that a vector can hold.
LETTERS = "ABCD"
LAST_POSITION = 16_383
# Each position with each weight label: `17A`.
POSITIONS = {letter: [f"{position}{letter}" for position in range(LAST_POSITION + 1)] for letter in LETTERS}
# The distance of two parts, so that no phrase matches across them.
GAP = 16
TABLES = (
    "search_indexentry, search_entrytext, search_indexword, search_misspelling, search_topicset, search_facetbucket"
)
# The newest titles are scanned one by one before the index is queried.
SCANNED_TITLES = 200

# So many entries at once come from a rebuild: with a longer pending list the GIN index merges less often, and
# `optimize` merges the rest.
BULK_SIZE = 100
_BULK_MEMORY = "SET LOCAL gin_pending_list_limit = '16MB'; SET LOCAL work_mem = '128MB'"

# For a common word the planner prefers a sequential scan, since it does not know the cost of unpacking a vector: forty
# times that of the index. The setting is sent with the query, in one message, and ends with it.
_WITHOUT_SEQUENTIAL_SCAN = "SET LOCAL enable_seqscan = off"

_VISIBLE = "(visible_from IS NULL OR visible_from <= %(now)s) AND (hidden_at IS NULL OR hidden_at > %(now)s)"


class PostgreSQLEngine:
    def write(self, entries: Sequence[IndexEntry], prepared: Sequence[PreparedEntry]) -> None:
        """Insert rows and vectors together: adding the vectors later would write each row twice."""
        fields = IndexEntry._meta.concrete_fields
        columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
        with connection.cursor() as cursor:
            if len(entries) >= BULK_SIZE:
                cursor.execute(_BULK_MEMORY)
            with cursor.copy(f"COPY search_indexentry ({columns}, words) FROM STDIN") as rows:
                for entry, terms in zip(entries, prepared, strict=True):
                    rows.write_row([*(getattr(entry, field.attname) for field in fields), vector(terms)])

    def remove_pages(self, pages: Collection[int]) -> None:
        """Do nothing: the vector is a column of the entry."""

    def count(self, buckets: Match, topic_sets: Match) -> MatchCounts:
        if buckets != topic_sets:
            return MatchCounts(self._counted("bucket_id", buckets), self._counted("topic_set_id", topic_sets))
        rows = _rows(
            f"WITH hits AS MATERIALIZED (SELECT key, bucket_id, topic_set_id FROM search_indexentry"  # noqa: S608
            f" WHERE words @@ %(tsquery)s::tsquery AND {_VISIBLE})"
            " SELECT 0, bucket_id, topic_set_id, count(*) FROM hits"
            " GROUP BY GROUPING SETS ((bucket_id), (topic_set_id))"
            f" UNION ALL (SELECT key, NULL, NULL, 0 FROM hits ORDER BY key DESC LIMIT {MAX_RANKED})",
            {"tsquery": expression(buckets), "now": buckets.now},
        )
        return MatchCounts(
            [(bucket, count) for _key, bucket, _set, count in rows if bucket is not None],
            [(topic_set, count) for _key, _bucket, topic_set, count in rows if topic_set is not None],
            [key for key, *_rest in rows if key],
        )

    def _counted(self, column: str, match: Match) -> list[tuple[int, int]]:
        return _rows(
            f"SELECT {column}, count(*) FROM search_indexentry"  # noqa: S608
            f" WHERE words @@ %(tsquery)s::tsquery AND {_VISIBLE} GROUP BY {column}",
            {"tsquery": expression(match), "now": match.now},
        )

    def candidates(self, match: Match, newest: Sequence[int] | None) -> list[Candidate]:
        # ts_rank takes the weights in the order D, C, B, A.
        weights = ", ".join(str(weight / WEIGHTS[0]) for weight in reversed(WEIGHTS))
        newest_keys = (
            "SELECT unnest(%(newest)s::bigint[]) AS key" if newest is not None else _newest("%(tsquery)s", MAX_RANKED)
        )
        rows = _rows(
            f"WITH newest AS MATERIALIZED ({newest_keys}),"  # noqa: S608
            f" titled AS MATERIALIZED ({_newest('%(titled)s', MAX_RANKED_TITLES)})"
            f" SELECT key, ts_rank('{{{weights}}}', words, %(words)s::tsquery, 1), key IN (SELECT key FROM titled),"
            f" title_key, {UPCOMING.format('%(now)s')} FROM search_indexentry"
            " WHERE key IN (SELECT key FROM newest UNION SELECT key FROM titled)",
            {
                "tsquery": expression(match),
                "titled": expression(match, in_title=True),
                "words": ranking_expression(match),
                "now": match.now,
                "newest": newest,
            },
        )
        return [Candidate(*row) for row in rows]

    def completions(self, words: Sequence[str], home: int, now: datetime, limit: int) -> list[int]:
        *complete, prefix = words
        titled = [*(quoted(AUTOCOMPLETE + word) for word in complete), f"{quoted(AUTOCOMPLETE + prefix)}:*"]
        tsquery = " & ".join([quoted(f"{SCOPE}h{home}"), *titled])
        params = {"tsquery": tsquery, "now": now, "scanned": SCANNED_TITLES}
        newest = "(SELECT * FROM search_indexentry ORDER BY key DESC LIMIT %(scanned)s) AS newest"
        found = f"words @@ %(tsquery)s::tsquery AND {_VISIBLE} ORDER BY key DESC LIMIT {limit}"
        rows = _rows(f"SELECT key FROM {newest} WHERE {found}", params)  # noqa: S608
        if len(rows) < limit:
            rows = _rows(_newest("%(tsquery)s", limit), params)
        return [key for (key,) in rows]

    def indexed_keys(self) -> set[int]:
        return set(IndexEntry.objects.extra(where=["words IS NOT NULL"]).values_list("key", flat=True))

    def remove_keys(self, keys: Collection[int]) -> None:
        """Do nothing: the vector is deleted with its entry."""

    def create_index(self) -> None:
        """Do nothing: a migration creates the column."""

    def optimize(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"{'ANALYZE' if connection.in_atomic_block else 'VACUUM (ANALYZE)'} {TABLES}")


def _newest(tsquery: str, limit: int) -> str:
    """A query for the keys of the newest matches; materialized, or the planner scans all rows in order of the key."""
    matches = f"SELECT key FROM search_indexentry WHERE words @@ {tsquery}::tsquery AND {_VISIBLE}"  # noqa: S608
    return f"WITH matches AS MATERIALIZED ({matches}) SELECT key FROM matches ORDER BY key DESC LIMIT {limit}"  # noqa: S608


def _rows(sql: str, params: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"{_WITHOUT_SEQUENTIAL_SCAN}; {sql}", params)
        cursor.nextset()
        rows: list[Any] = cursor.fetchall()
    return rows


def quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("'", "''").replace("\\", "\\\\") + "'"


def vector(entry: PreparedEntry) -> str:
    """The tsvector literal of an entry: terms of its parts with positions and weights, prefixed tokens without.

    Terms have letters and digits only, so that none needs escaping.
    """
    prefixed = [(SCOPE, entry.scope), (TITLE, entry.title), (AUTOCOMPLETE, entry.autocomplete)]
    lexemes = list(dict.fromkeys(f"'{prefix}{token}'" for prefix, tokens in prefixed for token in tokens))
    positions: dict[str, list[str]] = defaultdict(list)
    position = 0
    for part, letter in zip((entry.title, entry.summary, entry.names, entry.text), LETTERS, strict=True):
        fitting = part[: LAST_POSITION - position]
        end = position + len(fitting)
        for term, place in zip(fitting, POSITIONS[letter][position + 1 : end + 1], strict=True):
            positions[term].append(place)
        position = min(end + GAP, LAST_POSITION)
    lexemes += [f"'{term}':{','.join(places)}" for term, places in positions.items()]
    return " ".join(lexemes)


def expression(match: Match, *, in_title: bool = False) -> str:
    """The condition as a tsquery literal; with `in_title`, the required terms must be in the title."""
    queries = _any(_language_query(query, in_title) for query in match.queries)
    excluded = [f"!{_scope_tokens(match.excluded)}"] if match.excluded else []
    return " & ".join([queries, *(_scope_tokens(tokens) for tokens in match.filters.values()), *excluded])


def ranking_expression(match: Match) -> str:
    """The condition without scope tokens, for ts_rank."""
    return _any(_required(query.terms, False) for query in match.queries)


def _language_query(query: LanguageQuery, in_title: bool) -> str:
    excluded = "".join(f" & !{_clause(clause, False)}" for clause in query.terms.excluded)
    titled = f" & {_required(query.terms, True)}" if in_title else ""
    return f"({_scope_tokens(f'h{home}' for home in query.homes)} & {_required(query.terms, False)}{titled}{excluded})"


def _required(terms: QueryTerms, in_title: bool) -> str:
    return "(" + " & ".join(_clause(clause, in_title) for clause in terms.required) + ")"


def _clause(clause: QueryClause, in_title: bool) -> str:
    if in_title:
        # Title tokens have no positions; `_language_query` also requires the phrase somewhere in the entry.
        return _any("(" + " & ".join(quoted(TITLE + term) for term in terms) + ")" for terms in clause.alternatives)
    return _any("(" + " <-> ".join(map(quoted, terms)) + ")" for terms in clause.alternatives)


def _scope_tokens(tokens: Iterable[str]) -> str:
    return _any(quoted(f"{SCOPE}{token}") for token in tokens)


def _any(parts: Iterable[str]) -> str:
    return f"({' | '.join(parts)})"
