"""Selects the search engine: the full-text search of the database."""

from functools import cache

from django.db import connection
from django.utils.module_loading import import_string

from search.engines.base import Engine

ENGINES = {
    "sqlite": "search.engines.sqlite.SQLiteEngine",
    "postgresql": "search.engines.postgresql.PostgreSQLEngine",
}


@cache
def engine() -> Engine:
    found: Engine = import_string(ENGINES[connection.vendor])()
    return found
