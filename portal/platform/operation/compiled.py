"""Queries with a fixed shape, compiled to SQL only once: compiling takes longer than running them.

    @compiled_query
    def _stories_above(above, now, *, count):
        return Placement.objects.in_lists_of(above, now).newest_first()[:count]

    placements = _stories_above(page.pk, now, count=4)

Positional arguments are values. Keyword arguments are the shape; there must only be a few shapes. A list is for `__in`;
its length is part of the shape. None is not allowed, because its SQL differs.
"""

from collections.abc import Callable, Hashable, Sequence
from threading import Lock
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler

# The number of compiled shapes cached per connection, about 50 kB each. The least recently used is evicted.
MAX_SHAPES = 400
STATEMENTS = "portal_statements"
# Django passes these to both database drivers unchanged.
UNCONVERTED = (int, str)


class ParameterPlace(NamedTuple):
    """A place among the SQL's parameters: the argument, and the element if the argument is a list."""

    argument: int
    element: int | None = None


class Parameter(Value):
    """An argument in a queryset; `length` is the length of a list."""

    def __init__(self, argument: int, length: int | None = None):
        super().__init__(None)
        self.argument, self.length = argument, length

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        if self.length is None:
            return "%s", (ParameterPlace(self.argument),)
        if self.length == 0:
            raise EmptyResultSet
        return f"({', '.join(['%s'] * self.length)})", tuple(
            ParameterPlace(self.argument, n) for n in range(self.length)
        )


class CompiledPart(NamedTuple):
    """A query with its parameters, for use in a larger one."""

    sql: str
    params: tuple[Any, ...]


class Statement:
    """A queryset compiled for one connection, which belongs to one thread."""

    def __init__(self, queryset: QuerySet[Any], alias: str):
        self.queryset = queryset.using(alias)
        self.compiler: Any = self.queryset.query.get_compiler(alias)
        try:
            self.sql, self.params = self.compiler.as_sql()
        except EmptyResultSet:
            self.sql, self.params = "", ()
            return
        columns = [column for column, *_ in self.compiler.select[: self.compiler.col_count]]
        converters = self.compiler.get_converters(columns)
        self.compiler.get_converters = lambda expressions: converters
        # The queryset reads its rows through this compiler.
        self.queryset.query.get_compiler = lambda *args, **kwargs: self.compiler  # type: ignore[method-assign]

    def bind(self, values: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(self._prepare(each, values) if type(each) is ParameterPlace else each for each in self.params)

    def _prepare(self, place: ParameterPlace, values: Sequence[Any]) -> Any:
        value = values[place.argument] if place.element is None else values[place.argument][place.element]
        if value is None:
            raise ValueError(f"Argument {place.argument} of a compiled query is None.")
        if type(value) in UNCONVERTED:
            return value
        return Value(value).as_sql(self.compiler, self.compiler.connection)[1][0]

    def results(self, values: Sequence[Any]) -> list[Any]:
        if not self.sql:
            return []
        params = self.bind(values)
        self.compiler.as_sql = lambda *args, **kwargs: (self.sql, params)
        return list(self.queryset.all())


class CompiledQuery:
    """A function that returns the results of its queryset for the given values."""

    def __init__(self, build: Callable[..., QuerySet[Any]]):
        self.build = build
        self.querysets: dict[Hashable, QuerySet[Any]] = {}
        self.lock = Lock()

    def __call__(self, *values: Any, **shape: Any) -> list[Any]:
        padded = _pad_lists(values)
        return self._statement(padded, shape).results(padded)

    def part(self, *values: Any, **shape: Any) -> CompiledPart:
        """The query as part of another one. Its SQL is empty if nothing can match."""
        padded = _pad_lists(values)
        statement = self._statement(padded, shape)
        return CompiledPart(statement.sql, statement.bind(padded))

    def _statement(self, values: Sequence[Any], shape: dict[str, Any]) -> Statement:
        lengths = tuple([len(value) if isinstance(value, list) else None for value in values])
        key = lengths, tuple(shape.items())
        queryset = self.querysets.get(key)
        if queryset is None:
            places = [Parameter(argument, length) for argument, length in enumerate(lengths)]
            queryset = self.build(*places, **shape)
            with self.lock:
                _evict(self.querysets)
                self.querysets[key] = queryset
        # The router may choose another database for each query.
        alias = queryset.db
        statements: dict[Hashable, Statement] = vars(connections[alias]).setdefault(STATEMENTS, {})
        statement = statements.pop((self, key), None)
        if statement is None:
            _evict(statements)
            statement = Statement(queryset, alias)
        # The least recently used entry is first.
        statements[self, key] = statement
        return statement


def _pad_lists(values: Sequence[Any]) -> Sequence[Any]:
    """Pad each list to the next power of two with its last element: this gives fewer shapes and the same results."""
    return [[*value, *value[-1:] * _missing(len(value))] if isinstance(value, list) else value for value in values]


def _missing(length: int) -> int:
    return (1 << (length - 1).bit_length()) - length if length else 0


def _evict(shapes: dict[Hashable, Any]) -> None:
    if len(shapes) >= MAX_SHAPES:
        del shapes[next(iter(shapes))]


def compiled_query(build: Callable[..., QuerySet[Any]]) -> CompiledQuery:
    return CompiledQuery(build)


def compiled(queryset: QuerySet[Any]) -> CompiledPart:
    """A queryset of any shape, for use in another query."""
    try:
        return CompiledPart(*queryset.query.get_compiler(queryset.db).as_sql())
    except EmptyResultSet:
        return CompiledPart("", ())
