"""The SQLite engine: contentless FTS5 tables whose row ids are the keys of the entries.

Their native order is by key, so the newest matches are read without a sort.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from statistics import fmean
from typing import Any

from django.db import connection

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
    PreparedEntry,
)
from search.models import IndexEntry
from search.query.parse import QueryClause, QueryTerms, TermSequence
from search.scope import may_be_token

WORDS, TITLES = "search_words", "search_titles"
TEXT_COLUMNS = "title summary names text"
# If MIN_SAMPLED of the newest SAMPLE entries have a word, its frequency is estimated from them, since counting takes as
# long as searching. Other words are counted, up to MAX_COUNTED.
SAMPLE, MIN_SAMPLED, MAX_COUNTED = 10_000, 500, 20_000
_HIDDEN = (
    "rowid NOT IN (SELECT key FROM search_indexentry WHERE visible_from > %s"
    " UNION ALL SELECT key FROM search_indexentry WHERE hidden_at <= %s)"
)
_ENTRY = "search_indexentry ON search_indexentry.key = found.rowid"
# By default, the planner uses the index on the key and reads each row for the two foreign keys.
_ENTRY_COUNTS = "search_indexentry INDEXED BY search_entry_counted ON search_indexentry.key = found.rowid"


class SQLiteEngine:
    def write(self, entries: Sequence[IndexEntry], prepared: Sequence[PreparedEntry]) -> None:
        write_objects(IndexEntry, entries)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {WORDS} (rowid, title, summary, names, text, scope) VALUES (%s, %s, %s, %s, %s, %s)",  # noqa: S608
                [
                    (entry.key, *map(" ".join, (entry.title, entry.summary, entry.names, entry.text, entry.scope)))
                    for entry in prepared
                ],
            )
            cursor.executemany(
                f"INSERT INTO {TITLES} (rowid, title, scope) VALUES (%s, %s, %s)",  # noqa: S608
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

        SQLite would sort the rows once per column; counting concatenated values in Python takes a third of the time.
        """
        shown, params = _shown(match, "found.rowid")
        texts = ", ".join(f"group_concat({column})" for column in columns)
        [row] = _rows(
            f"SELECT {texts} FROM {WORDS} AS found CROSS JOIN {_ENTRY_COUNTS}"  # noqa: S608
            f" WHERE {WORDS} MATCH %s AND {shown}",
            [expression(match), *params],
        )
        counters = [Counter(text.split(",")) if text else Counter() for text in row]
        return [[(int(number), count) for number, count in counter.items()] for counter in counters]

    def any_match(self, matches: Sequence[Match]) -> list[bool]:
        found = f"EXISTS (SELECT 1 FROM {WORDS} WHERE {WORDS} MATCH %s AND {_HIDDEN})"  # noqa: S608
        params = [each for match in matches for each in (expression(match), match.now, match.now)]
        [row] = _rows(f"SELECT {', '.join([found] * len(matches))}", params)
        return list(map(bool, row))

    def candidates(self, match: Match, newest: Sequence[int] | None, frequencies: Frequencies) -> list[Candidate]:
        """The candidates; those that only the search by title finds get the mean score of its other matches.

        Scoring them would double the cost: bm25() counts each word in the whole index.
        """
        weights = ", ".join(map(str, WEIGHTS))
        best = (
            "SELECT * FROM (SELECT {titled} AS titled, rowid, {score} AS score FROM {words}"
            " WHERE {words} MATCH %s AND {hidden} ORDER BY rowid DESC LIMIT {limit})"
        )
        shown, params = _shown(match)
        first = best.format(
            titled=0, score=f"-bm25({WORDS}, {weights}, 0)", words=WORDS, hidden=shown, limit=match.limit
        )
        titled = best.format(titled=1, score="NULL", words=WORDS, hidden=shown, limit=MAX_RANKED_TITLES)
        rows = _rows(
            f"SELECT titled, found.rowid, score, title_key, {UPCOMING.format('%s')}"  # noqa: S608
            f" FROM ({first} UNION ALL {titled}) AS found CROSS JOIN {_ENTRY}",
            [match.now, scored_expression(match), *params, expression(match, "title"), *params],
        )
        in_title = {key for is_titled, key, *_rest in rows if is_titled}
        scores = {key: score for is_titled, key, score, *_rest in rows if not is_titled}
        mean_score = fmean([scores[key] for key in in_title & scores.keys()] or [0.0])
        return [
            Candidate(key, scores.get(key, mean_score), *rest)
            for key, rest in {key: rest for _titled, key, _score, *rest in rows}.items()
        ]

    def frequencies(self, sequences: Sequence[TermSequence], homes: Sequence[int], now: datetime) -> Frequencies:
        """Estimate the frequencies of common words; count the others, up to MAX_COUNTED."""
        entries = (
            "entries AS MATERIALIZED (SELECT count(*) AS total, max(1.0, count(*) * 1.0 / %s) AS times,"
            " coalesce((SELECT key FROM search_indexentry ORDER BY key DESC LIMIT 1 OFFSET %s), 0) AS oldest"
            " FROM search_indexentry)"
        )
        found = f"SELECT 1 FROM {WORDS} WHERE {WORDS} MATCH condition AND {_HIDDEN}"  # noqa: S608
        counts = (
            f"SELECT CASE WHEN sampled >= %s OR times = 1 THEN CAST(sampled * times AS integer)"  # noqa: S608
            f" ELSE (SELECT count(*) FROM ({found} LIMIT {MAX_COUNTED})) END"
            f" FROM (SELECT condition, times, (SELECT count(*) FROM ({found} AND rowid > oldest)) AS sampled"
            " FROM (SELECT value AS condition FROM json_each(%s)), entries)"
        )
        of_homes = _scope_tokens([f"h{home}" for home in homes])
        conditions = [f"{of_homes} AND {_clause(QueryClause((sequence,)))}" for sequence in sequences]
        params = [SAMPLE, SAMPLE, MIN_SAMPLED, now, now, now, now, json.dumps(conditions)]
        (total,), *numbers = _rows(f"WITH {entries} SELECT total FROM entries UNION ALL {counts}", params)  # noqa: S608
        return Frequencies(total, dict(zip(sequences, (number for (number,) in numbers), strict=True)))

    def completions(self, words: Sequence[str], home: int, now: datetime, limit: int) -> list[int]:
        *complete, prefix = words
        condition = " AND ".join(
            [f'scope : "h{home}"', *(f'title : "{word}"' for word in complete), f'title : "{prefix}" *']
        )
        sql = f"SELECT rowid FROM {TITLES} WHERE {TITLES} MATCH %s AND {_HIDDEN} ORDER BY rowid DESC LIMIT %s"  # noqa: S608
        return [key for (key,) in _rows(sql, [condition, now, now, limit])]

    def indexed_keys(self) -> set[int]:
        return {key for (key,) in _rows(f"SELECT id FROM {WORDS}_docsize", [])}  # noqa: S608

    def remove_keys(self, keys: Collection[int]) -> None:
        with connection.cursor() as cursor:
            for table in (WORDS, TITLES):
                cursor.executemany(f"DELETE FROM {table} WHERE rowid = %s", [(key,) for key in keys])  # noqa: S608

    def optimize(self) -> None:
        with connection.cursor() as cursor:
            for table in (WORDS, TITLES):
                cursor.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608
            cursor.execute("ANALYZE")


