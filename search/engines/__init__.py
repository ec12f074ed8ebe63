"""Selects the search engine: the database's full-text search."""

from functools import cache

from django.db import connection
from django.utils.module_loading import import_string

from search.engines.base import Engine
from search.indexes import PUBLIC, Index

ENGINES = {
    "sqlite": "search.engines.sqlite.SQLiteEngine",
    "postgresql": "search.engines.postgresql.PostgreSQLEngine",
}


@cache
def engine(index: Index = PUBLIC) -> Engine:
    found: Engine = import_string(ENGINES[connection.vendor])(index)
    return found
