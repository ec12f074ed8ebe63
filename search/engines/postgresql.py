"""The PostgreSQL engine: tsvectors of our own terms, without a text search configuration.

An entry's vector also has its scope tokens, and the terms and unstemmed words of its title. Each of these has a prefix
that no term has. So one GIN index serves every condition.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from search.engines.base import (
    MAX_RANKED_TITLES,
    UPCOMING,
    WEIGHTS,
    Candidate,
    Frequencies,
    LanguageQuery,
    Match,
    MatchCounts,
    MatchTotal,
    PreparedEntry,
    Scope,
    sql_of,
)
from search.indexes import Index
from search.models.entries import AnyEntry
from search.query.parse import BEGINNING, QueryClause, TermSequence

SCOPE, TITLE, AUTOCOMPLETE = "§", "¶", "^"
# PostgreSQL's weight labels from the heaviest, and the last position that a vector can have.
LETTERS = "ABCD"
LAST_POSITION = 16_383
# Each position with each weight label: `17A`.
POSITIONS = {letter: [f"{position}{letter}" for position in range(LAST_POSITION + 1)] for letter in LETTERS}
# The distance between two parts, so that no phrase matches across them.
GAP = 16
# Tables written together with each index.
TABLES = "search_indexword, search_misspelling, search_topicset, search_facetbucket"
# This many of the newest titles are scanned before the index is queried.
SCANNED_TITLES = 200
# The usual length is the mean length of this many of the newest entries. A mean of the matches would differ for each
# word.
MEASURED = 1000

# The planner underestimates the cost of unpacking a vector: for a common word, it would scan the table, and take forty
# times as long as with the index. The setting is sent in the same message as the query, and ends with it. Otherwise, in
# a transaction, PostgreSQL would overestimate each later scan of a small table, and compile it for 45 ms (JIT).
_WITHOUT_SEQUENTIAL_SCAN = "SET LOCAL enable_seqscan = off; {sql}; SET LOCAL enable_seqscan = on"

# A query of the tokens of 500 home pages takes most of a second. More than this many are compared by bucket instead.
MANY_HOMES = 50

AMONG = "among"
_VISIBLE = "(visible_from IS NULL OR visible_from <= %(now)s) AND (hidden_at IS NULL OR hidden_at > %(now)s)"

# The exact number of occurrences of a lexeme in the parts with these weights. With equal weights, ts_rank is the sum of
# 1/i² over its positions, divided by the limit of that sum.
_RANK = "ts_rank('{weights}', entry.words, first)"
_TIMES = f"greatest(0, round(1 / (1.64493406685 * (1 - {_RANK})) - 0.5))"
# The occurrences in the title, in title and summary, and so on. Each part adds the difference between its weight and
# the next.
_WEIGHTED_TIMES = " + ".join(
    f"{heavier - lighter} * {_TIMES.replace('{weights}', weights)}"
    for heavier, lighter, weights in zip(
        WEIGHTS, (*WEIGHTS[1:], 0.0), ("{0,0,0,1}", "{0,0,1,1}", "{0,1,1,1}", "{1,1,1,1}"), strict=True
    )
    if heavier > lighter
)
# This is like SQLite's bm25(): repetition saturates, and a word in a long text counts less.
_BM25 = (
    "coalesce((SELECT sum(rarity * 2.2 * times / (times + 1.2 * (0.25 + 0.75 * entry.length)))"  # noqa: S608
    f" FROM (SELECT rarity, ({_WEIGHTED_TIMES})::float8 AS times"
    # It is parsed once instead of once per entry.
    " FROM unnest(%(sequences)s::text[]::tsquery[], %(firsts)s::text[]::tsquery[], %(rarities)s::float8[])"
    " AS searched (sequence, first, rarity) WHERE entry.words @@ sequence) AS found), 0)"
)


class PostgreSQLEngine:
    def __init__(self, index: Index):
        self.index, self.table = index, index.table

    def write(self, entries: Sequence[AnyEntry], prepared: Sequence[PreparedEntry]) -> None:
        """Insert rows and vectors together. If the vectors were added later, each row would be written twice."""
        fields = self.index.entries._meta.concrete_fields
        columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
        copy = f"COPY {self.table} ({columns}, words, length) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(copy) as rows:
            for entry, terms in zip(entries, prepared, strict=True):
                rows.write_row([*(getattr(entry, field.attname) for field in fields), vector(terms), terms.length])

    def count(self, buckets: Match, topic_sets: Match) -> MatchCounts:
        if buckets != topic_sets:
            return MatchCounts(self._count_by("bucket_id", buckets), self._count_by("topic_set_id", topic_sets))
        rows = _rows(
            f"WITH hits AS MATERIALIZED (SELECT key, bucket_id, topic_set_id FROM {self.table}"  # noqa: S608
            f" WHERE words @@ %(tsquery)s::tsquery AND {_shown(buckets)})"
            " SELECT 0, bucket_id, topic_set_id, count(*) FROM hits"
            " GROUP BY GROUPING SETS ((bucket_id), (topic_set_id))"
            f" UNION ALL (SELECT key, NULL, NULL, 0 FROM hits ORDER BY key DESC LIMIT {buckets.limit})",
            {"tsquery": expression(buckets), **_params(buckets)},
        )
        return MatchCounts(
            [(bucket, count) for _key, bucket, _set, count in rows if bucket is not None],
            [(topic_set, count) for _key, _bucket, topic_set, count in rows if topic_set is not None],
            [key for key, *_rest in rows if key],
        )

    def _count_by(self, column: str, match: Match) -> list[tuple[int, int]]:
        return _rows(
            f"SELECT {column}, count(*) FROM {self.table}"  # noqa: S608
            f" WHERE words @@ %(tsquery)s::tsquery AND {_shown(match)} GROUP BY {column}",
            {"tsquery": expression(match), **_params(match)},
        )

    def total(self, match: Match) -> MatchTotal:
        [(number, newest)] = _rows(
            f"WITH hits AS MATERIALIZED (SELECT key FROM {self.table}"  # noqa: S608
            f" WHERE words @@ %(tsquery)s::tsquery AND {_shown(match)})"
            " SELECT (SELECT count(*) FROM hits),"
            f" ARRAY(SELECT key FROM hits ORDER BY key DESC LIMIT {match.limit})",
            {"tsquery": expression(match), **_params(match)},
        )
        return MatchTotal(number, newest)

    def any_match(self, matches: Sequence[Match]) -> list[bool]:
        conditions: list[str] = []
        params: dict[str, Any] = {"now": matches[0].now}
        for number, match in enumerate(matches):
            homes = f" AND {_below_homes(number)}" if _has_many_homes(match) else ""
            conditions.append(
                f"EXISTS (SELECT FROM {self.table} WHERE words @@ %(tsquery{number})s::tsquery AND {_VISIBLE}{homes})"
            )
            params |= {f"tsquery{number}": expression(match), f"homes{number}": _homes(match)}
        [found] = _rows(f"SELECT {', '.join(conditions)}", params)
        return list(found)

    def candidates(self, match: Match, newest: Sequence[int] | None, frequencies: Frequencies) -> list[Candidate]:
        shown = _shown(match)
        of_all = self._newest("%(tsquery)s", match.limit, shown)
        newest_keys = "SELECT unnest(%(newest)s::bigint[]) AS key" if newest is not None else of_all
        sequences = dict.fromkeys(sequence for query in match.queries for sequence in query.terms.scored)
        rows = _rows(
            f"WITH newest AS MATERIALIZED ({newest_keys}),"  # noqa: S608
            f" titled AS MATERIALIZED ({self._newest('%(titled)s', MAX_RANKED_TITLES, shown)}),"
            " chosen AS MATERIALIZED (SELECT key FROM newest UNION SELECT key FROM titled),"
            " usual AS MATERIALIZED (SELECT avg(length)::float8 AS length FROM"
            f" (SELECT length FROM {self.table} ORDER BY key DESC LIMIT {MEASURED}) AS measured)"
            f" SELECT key, {_BM25}, title_key, time FROM (SELECT key, title_key, {UPCOMING.format('%(now)s')} AS time,"
            # This deletes nothing, but it unpacks the vector once instead of once per word.
            " ts_delete(words, '') AS words,"
            # An entry without a stored length counts as having the usual one.
            f" coalesce(length / (SELECT length FROM usual), 1) AS length FROM {self.table}"
            " WHERE key IN (SELECT key FROM chosen) OFFSET 0) AS entry",
            {
                "tsquery": expression(match),
                "titled": expression(match, in_title=True),
                "sequences": [" <-> ".join(map(lexeme, sequence)) for sequence in sequences],
                "firsts": [lexeme(sequence[0]) for sequence in sequences],
                "rarities": [frequencies.rarity(sequence) for sequence in sequences],
                **_params(match),
                "newest": newest,
            },
        )
        return [Candidate(*row) for row in rows]

    def newest(self, match: Match, limit: int) -> list[int]:
        rows = _rows(
            self._newest("%(tsquery)s", limit, _shown(match)), {"tsquery": expression(match), **_params(match)}
        )
        return [key for (key,) in rows]

    def frequencies(self, sequences: Sequence[TermSequence], scope: Scope, now: datetime) -> Frequencies:
        """Count rare words. Use the planner's estimate for common words, which take as long to count as to search.

        Estimates are only used in a scope of one group with more than half of all entries; otherwise everything is
        counted. A phrase is estimated by its words.
        """
        tokens = [f"{SCOPE}{token}" for token in scope[0]] if len(scope) == 1 else []
        scope, homes = _without_many_homes(scope)
        below = f" AND {_below_homes()}" if homes else ""
        rows = _rows(
            "WITH common AS MATERIALIZED (SELECT term, frequency FROM pg_stats,"  # noqa: S608
            " unnest(most_common_elems::text::text[], most_common_elem_freqs) AS elements (term, frequency)"
            f" WHERE tablename = '{self.table}' AND attname = 'words' AND schemaname = current_schema()"
            " AND term = ANY(%(terms)s)),"
            " entries AS MATERIALIZED (SELECT CASE WHEN reltuples > 10000 THEN reltuples::bigint"
            f" ELSE (SELECT count(*) FROM {self.table}) END AS total"
            f" FROM pg_class WHERE oid = '{self.table}'::regclass)"
            " SELECT total, number, coalesce("
            " (SELECT CASE WHEN count(*) = cardinality(string_to_array(words_of, ' '))"
            " AND (SELECT sum(frequency) FROM common WHERE term = ANY(%(scope)s)) > 0.5"
            " THEN (min(frequency) * total)::bigint END FROM common WHERE term = ANY(string_to_array(words_of, ' '))),"
            f" (SELECT count(*) FROM {self.table} WHERE words @@ condition::tsquery AND {_VISIBLE}{below}))"
            " FROM entries LEFT JOIN unnest(%(words)s::text[], %(conditions)s::text[])"
            " WITH ORDINALITY AS searched (words_of, condition, number) ON true ORDER BY number",
            {
                "terms": [*tokens, *(term for sequence in sequences for term in sequence)],
                "scope": tokens,
                "words": [" ".join(sequence) for sequence in sequences],
                "conditions": [" & ".join([*_within(scope), *map(lexeme, sequence)]) for sequence in sequences],
                "now": now,
                "homes": homes,
            },
        )
        counts = [count for _total, number, count in rows if number is not None]
        return Frequencies(rows[0][0], dict(zip(sequences, counts, strict=True)))

    def completions(self, words: Sequence[str], home: int, now: datetime, limit: int) -> list[int]:
        *complete, prefix = words
        titled = [*(quoted(AUTOCOMPLETE + word) for word in complete), f"{quoted(AUTOCOMPLETE + prefix)}:*"]
        tsquery = " & ".join([quoted(f"{SCOPE}h{home}"), *titled])
        params = {"tsquery": tsquery, "now": now, "scanned": SCANNED_TITLES}
        newest = f"(SELECT * FROM {self.table} ORDER BY key DESC LIMIT %(scanned)s) AS newest"  # noqa: S608
        found = f"words @@ %(tsquery)s::tsquery AND {_VISIBLE} ORDER BY key DESC LIMIT {limit}"
        rows = _rows(f"SELECT key FROM {newest} WHERE {found}", params)  # noqa: S608
        if len(rows) < limit:
            rows = _rows(self._newest("%(tsquery)s", limit), params)
        return [key for (key,) in rows]

    def indexed_keys(self) -> set[int]:
        entries = self.index.entries._default_manager.extra(where=["words IS NOT NULL"])
        return set(entries.values_list("key", flat=True))

    def remove_keys(self, keys: Collection[int]) -> None:
        """Do nothing: the vector is deleted with its entry."""

    def optimize(self) -> None:
        with connection.cursor() as cursor:
            tables = f"{self.table}, {self.index.texts._meta.db_table}, {TABLES}"
            cursor.execute(f"{'ANALYZE' if connection.in_atomic_block else 'VACUUM (ANALYZE)'} {tables}")

    def _newest(self, tsquery: str, limit: int, shown: str = _VISIBLE) -> str:
        """A query for the keys of the newest matches. Without materialisation, it would scan all rows in key order."""
        matches = f"SELECT key FROM {self.table} WHERE words @@ {tsquery}::tsquery AND {shown}"  # noqa: S608
        return f"WITH matches AS MATERIALIZED ({matches}) SELECT key FROM matches ORDER BY key DESC LIMIT {limit}"  # noqa: S608


def _shown(match: Match) -> str:
    """A match's condition, except for its words."""
    span = " AND key BETWEEN %(first)s AND %(last)s" if match.span else ""
    among = ""
    if isinstance(match.among, QuerySet):
        sql, params = sql_of(match.among)
        # Percent signs are doubled once for Python and once for the driver.
        named = sql.replace("%%", "%%%%") % tuple(f"%({AMONG}{number})s" for number in range(len(params)))
        among = f" AND key IN ({named})"
    elif match.among is not None:
        among = f" AND key = ANY(%({AMONG})s::bigint[])"
    homes = f" AND {_below_homes()}" if _has_many_homes(match) else ""
    return f"{_VISIBLE}{span}{among}{homes}"


