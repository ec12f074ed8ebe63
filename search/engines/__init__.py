"""The engine that the words of the entries are kept and found by: the one of the database, or a server of its own."""

from functools import cache

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from search.engines.base import Engine

OF_DATABASE = {
    "sqlite": "search.engines.sqlite.SQLiteEngine",
    "postgresql": "search.engines.postgresql.PostgreSQLEngine",
}
OF_SERVER = "search.engines.opensearch.OpenSearchEngine"


def engine() -> Engine:
    return _engine(settings.SEARCH_URL, connection.vendor)


@cache
def _engine(url: str, vendor: str) -> Engine:
    if url:
        return import_string(OF_SERVER)(url)
    return import_string(OF_DATABASE[vendor])()
