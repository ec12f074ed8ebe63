"""Wagtail's search backend for PostgreSQL, without ranking every match.

Migration `search.0001_initial` creates the GIN index on title and body together.
"""

from typing import Any

from django.db.models import F, QuerySet
from modelsearch.backends.database.postgres import postgres as upstream
from modelsearch.backends.database.postgres.postgres import (
    ObjectIndexer,
    PostgresAutocompleteQueryCompiler,
    PostgresIndex,
    PostgresSearchBackend,
    PostgresSearchQueryCompiler,
    PostgresSearchResults,
)

from search.admin_backend.cleaning import CleanQueryMixin, NoTitleNormsMixin, words_of
from search.admin_backend.ranking import MAX_RANKED, RankingMixin, UnrankedCountsMixin
from search.admin_backend.spelling import SpelledIndexMixin, SpelledSearchMixin


class PostgreSQLRankingMixin(RankingMixin):
    # Attributes of the compilers that use this mixin.
    build_tsquery: Any
    get_search_vectors: Any

    def best(self, config: Any, **options: Any) -> list[Any]:
        newest = self._newest(self.unordered(config, **options))
        if len(newest) == MAX_RANKED and not self.fields:
            # There may be more matches: add the newest of those with the words in their title.
            tsquery = self.build_tsquery(self.query, config=config)
            vector = self.get_search_vectors(tsquery)[0][0]
            newest += self._newest(self.queryset.filter(**{vector.name: tsquery}))
        queryset, self.queryset = self.queryset, self.queryset.filter(pk__in=newest)
        try:
            ranked = super(RankingMixin, self).search(config, None, None, **options)  # type: ignore[misc]
        finally:
            self.queryset = queryset
        return list(ranked.values_list("pk", flat=True))

    @staticmethod
    def _newest(matches: QuerySet[Any]) -> list[Any]:
        # With the plain key, the planner would scan all rows from the newest, and compare each with the query.
        return list(matches.order_by((F("pk") + 0).desc()).values_list("pk", flat=True)[:MAX_RANKED])


class PostgreSQLCompiler(PostgreSQLRankingMixin, PostgresSearchQueryCompiler):
    def get_fields_vectors(self, search_query: Any) -> list[tuple[Any, Any]]:
        # The index has a vector of each title. Wagtail would compute these vectors during the search.
        is_title = set(self.search_fields) == {"title"}
        vectors: list[tuple[Any, Any]] = (
            self.get_index_vectors(search_query)[:1] if is_title else super().get_fields_vectors(search_query)
        )
        return vectors


class PostgreSQLAutocompleteCompiler(PostgreSQLRankingMixin, PostgresAutocompleteQueryCompiler):
    pass


class PostgreSQLResults(UnrankedCountsMixin, PostgresSearchResults):
    pass


class WordsIndexer(ObjectIndexer):
    """Splits text into words in the same way as queries.

    PostgreSQL's parser does not split `9.400`, `example.org` and `2026/27`, so no query would find them.
    """

    def prepare_value(self, value: Any) -> str:
        return words_of(super().prepare_value(value))


# PostgresIndex looks the class up in its module.
upstream.ObjectIndexer = WordsIndexer


class PostgreSQLAdminIndex(SpelledIndexMixin, NoTitleNormsMixin, PostgresIndex):
    pass


class PostgreSQLAdminBackend(SpelledSearchMixin, CleanQueryMixin, PostgresSearchBackend):
    index_class = PostgreSQLAdminIndex
    results_class = PostgreSQLResults
    query_compiler_class = PostgreSQLCompiler
    autocomplete_query_compiler_class = PostgreSQLAutocompleteCompiler