def _params(match: Match) -> dict[str, Any]:
    first, last = match.span or (0, 0)
    params: dict[str, Any] = {"now": match.now, "first": first, "last": last, "homes": _homes(match)}
    if isinstance(match.among, QuerySet):
        return params | {f"{AMONG}{number}": value for number, value in enumerate(sql_of(match.among)[1])}
    return params | {AMONG: list(match.among or ())}


def _homes(match: Match) -> list[int]:
    return list(dict.fromkeys(home for query in match.queries for home in query.homes))


def _below_homes(number: int | str = "") -> str:
    """The condition that an entry is below one of the home pages of the parameter `homes`, with a number if given."""
    return f"bucket_id IN (SELECT id FROM search_facetbucket WHERE home = ANY(%(homes{number})s))"  # noqa: S608


def _has_many_homes(match: Match) -> bool:
    """Whether the match's home pages are compared by bucket, and its queries only have tokens of languages.

    A home page has one language, so this is exact if all queries of a language have the same home pages.
    """
    homes = {query.terms.language: query.homes for query in match.queries}
    return any(len(each) > MANY_HOMES for each in homes.values()) and all(
        query.homes and query.homes == homes[query.terms.language] for query in match.queries
    )


def _without_many_homes(scope: Scope) -> tuple[Scope, list[int]]:
    """Split a scope with many home pages into the rest of it and these home pages."""
    for group in scope:
        if len(group) > MANY_HOMES and all(token[0] == "h" and token[1:].isdigit() for token in group):
            return tuple(each for each in scope if each is not group), [int(token[1:]) for token in group]
    return scope, []


