"""Wagtail's search on PostgreSQL, which would rank every match, and read the whole vector of each of them for it.

Its index for title and text together is made by a migration of ours.
"""

from typing import Any

from django.db.models import F, QuerySet
from modelsearch.backends.database.postgres.postgres import (
    PostgresAutocompleteQueryCompiler,
    PostgresIndex,
    PostgresSearchBackend,
    PostgresSearchQueryCompiler,
    PostgresSearchResults,
)

from search.admin_backend.cleaning import CleanQueries, WithoutNorms
from search.admin_backend.ranking import RANKED, RankedOnce, UnorderedCounts


class PostgreSQLRanking(RankedOnce):
    # What the compilers have that this stands before.
    build_tsquery: Any
    get_search_vectors: Any

    def best(self, config: Any, **options: Any) -> list[Any]:
        newest = self._newest(self.unordered(config, **options))
        if len(newest) == RANKED and not self.fields:
            # There are more: what has the words in its title is looked for beside.
            asked = self.build_tsquery(self.query, config=config)
            vector = self.get_search_vectors(asked)[0][0]
            newest += self._newest(self.queryset.filter(**{vector.name: asked}))
        every, self.queryset = self.queryset, self.queryset.filter(pk__in=newest)
        try:
            ranked = super(RankedOnce, self).search(config, None, None, **options)  # type: ignore[misc]
        finally:
            self.queryset = every
        return list(ranked.values_list("pk", flat=True))

    @staticmethod
    def _newest(matches: QuerySet[Any]) -> list[Any]:
        # By the bare key, the planner would walk all rows from the newest one and compare each with the words.
        return list(matches.order_by((F("pk") + 0).desc()).values_list("pk", flat=True)[:RANKED])


class PostgreSQLCompiler(PostgreSQLRanking, PostgresSearchQueryCompiler):
    pass


class PostgreSQLAutocompleteCompiler(PostgreSQLRanking, PostgresAutocompleteQueryCompiler):
    pass


class PostgreSQLResults(UnorderedCounts, PostgresSearchResults):
    pass


class PostgreSQLAdminIndex(WithoutNorms, PostgresIndex):
    pass


class PostgreSQLAdminBackend(CleanQueries, PostgresSearchBackend):
    index_class = PostgreSQLAdminIndex
    results_class = PostgreSQLResults
    query_compiler_class = PostgreSQLCompiler
    autocomplete_query_compiler_class = PostgreSQLAutocompleteCompiler
