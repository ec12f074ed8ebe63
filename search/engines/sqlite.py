"""The full-text tables of SQLite (FTS5), which keep no text: a row's number is the key of its entry.

Newest first is their own order, so that the newest matches are reached without a sort.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from statistics import fmean
from typing import Any

from django.db import connection

from search.engines.base import COMING, RANKED, RANKED_TITLES, WEIGHTS, Candidate, EntryDraft, Match, QueryPart, Tally
from search.models import IndexEntry
from search.query.parse import Clause, Terms

WORDS, TITLES = "search_words", "search_titles"
_HIDDEN = (
    "rowid NOT IN (SELECT key FROM search_indexentry WHERE visible_from > %s"
    " UNION ALL SELECT key FROM search_indexentry WHERE hidden_at <= %s)"
)
_ENTRY = "search_indexentry ON search_indexentry.key = found.rowid"
# The planner would take the shorter index of the keys, and then read each row for its two numbers.
_COUNTED = "search_indexentry INDEXED BY search_entry_counted ON search_indexentry.key = found.rowid"


class SQLiteEngine:
    def write(self, entries: Sequence[IndexEntry], drafts: Sequence[EntryDraft]) -> None:
        IndexEntry.objects.bulk_create(entries)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {WORDS} (rowid, title, summary, names, text, scope) VALUES (%s, %s, %s, %s, %s, %s)",  # noqa: S608
                [
                    (draft.key, *map(" ".join, (draft.title, draft.summary, draft.names, draft.text, draft.scope)))
                    for draft in drafts
                ],
            )
            cursor.executemany(
                f"INSERT INTO {TITLES} (rowid, title, scope) VALUES (%s, %s, %s)",  # noqa: S608
                [(draft.key, " ".join(draft.start), draft.scope[0]) for draft in drafts],
            )

    def remove(self, pages: Collection[int]) -> None:
        """Nothing to do: a trigger follows the deletion of the entries."""

    def tally(self, shelves: Match, topic_sets: Match) -> Tally:
        if shelves != topic_sets:
            [by_shelf], [by_topic] = self._counted(shelves, "shelf_id"), self._counted(topic_sets, "topic_set_id")
        else:
            by_shelf, by_topic = self._counted(shelves, "shelf_id", "topic_set_id")
        return Tally(by_shelf, by_topic)

    def _counted(self, match: Match, *columns: str) -> list[list[tuple[int, int]]]:
        """How often each number is in each of the columns.

        SQLite would sort the rows to group them, once for each column; joined to one text, they come in a third of the
        time and are counted here.
        """
        texts = ", ".join(f"group_concat({column})" for column in columns)
        [row] = _rows(
            f"SELECT {texts} FROM {WORDS} AS found CROSS JOIN {_COUNTED}"  # noqa: S608
            f" WHERE {WORDS} MATCH %s AND found.{_HIDDEN}",
            [expression(match), match.now, match.now],
        )
        counters = [Counter(text.split(",")) if text else Counter() for text in row]
        return [[(int(number), count) for number, count in counter.items()] for counter in counters]

    def candidates(self, match: Match, newest: Sequence[int] | None) -> list[Candidate]:
        """The newest by their score. For it, each word is counted in the whole index: those that are here by their
        title alone are not worth that once more, and are as good as the others that have it there."""
        weights = ", ".join(map(str, WEIGHTS))
        best = (
            "SELECT * FROM (SELECT {titled} AS titled, rowid, {score} AS score FROM {words}"
            " WHERE {words} MATCH %s AND {hidden} ORDER BY rowid DESC LIMIT {most})"
        )
        first = best.format(titled=0, score=f"-bm25({WORDS}, {weights}, 0)", words=WORDS, hidden=_HIDDEN, most=RANKED)
        titled = best.format(titled=1, score="NULL", words=WORDS, hidden=_HIDDEN, most=RANKED_TITLES)
        now = match.now
        rows = _rows(
            f"SELECT titled, found.rowid, score, title_key, {COMING.format('%s')}"  # noqa: S608
            f" FROM ({first} UNION ALL {titled}) AS found CROSS JOIN {_ENTRY}",
            [now, expression(match), now, now, expression(match, "title"), now, now],
        )
        in_title = {key for is_titled, key, *_rest in rows if is_titled}
        scores = {key: score for is_titled, key, score, *_rest in rows if not is_titled}
        usual = fmean([scores[key] for key in in_title & scores.keys()] or [0.0])
        return [
            Candidate(key, scores.get(key, usual), key in in_title, *rest)
            for key, rest in {key: rest for _titled, key, _score, *rest in rows}.items()
        ]

    def completions(self, words: Sequence[str], home: int, now: datetime, most: int) -> list[int]:
        *whole, last = words
        asked = " AND ".join([f'scope : "h{home}"', *(f'title : "{word}"' for word in whole), f'title : "{last}" *'])
        sql = f"SELECT rowid FROM {TITLES} WHERE {TITLES} MATCH %s AND {_HIDDEN} ORDER BY rowid DESC LIMIT %s"  # noqa: S608
        return [key for (key,) in _rows(sql, [asked, now, now, most])]

    def keys(self) -> set[int]:
        return {key for (key,) in _rows(f"SELECT id FROM {WORDS}_docsize", [])}  # noqa: S608

    def discard(self, keys: Collection[int]) -> None:
        with connection.cursor() as cursor:
            for table in (WORDS, TITLES):
                cursor.executemany(f"DELETE FROM {table} WHERE rowid = %s", [(key,) for key in keys])  # noqa: S608

    def create(self) -> None:
        """Nothing to do: migrations have."""

    def settle(self) -> None:
        with connection.cursor() as cursor:
            for table in (WORDS, TITLES):
                cursor.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608
            cursor.execute("ANALYZE")


def _rows(sql: str, params: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def expression(match: Match, columns: str = "title summary names text") -> str:
    """The query language of FTS5; terms hold letters and digits only, and are quoted all the same."""
    found = _any(_query_part(part, columns) for part in match.parts)
    asked = " AND ".join([found, *(_marks(marks) for marks in match.filters.values())])
    return f"({asked}) NOT {_marks(match.none)}" if match.none else asked


def _query_part(part: QueryPart, columns: str) -> str:
    homes = _marks([f"h{home}" for home in part.homes])
    return f"({homes} AND {_terms(part.terms, columns)})"


def _terms(terms: Terms, columns: str) -> str:
    every = " AND ".join(_clause(clause) for clause in terms.every)
    asked = f"{{{columns}}} : ({every})"
    if terms.none:
        none = " OR ".join(_clause(clause) for clause in terms.none)
        return f"({asked} NOT {{title summary names text}} : ({none}))"
    return asked


def _clause(clause: Clause) -> str:
    return _any(f'"{" ".join(each)}"' for each in clause.alternatives)


def _marks(marks: Iterable[str]) -> str:
    return "scope : " + _any(f'"{mark}"' for mark in marks)


def _any(parts: Iterable[str]) -> str:
    return f"({' OR '.join(parts)})"
