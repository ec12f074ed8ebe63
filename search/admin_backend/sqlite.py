"""Wagtail's search backend for SQLite, which ranks in one query instead of one query per row."""

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

from search.admin_backend.cleaning import CleanQueryMixin, NoTitleNormsMixin
from search.admin_backend.ranking import MAX_RANKED, RankingMixin, UnrankedCountsMixin
from search.admin_backend.spelling import SpelledIndexMixin, SpelledSearchMixin

FIRST_BATCH = 1000


class WeightedBM25(BM25):
    def as_sql(
        self, compiler: Any, connection: Any, function: Any = None, template: Any = None
    ) -> tuple[str, list[Any]]:
        # The table's columns are autocomplete, body and title.
        return f"bm25({SQLiteFTSIndexEntry._meta.db_table}, 5.0, 1.0, 5.0)", []


class SQLiteRankingMixin(RankingMixin):
    # Attributes of the compilers that use this mixin.
    FTS_TABLE_FIELDS: list[str]
    build_search_query: Any
    fields: list[str] | None

    def check(self) -> None:
        super().check()  # type: ignore[misc]
        # The index has columns for title and body only. A search by another field uses all columns.
        if not set(self.fields or ()) <= {"title", "body"}:
            self.fields = None

    def best(self, config: Any, **options: Any) -> list[Any]:
        found: list[tuple[float, Any]] = []
        for scores in self._score_batches(config):
            keys = self.queryset.filter(pk__in=list(scores)).order_by().values_list("pk", flat=True)
            found += [(scores[str(key)], key) for key in keys]
            if len(found) >= MAX_RANKED:
                break
        # A smaller score is a better match.
        return [key for _score, key in sorted(found, key=lambda pair: pair[0])][:MAX_RANKED]

    def _score_batches(self, config: Any) -> Iterator[dict[str, float]]:
        """Yield the scores of matches by primary key, newest first, in batches of growing size."""
        query = self.build_search_query(normalize(self.query), config=config)
        match = MatchExpression(self.fields or self.FTS_TABLE_FIELDS, query)
        types = get_descendants_content_types_pks(self.queryset.model)
        entries = SQLiteFTSIndexEntry.objects.filter(match, index_entry__content_type__in=types).order_by("-pk")
        rows = entries.annotate(score=WeightedBM25()).values_list("index_entry__object_id", "score")
        start, step = 0, FIRST_BATCH
        while batch := dict(rows[start : start + step]):
            yield batch
            start, step = start + step, step * 4


class SQLiteCompiler(SQLiteRankingMixin, SQLiteSearchQueryCompiler):
    pass


class SQLiteAutocompleteCompiler(SQLiteRankingMixin, SQLiteAutocompleteQueryCompiler):
    pass


class SQLiteResults(UnrankedCountsMixin, SQLiteSearchResults):
    pass


class SQLiteAdminIndex(SpelledIndexMixin, NoTitleNormsMixin, SQLiteIndex):
    pass


class SQLiteAdminBackend(SpelledSearchMixin, CleanQueryMixin, SQLiteSearchBackend):
    index_class = SQLiteAdminIndex
    results_class = SQLiteResults
    query_compiler_class = SQLiteCompiler
    autocomplete_query_compiler_class = SQLiteAutocompleteCompiler