def _shown(match: Match, row: str = "rowid") -> tuple[str, list[Any]]:
    """The condition of a match except for its words, and its parameters; `row` is the row id in SQL."""
    conditions = [_HIDDEN.replace("rowid", row, 1)]
    params: list[Any] = [match.now, match.now]
    if match.span:
        conditions.append(f"{row} BETWEEN %s AND %s")
        params += match.span
    if match.among is not None:
        conditions.append(f"{row} IN (SELECT value FROM json_each(%s))")  # noqa: S608
        params.append(json.dumps(match.among))
    return " AND ".join(conditions), params


def _rows(sql: str, params: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[Any] = cursor.fetchall()
    return rows


def scored_expression(match: Match) -> str:
    """The condition with its optional clauses, which bm25() scores where they match.

    FTS5 has no optional phrases, so they are alternatives to the language token, which every match has.
    """
    if not any(query.terms.optional for query in match.queries):
        return expression(match)
    optional = [_clause(clause) for query in match.queries for clause in query.terms.optional]
    languages = {query.terms.language for query in match.queries}
    return f"({expression(match)}) AND {_any([*optional, _scope_tokens(f'l{language}' for language in languages)])}"


def expression(match: Match, columns: str = TEXT_COLUMNS) -> str:
    """The condition in FTS5's query language; terms are letters and digits, quoted since they may be its keywords."""
    queries = _any(_language_query(query, columns) for query in match.queries)
    matching = " AND ".join([queries, *(_scope_tokens(tokens) for tokens in match.filters.values())])
    return f"({matching}) NOT {_scope_tokens(match.excluded)}" if match.excluded else matching


def _language_query(query: LanguageQuery, columns: str) -> str:
    homes = _scope_tokens([f"h{home}" for home in query.homes])
    return f"({homes} AND {_terms(query.terms, columns)})"


def _terms(terms: QueryTerms, columns: str) -> str:
    required = " AND ".join(_clause(clause, columns) for clause in terms.required)
    excluded = " OR ".join(map(_clause, terms.excluded))
    return f"(({required}) NOT ({excluded}))" if excluded else f"({required})"


def _clause(clause: QueryClause, columns: str = TEXT_COLUMNS) -> str:
    """The condition on words, in these columns.

    Reading a word's column doubles the time, so the columns are left out if no term can be a scope token.
    """
    condition = _any(f'"{" ".join(terms)}"' for terms in clause.alternatives)
    if columns == TEXT_COLUMNS and not any(may_be_token(term) for terms in clause.alternatives for term in terms):
        return condition
    return f"{{{columns}}} : {condition}"


def _scope_tokens(tokens: Iterable[str]) -> str:
    return "scope : " + _any(f'"{token}"' for token in tokens)


def _any(parts: Iterable[str]) -> str:
    return f"({' OR '.join(parts)})"
