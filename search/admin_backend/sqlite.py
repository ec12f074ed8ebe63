"""Wagtail's search on SQLite, ranked in one pass instead of once more for each row."""

from collections.abc import Iterator
from typing import Any

from modelsearch.backends.database.sqlite.query import BM25, MatchExpression, normalize
from modelsearch.backends.database.sqlite.sqlite import (
    SQLiteAutocompleteQueryCompiler,
    SQLiteFTSIndexEntry,
    SQLiteIndex,
    SQLiteSearchBackend,
    SQLiteSearchQueryCompiler,
    SQLiteSearchResults,
)
from modelsearch.utils import get_descendants_content_types_pks

from search.admin_backend.cleaning import CleanQueries, WithoutNorms
from search.admin_backend.ranking import RANKED, RankedOnce, UnorderedCounts

FIRST_LOOK = 1000


class WeightedBM25(BM25):
    def as_sql(self, compiler, connection, function=None, template=None):
        # Its columns: autocomplete, body, title.
        return f"bm25({SQLiteFTSIndexEntry._meta.db_table}, 5.0, 1.0, 5.0)", []


class SQLiteRanking(RankedOnce):
    # What the compilers have that this stands before.
    FTS_TABLE_FIELDS: list[str]
    build_search_query: Any
    fields: list[str] | None

    def check(self) -> None:
        super().check()  # type: ignore[misc]
        # The index has columns for titles and texts, none for any other field that a list is searched by.
        if not set(self.fields or ()) <= {"title", "body"}:
            self.fields = None

    def best(self, config: Any, **options: Any) -> list[Any]:
        found: list[tuple[float, Any]] = []
        for scores in self._looks(config):
            keys = self.queryset.filter(pk__in=list(scores)).order_by().values_list("pk", flat=True)
            found += [(scores[str(key)], key) for key in keys]
            if len(found) >= RANKED:
                break
        # A smaller score is a better match.
        return [key for _score, key in sorted(found, key=lambda pair: pair[0])][:RANKED]

    def _looks(self, config: Any) -> Iterator[dict[str, float]]:
        """The scores of matches by key, newest first: a few, then ever more of them."""
        query = self.build_search_query(normalize(self.query), config=config)
        match = MatchExpression(self.fields or self.FTS_TABLE_FIELDS, query)
        types = get_descendants_content_types_pks(self.queryset.model)
        entries = SQLiteFTSIndexEntry.objects.filter(match, index_entry__content_type__in=types).order_by("-pk")
        rows = entries.annotate(score=WeightedBM25()).values_list("index_entry__object_id", "score")
        start, step = 0, FIRST_LOOK
        while look := dict(rows[start : start + step]):
            yield look
            start, step = start + step, step * 4


class SQLiteCompiler(SQLiteRanking, SQLiteSearchQueryCompiler):
    pass


class SQLiteAutocompleteCompiler(SQLiteRanking, SQLiteAutocompleteQueryCompiler):
    pass


class SQLiteResults(UnorderedCounts, SQLiteSearchResults):
    pass


class SQLiteAdminIndex(WithoutNorms, SQLiteIndex):
    pass


class SQLiteAdminBackend(CleanQueries, SQLiteSearchBackend):
    index_class = SQLiteAdminIndex
    results_class = SQLiteResults
    query_compiler_class = SQLiteCompiler
    autocomplete_query_compiler_class = SQLiteAutocompleteCompiler
