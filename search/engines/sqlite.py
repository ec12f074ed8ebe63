"""The SQLite engine: contentless FTS5 tables whose row ids are the entries' keys.

They are ordered by key, so the newest matches are read without sorting.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from statistics import fmean
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from portal.content.bulk.rows import write_objects
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
from search.query.parse import BEGINNING, QueryClause, QueryTerms, TermSequence
from search.scope import may_be_token

TITLE_COLUMN, TEXT_COLUMNS = "title", "title summary names text"
# If MIN_SAMPLED of the newest SAMPLE entries have a word, its frequency is estimated from them, because counting takes
# as long as searching. Other words are counted, up to MAX_COUNTED.
SAMPLE, MIN_SAMPLED, MAX_COUNTED = 10_000, 500, 20_000


class SQLiteEngine:
    def __init__(self, index: Index):
        table = index.table
        self.index, self.words = index, index.words
        self.tables = [index.words, *([index.titles] if index.titles else [])]
        self.shown = (
            f"rowid NOT IN (SELECT key FROM {table} WHERE visible_from > %s"  # noqa: S608
            f" UNION ALL SELECT key FROM {table} WHERE hidden_at <= %s)"
        )
        # By default, the planner uses the index on the key and reads each row for the two foreign keys.
        self.entry_counts = f"{table} INDEXED BY {index.counted} ON {table}.key = found.rowid"

    def write(self, entries: Sequence[AnyEntry], prepared: Sequence[PreparedEntry]) -> None:
        write_objects(self.index.entries, entries)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {self.words} (rowid, title, summary, names, text, scope)"  # noqa: S608
                " VALUES (%s, %s, %s, %s, %s, %s)",
                [
                    (entry.key, *map(" ".join, (entry.title, entry.summary, entry.names, entry.text, entry.scope)))
                    for entry in prepared
                ],
            )
            if self.index.titles:
                cursor.executemany(
                    f"INSERT INTO {self.index.titles} (rowid, title, scope) VALUES (%s, %s, %s)",  # noqa: S608
                    [(entry.key, " ".join(entry.autocomplete), entry.scope[0]) for entry in prepared],
                )

    def count(self, buckets: Match, topic_sets: Match) -> MatchCounts:
        if buckets != topic_sets:
            [by_bucket], [by_topic] = self._count_by(buckets, "bucket_id"), self._count_by(topic_sets, "topic_set_id")
        else:
            by_bucket, by_topic = self._count_by(buckets, "bucket_id", "topic_set_id")
        return MatchCounts(by_bucket, by_topic)

    def _count_by(self, match: Match, *columns: str) -> list[list[tuple[int, int]]]:
        """The number of matches by value of each column.

        SQLite would sort the rows once per column. Counting concatenated values in Python takes a third of the time.
        """
        shown, params = self._shown(match, "found.rowid")
        texts = ", ".join(f"group_concat({column})" for column in columns)
        [row] = _rows(
            f"SELECT {texts} FROM {self.words} AS found CROSS JOIN {self.entry_counts}"  # noqa: S608
            f" WHERE {self.words} MATCH %s AND {shown}",
            [expression(match), *params],
        )
        counters = [Counter(text.split(",")) if text else Counter() for text in row]
        return [[(int(number), count) for number, count in counter.items()] for counter in counters]

    def total(self, match: Match) -> MatchTotal:
        shown, params = self._shown(match)
        sql = f"SELECT count(*) FROM {self.words} WHERE {self.words} MATCH %s AND {shown}"  # noqa: S608
        [(number,)] = _rows(sql, [expression(match), *params])
        return MatchTotal(number)

    def any_match(self, matches: Sequence[Match]) -> list[bool]:
        found = f"EXISTS (SELECT 1 FROM {self.words} WHERE {self.words} MATCH %s AND {self.shown})"  # noqa: S608
        params = [each for match in matches for each in (expression(match), match.now, match.now)]
        [row] = _rows(f"SELECT {', '.join([found] * len(matches))}", params)
        return list(map(bool, row))

    def candidates(self, match: Match, newest: Sequence[int] | None, frequencies: Frequencies) -> list[Candidate]:
        """The candidates. If only the title search finds one, it gets the mean score of that search's other matches.

        bm25() counts each phrase of its condition in the whole index, and scope tokens are the most common phrases. So
        the newest matches are found first. Then a condition on the words alone scores them, separately for each
        language.
        """
        shown, params = self._shown(replace(match, among=None) if isinstance(match.among, QuerySet) else match)
        among = ""
        values: tuple[Any, ...] = ()
        if isinstance(match.among, QuerySet):
            # This is read once, not for each language.
            sql, values = sql_of(match.among)
            among, shown = f"among (key) AS MATERIALIZED ({sql}), ", f"{shown} AND +rowid IN (SELECT key FROM among)"  # noqa: S608
        found = f"SELECT rowid AS key, {{}} AS place FROM {self.words} WHERE {self.words} MATCH %s AND {shown}"  # noqa: S608
        best = f"SELECT * FROM ({found} ORDER BY rowid DESC LIMIT {{}})"  # noqa: S608
        score = (
            f"SELECT rowid AS key, -bm25({self.words}, {', '.join(map(str, WEIGHTS))}, 0) AS score"  # noqa: S608
            f" FROM {self.words} WHERE {self.words} MATCH %s AND rowid >= (SELECT min(key) FROM newest)"
            # With the plain rowid, the condition would start a search for each key.
            " AND +rowid IN (SELECT key FROM newest WHERE place = {})"
        )
        queries: dict[QueryTerms, list[LanguageQuery]] = {}
        for query in match.queries:
            queries.setdefault(query.terms, []).append(query)
        parts = [replace(match, queries=tuple(of_terms)) for of_terms in queries.values()]
        numbers = range(len(parts))
        rows = _rows(
            f"WITH {among}matches AS MATERIALIZED ({_union(best.format(number, match.limit) for number in numbers)}),"  # noqa: S608
            f" newest AS MATERIALIZED (SELECT * FROM matches ORDER BY key DESC LIMIT {match.limit}),"
            f" titled AS MATERIALIZED ({best.format(0, MAX_RANKED_TITLES)}),"
            f" scored AS MATERIALIZED ({_union(map(score.format, numbers))}),"
            " found AS (SELECT 0 AS titled, key, score FROM scored UNION ALL SELECT 1, key, NULL FROM titled)"
            f" SELECT titled, found.key, score, title_key, {UPCOMING.format('%s')}"
            f" FROM found CROSS JOIN {self.index.table} AS entry ON entry.key = found.key",
            [
                *values,
                *(value for part in parts for value in (expression(part), *params)),
                *(expression(match, TITLE_COLUMN), *params),
                *map(scored_expression, queries),
                match.now,
            ],
        )
        in_title = {key for is_titled, key, *_rest in rows if is_titled}
        scores = {key: score for is_titled, key, score, *_rest in rows if not is_titled}
        mean_score = fmean([scores[key] for key in in_title & scores.keys()] or [0.0])
        return [
            Candidate(key, scores.get(key, mean_score), *rest)
            for key, rest in {key: rest for _titled, key, _score, *rest in rows}.items()
        ]

    def newest(self, match: Match, limit: int) -> list[int]:
        shown, params = self._shown(match)
        sql = f"SELECT rowid FROM {self.words} WHERE {self.words} MATCH %s AND {shown} ORDER BY rowid DESC LIMIT %s"  # noqa: S608
        return [key for (key,) in _rows(sql, [expression(match), *params, limit])]

    def frequencies(self, sequences: Sequence[TermSequence], scope: Scope, now: datetime) -> Frequencies:
        """Estimate the frequencies of common words; count the others, up to MAX_COUNTED."""
        entries = (
            "entries AS MATERIALIZED (SELECT count(*) AS total, max(1.0, count(*) * 1.0 / %s) AS times,"  # noqa: S608
            f" coalesce((SELECT key FROM {self.index.table} ORDER BY key DESC LIMIT 1 OFFSET %s), 0) AS oldest"
            f" FROM {self.index.table})"
        )
        found = f"SELECT 1 FROM {self.words} WHERE {self.words} MATCH condition AND {self.shown}"  # noqa: S608
        counts = (
            f"SELECT CASE WHEN sampled >= %s OR times = 1 THEN CAST(sampled * times AS integer)"  # noqa: S608
            f" ELSE (SELECT count(*) FROM ({found} LIMIT {MAX_COUNTED})) END"
            f" FROM (SELECT condition, times, (SELECT count(*) FROM ({found} AND rowid > oldest)) AS sampled"
            " FROM (SELECT value AS condition FROM json_each(%s)), entries)"
        )
        conditions = [" AND ".join([*_within(scope), _clause(QueryClause((each,)))]) for each in sequences]
        params = [SAMPLE, SAMPLE, MIN_SAMPLED, now, now, now, now, json.dumps(conditions)]
        (total,), *numbers = _rows(f"WITH {entries} SELECT total FROM entries UNION ALL {counts}", params)  # noqa: S608
        return Frequencies(total, dict(zip(sequences, (number for (number,) in numbers), strict=True)))

    def completions(self, words: Sequence[str], home: int, now: datetime, limit: int) -> list[int]:
        *complete, prefix = words
        condition = " AND ".join(
            [f'scope : "h{home}"', *(f'title : "{word}"' for word in complete), f'title : "{prefix}" *']
        )
        titles = self.index.titles
        sql = f"SELECT rowid FROM {titles} WHERE {titles} MATCH %s AND {self.shown} ORDER BY rowid DESC LIMIT %s"  # noqa: S608
        return [key for (key,) in _rows(sql, [condition, now, now, limit])]

    def indexed_keys(self) -> set[int]:
        return {key for (key,) in _rows(f"SELECT id FROM {self.words}_docsize", [])}  # noqa: S608

    def remove_keys(self, keys: Collection[int]) -> None:
        with connection.cursor() as cursor:
            for table in self.tables:
                cursor.executemany(f"DELETE FROM {table} WHERE rowid = %s", [(key,) for key in keys])  # noqa: S608

    def optimize(self) -> None:
        with connection.cursor() as cursor:
            for table in self.tables:
                cursor.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608
            cursor.execute("ANALYZE")

    def _shown(self, match: Match, row: str = "rowid") -> tuple[str, list[Any]]:
        """A match's condition, except for its words, and its parameters; `row` is the row id in SQL."""
        conditions = [self.shown.replace("rowid", row, 1)]
        params: list[Any] = [match.now, match.now]
        if match.span:
            conditions.append(f"{row} BETWEEN %s AND %s")
            params += match.span
        if isinstance(match.among, QuerySet):
            sql, values = sql_of(match.among)
            # Without the sign, SQLite would search for the words again for each of these keys.
            conditions.append(f"+{row} IN ({sql})")
            params += values
        elif match.among is not None:
            conditions.append(f"{row} IN (SELECT value FROM json_each(%s))")  # noqa: S608
            params.append(json.dumps(match.among))
        return " AND ".join(conditions), params


