"""Selects the search engine: the full-text search of the database, or a search server if SEARCH_URL names one."""

from functools import cache

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from search.engines.base import Engine

DATABASE_ENGINES = {
    "sqlite": "search.engines.sqlite.SQLiteEngine",
    "postgresql": "search.engines.postgresql.PostgreSQLEngine",
}
SERVER_ENGINE = "search.engines.opensearch.OpenSearchEngine"


def engine() -> Engine:
    return _engine(settings.SEARCH_URL, connection.vendor)


@cache
def _engine(url: str, vendor: str) -> Engine:
    engine: Engine = import_string(SERVER_ENGINE)(url) if url else import_string(DATABASE_ENGINES[vendor])()
    return engine
