"""The full-text search of PostgreSQL, on vectors that hold the terms as they are: no dictionary of its own.

The marks of an entry's scope lie among its words, and so do the words of its title once more, with and without their
stems cut: one index answers for all of them. Signs that no word has tell them apart.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from search.engines.base import COMING, RANKED, RANKED_TITLES, WEIGHTS, Candidate, EntryDraft, Match, QueryPart, Tally
from search.models import IndexEntry
from search.query.parse import Clause, Terms

MARK, TITLE, START = "§", "¶", "^"
# PostgreSQL's letters for the parts of an entry, from the most telling to the least, and its last position in a vector.
LETTERS = "ABCD"
LAST_POSITION = 16_383
# Each position as it is written in each part: `17A`.
PLACES = {letter: [f"{position}{letter}" for position in range(LAST_POSITION + 1)] for letter in LETTERS}
# Between two parts, so that no phrase reaches from one into the next.
GAP = 16
TABLES = "search_indexentry, search_entrytext, search_indexword, search_misspelling, search_topicset, search_indexshelf"
# The newest titles are looked through one by one before the index is asked for the rest.
LOOKED_THROUGH = 200

# So many entries at once come from a rebuild: their words wait in a longer list, which is put into the index in fewer
# and larger portions, and at the end by `settle`.
MANY = 100
_ROOM = "SET LOCAL gin_pending_list_limit = '16MB'; SET LOCAL work_mem = '128MB'"

# For a common word the planner would rather read every row, as it does not know what unpacking a vector costs: forty
# times as much as its index. The setting goes with the query, in one message, and ends with it.
_BY_INDEX = "SET LOCAL enable_seqscan = off"

_VISIBLE = "(visible_from IS NULL OR visible_from <= %(now)s) AND (hidden_at IS NULL OR hidden_at > %(now)s)"


class PostgreSQLEngine:
    def write(self, entries: Sequence[IndexEntry], drafts: Sequence[EntryDraft]) -> None:
        """Row and words at once: to add the words to rows that are there would write each of them twice."""
        fields = IndexEntry._meta.concrete_fields
        columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
        with connection.cursor() as cursor:
            if len(entries) >= MANY:
                cursor.execute(_ROOM)
            with cursor.copy(f"COPY search_indexentry ({columns}, words) FROM STDIN") as rows:
                for entry, draft in zip(entries, drafts, strict=True):
                    rows.write_row([*(getattr(entry, field.attname) for field in fields), vector(draft)])

    def remove(self, pages: Collection[int]) -> None:
        """Nothing to do: the words lie in the entries."""

    def tally(self, shelves: Match, topic_sets: Match) -> Tally:
        if shelves != topic_sets:
            return Tally(self._counted("shelf_id", shelves), self._counted("topic_set_id", topic_sets))
        rows = _rows(
            f"WITH hits AS MATERIALIZED (SELECT key, shelf_id, topic_set_id FROM search_indexentry"  # noqa: S608
            f" WHERE words @@ %(asked)s::tsquery AND {_VISIBLE})"
            " SELECT 0, shelf_id, topic_set_id, count(*) FROM hits"
            " GROUP BY GROUPING SETS ((shelf_id), (topic_set_id))"
            f" UNION ALL (SELECT key, NULL, NULL, 0 FROM hits ORDER BY key DESC LIMIT {RANKED})",
            {"asked": expression(shelves), "now": shelves.now},
        )
        return Tally(
            [(shelf, count) for _key, shelf, _set, count in rows if shelf is not None],
            [(topic_set, count) for _key, _shelf, topic_set, count in rows if topic_set is not None],
            [key for key, *_rest in rows if key],
        )

    def _counted(self, column: str, match: Match) -> list[tuple[int, int]]:
        return _rows(
            f"SELECT {column}, count(*) FROM search_indexentry"  # noqa: S608
            f" WHERE words @@ %(asked)s::tsquery AND {_VISIBLE} GROUP BY {column}",
            {"asked": expression(match), "now": match.now},
        )

    def candidates(self, match: Match, newest: Sequence[int] | None) -> list[Candidate]:
        # The weights come from the least telling part to the most.
        weights = ", ".join(str(weight / WEIGHTS[0]) for weight in reversed(WEIGHTS))
        known = "SELECT unnest(%(newest)s::bigint[]) AS key" if newest is not None else _newest("%(asked)s", RANKED)
        rows = _rows(
            f"WITH newest AS MATERIALIZED ({known}),"  # noqa: S608
            f" titled AS MATERIALIZED ({_newest('%(titled)s', RANKED_TITLES)})"
            f" SELECT key, ts_rank('{{{weights}}}', words, %(words)s::tsquery, 1), key IN (SELECT key FROM titled),"
            f" title_key, {COMING.format('%(now)s')} FROM search_indexentry"
            " WHERE key IN (SELECT key FROM newest UNION SELECT key FROM titled)",
            {
                "asked": expression(match),
                "titled": expression(match, in_title=True),
                "words": wording(match),
                "now": match.now,
                "newest": newest,
            },
        )
        return [Candidate(*row) for row in rows]

    def completions(self, words: Sequence[str], home: int, now: datetime, most: int) -> list[int]:
        *whole, last = words
        titled = [*(quoted(START + word) for word in whole), f"{quoted(START + last)}:*"]
        asked = " & ".join([quoted(f"{MARK}h{home}"), *titled])
        params = {"asked": asked, "now": now, "few": LOOKED_THROUGH}
        newest = "(SELECT * FROM search_indexentry ORDER BY key DESC LIMIT %(few)s) AS newest"
        found = f"words @@ %(asked)s::tsquery AND {_VISIBLE} ORDER BY key DESC LIMIT {most}"
        rows = _rows(f"SELECT key FROM {newest} WHERE {found}", params)  # noqa: S608
        if len(rows) < most:
            rows = _rows(_newest("%(asked)s", most), params)
        return [key for (key,) in rows]

    def keys(self) -> set[int]:
        return set(IndexEntry.objects.extra(where=["words IS NOT NULL"]).values_list("key", flat=True))

    def discard(self, keys: Collection[int]) -> None:
        """Nothing to do: the words go with their entries."""

    def create(self) -> None:
        """Nothing to do: migrations have."""

    def settle(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"{'ANALYZE' if connection.in_atomic_block else 'VACUUM (ANALYZE)'} {TABLES}")


def _newest(asked: str, most: int) -> str:
    """The newest matches, found by their words before they are put in order: the planner would rather read them all."""
    every = f"SELECT key FROM search_indexentry WHERE words @@ {asked}::tsquery AND {_VISIBLE}"  # noqa: S608
    return f"WITH every AS MATERIALIZED ({every}) SELECT key FROM every ORDER BY key DESC LIMIT {most}"  # noqa: S608


def _rows(sql: str, params: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"{_BY_INDEX}; {sql}", params)
        cursor.nextset()
        return cursor.fetchall()


def quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("'", "''").replace("\\", "\\\\") + "'"


def vector(draft: EntryDraft) -> str:
    """A vector as PostgreSQL reads it: each word of a part with its places and its letter, the rest without.

    Terms are letters and digits, so that nothing in them needs another quotation.
    """
    signed = [(MARK, draft.scope), (TITLE, draft.title), (START, draft.start)]
    found = list(dict.fromkeys(f"'{sign}{term}'" for sign, some in signed for term in some))
    places: dict[str, list[str]] = defaultdict(list)
    position = 0
    for part, letter in zip((draft.title, draft.summary, draft.names, draft.text), LETTERS, strict=True):
        room = part[: LAST_POSITION - position]
        end = position + len(room)
        for term, place in zip(room, PLACES[letter][position + 1 : end + 1], strict=True):
            places[term].append(place)
        position = min(end + GAP, LAST_POSITION)
    found += [f"'{term}':{','.join(at)}" for term, at in places.items()]
    return " ".join(found)


def expression(match: Match, *, in_title: bool = False) -> str:
    """The query language of PostgreSQL for all that must match; `in_title`, what is asked for stands in the title."""
    found = _any(_query_part(part, in_title) for part in match.parts)
    none = [f"!{_marks(match.none)}"] if match.none else []
    return " & ".join([found, *(_marks(marks) for marks in match.filters.values()), *none])


def wording(match: Match) -> str:
    """The same without the marks, for the rank."""
    return _any(_every(part.terms, False) for part in match.parts)


def _query_part(part: QueryPart, in_title: bool) -> str:
    none = "".join(f" & !{_clause(clause, False)}" for clause in part.terms.none)
    titled = f" & {_every(part.terms, True)}" if in_title else ""
    return f"({_marks(f'h{home}' for home in part.homes)} & {_every(part.terms, False)}{titled}{none})"


def _every(terms: Terms, in_title: bool) -> str:
    return "(" + " & ".join(_clause(clause, in_title) for clause in terms.every) + ")"


def _clause(clause: Clause, in_title: bool) -> str:
    if in_title:
        # The words of the title have no places there; that a phrase stands somewhere is asked beside.
        return _any("(" + " & ".join(quoted(TITLE + term) for term in each) + ")" for each in clause.alternatives)
    return _any("(" + " <-> ".join(map(quoted, each)) + ")" for each in clause.alternatives)


def _marks(marks: Iterable[str]) -> str:
    return _any(quoted(f"{MARK}{mark}") for mark in marks)


def _any(parts: Iterable[str]) -> str:
    return f"({' | '.join(parts)})"