def _rows(sql: str, params: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[Any] = cursor.fetchall()
    return rows


def scored_expression(terms: QueryTerms) -> str:
    """The condition on words, including optional ones. bm25() scores optional words where they match.

    FTS5 has no optional phrases, so they are alternatives to the language token, which every match has.
    """
    required = " AND ".join(_clause(clause) for clause in terms.required)
    optional = [_clause(clause) for clause in terms.optional]
    return f"({required}) AND {_any([*optional, _scope_tokens([f'l{terms.language}'])])}" if optional else required


def expression(match: Match, columns: str = TEXT_COLUMNS) -> str:
    """The condition in FTS5's query language. Terms are letters and digits, quoted because they may be keywords."""
    queries = _any(_language_query(query, columns) for query in match.queries)
    matching = " AND ".join([queries, *(_scope_tokens(tokens) for tokens in match.filters.values())])
    return f"({matching}) NOT {_scope_tokens(match.excluded)}" if match.excluded else matching


def _language_query(query: LanguageQuery, columns: str) -> str:
    return f"({' AND '.join([*_within(query.scope), *_terms(query, columns)])})"


def _within(scope: Scope) -> list[str]:
    return [_scope_tokens(tokens) for tokens in scope]


def _terms(query: LanguageQuery, columns: str) -> list[str]:
    if not query.terms.required:
        return []
    everywhere, columns = (TITLE_COLUMN, TITLE_COLUMN) if query.is_of_title else (TEXT_COLUMNS, columns)
    required = " AND ".join(_clause(clause, columns) for clause in query.terms.required)
    excluded = " OR ".join(_clause(clause, everywhere) for clause in query.terms.excluded)
    return [f"(({required}) NOT ({excluded}))" if excluded else f"({required})"]


def _clause(clause: QueryClause, columns: str = TEXT_COLUMNS) -> str:
    """The condition on words, in these columns.

    Reading a word's column doubles the time. So the columns are left out if no term can be a scope token.
    """
    condition = _any(map(_phrase, clause.alternatives))
    if columns == TEXT_COLUMNS and not any(may_be_token(term) for terms in clause.alternatives for term in terms):
        return condition
    return f"{{{columns}}} : {condition}"


def _phrase(terms: TermSequence) -> str:
    words = " ".join(terms)
    return f'"{words.removesuffix(BEGINNING)}" *' if words.endswith(BEGINNING) else f'"{words}"'


def _scope_tokens(tokens: Iterable[str]) -> str:
    return "scope : " + _any(f'"{token}"' for token in tokens)


def _union(parts: Iterable[str]) -> str:
    return " UNION ALL ".join(parts)


def _any(parts: Iterable[str]) -> str:
    return f"({' OR '.join(parts)})"