def _rows(sql: str, params: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(_WITHOUT_SEQUENTIAL_SCAN.format(sql=sql), params)
        cursor.nextset()
        rows: list[Any] = cursor.fetchall()
    return rows


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''").replace("\\", "\\\\") + "'"


def lexeme(term: str, prefix: str = "") -> str:
    """The lexeme of a term in a query."""
    whole = quoted(prefix + term.removesuffix(BEGINNING))
    return f"{whole}:*" if term.endswith(BEGINNING) else whole


def vector(entry: PreparedEntry) -> str:
    """An entry's tsvector literal: its parts' terms with positions and weights, and prefixed tokens without.

    Terms consist of letters and digits, so none needs escaping.
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
    """The condition as a tsquery literal. With `in_title`, the required terms must be in the title."""
    if _has_many_homes(match):
        queries = _any(
            _language_query(query, in_title, ((f"l{query.terms.language}",), *query.beyond_homes))
            for query in match.queries
        )
    else:
        queries = _any(_language_query(query, in_title, query.scope) for query in match.queries)
    excluded = [f"!{_scope_tokens(match.excluded)}"] if match.excluded else []
    return " & ".join([queries, *(_scope_tokens(tokens) for tokens in match.filters.values()), *excluded])


def _language_query(query: LanguageQuery, in_title: bool, scope: Scope) -> str:
    required = [_clause(clause, False) for clause in query.terms.required]
    if in_title or query.is_of_title:
        required += [_clause(clause, True) for clause in query.terms.required]
    excluded = [f"!{_clause(clause, query.is_of_title)}" for clause in query.terms.excluded]
    return "(" + " & ".join([*_within(scope), *required, *excluded]) + ")"


def _within(scope: Scope) -> list[str]:
    return [_scope_tokens(tokens) for tokens in scope]


def _clause(clause: QueryClause, in_title: bool) -> str:
    if in_title:
        # Title tokens have no positions. `_language_query` also requires the phrase somewhere in the entry.
        return _any("(" + " & ".join(lexeme(term, TITLE) for term in terms) + ")" for terms in clause.alternatives)
    return _any("(" + " <-> ".join(map(lexeme, terms)) + ")" for terms in clause.alternatives)


def _scope_tokens(tokens: Iterable[str]) -> str:
    return _any(quoted(f"{SCOPE}{token}") for token in tokens)


def _any(parts: Iterable[str]) -> str:
    return f"({' | '.join(parts)})"
