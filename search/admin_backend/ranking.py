"""Puts in order the matches that an editor may want, instead of all that there are."""

from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When
from modelsearch.query import Fuzzy, MatchAll, Not

# So many of the newest matches are put in order by how well they match; the rest follows by age.
RANKED = 200


class RankedOnce:
    """For the compilers of both databases. `best` are the keys of the newest matches that the queryset has, the best
    first; all that there are, where they are fewer than RANKED."""

    # What the compilers have that this stands before.
    query: Any
    queryset: QuerySet[Any]
    fields: list[str] | None
    order_by_relevance: bool

    def best(self, config: Any, **options: Any) -> list[Any]:
        raise NotImplementedError

    def search(
        self, config: Any, start: int | None, stop: int | None, score_field: str | None = None, **options: Any
    ) -> QuerySet[Any]:
        if not self.order_by_relevance or score_field or isinstance(self.query, (MatchAll, Not, Fuzzy)):
            return super().search(config, start, stop, score_field, **options)  # type: ignore[misc]
        best = self.best(config, **options)
        if (start or 0) >= len(best) >= RANKED:
            rest = self.unordered(config, **options).exclude(pk__in=best)
            first = (start or 0) - len(best)
            return rest[first : None if stop is None else stop - len(best)]
        order = Case(*[When(pk=key, then=Value(place)) for place, key in enumerate(best)], output_field=IntegerField())
        return self.queryset.filter(pk__in=best).order_by(order)[start:stop]

    def unordered(self, config: Any, **options: Any) -> QuerySet[Any]:
        """All matches, the newest first."""
        self.order_by_relevance = False
        try:
            return super().search(config, None, None, **options)  # type: ignore[misc]
        finally:
            self.order_by_relevance = True


class UnorderedCounts:
    """For the results of both databases: counts without putting in order."""

    query_compiler: Any

    def _do_count(self) -> int:
        return self._unordered(super()._do_count)  # type: ignore[misc]

    def facet(self, field_name: str) -> Any:
        return self._unordered(super().facet, field_name)  # type: ignore[misc]

    def _unordered(self, ask: Any, *args: Any) -> Any:
        compiler = self.query_compiler
        ranked, compiler.order_by_relevance = compiler.order_by_relevance, False
        try:
            return ask(*args)
        finally:
            compiler.order_by_relevance = ranked
