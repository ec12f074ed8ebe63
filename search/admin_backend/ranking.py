"""Ranks only the newest matches: for a common word, it would take seconds to rank all of them."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When
from modelsearch.query import Fuzzy, MatchAll, Not

# This many of the newest matches are ranked by relevance. Older ones follow, newest first.
MAX_RANKED = 200


class RankingMixin:
    # Attributes of the compilers that use this mixin.
    query: Any
    queryset: QuerySet[Any]
    fields: list[str] | None
    order_by_relevance: bool

    def best(self, config: Any, **options: Any) -> list[Any]:
        """The primary keys of the queryset's newest matches, best first; at most MAX_RANKED."""
        raise NotImplementedError

    def search(
        self, config: Any, start: int | None, stop: int | None, score_field: str | None = None, **options: Any
    ) -> Iterable[Any]:
        if not self.order_by_relevance or score_field or isinstance(self.query, (MatchAll, Not, Fuzzy)):
            matches: QuerySet[Any] = super().search(config, start, stop, score_field, **options)  # type: ignore[misc]
            return matches
        best = self.best(config, **options)
        shown = best[start:stop]
        order = Case(*[When(pk=key, then=Value(place)) for place, key in enumerate(shown)], output_field=IntegerField())
        ranked = self.queryset.filter(pk__in=shown).order_by(order)
        if len(best) < MAX_RANKED or (stop is not None and stop <= len(best)):
            return ranked
        rest = self.unordered(config, **options).exclude(pk__in=best)
        first = max(0, (start or 0) - len(best))
        return [*ranked, *rest[first : None if stop is None else stop - len(best)]]

    def unordered(self, config: Any, **options: Any) -> QuerySet[Any]:
        self.order_by_relevance = False
        try:
            matches: QuerySet[Any] = super().search(config, None, None, **options)  # type: ignore[misc]
            return matches
        finally:
            self.order_by_relevance = True


class UnrankedCountsMixin:
    """Counts results without ranking them."""

    query_compiler: Any

    def count(self) -> int:
        count: int = self._unranked(super().count)  # type: ignore[misc]
        return count

    def facet(self, field_name: str) -> Any:
        return self._unranked(super().facet, field_name)  # type: ignore[misc]

    def _unranked(self, count: Any, *args: Any) -> Any:
        compiler = self.query_compiler
        ranked, compiler.order_by_relevance = compiler.order_by_relevance, False
        try:
            return count(*args)
        finally:
            compiler.order_by_relevance = ranked
