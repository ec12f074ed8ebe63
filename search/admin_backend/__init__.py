"""Wagtail's search backend for the admin: drafts, images, documents, topics and people.

It subclasses Wagtail's database backend, and replaces the parts that fail or are slow. The public search has its own
index (`search.indexing.index`).
"""

from typing import Any

from django.db import connection


def SearchBackend(params: dict[str, Any]) -> Any:  # noqa: N802 - Wagtail imports this name
    # Each backend can only be imported on its own database.
    if connection.vendor == "postgresql":
        from search.admin_backend.postgresql import PostgreSQLAdminBackend

        return PostgreSQLAdminBackend(params)
    from search.admin_backend.sqlite import SQLiteAdminBackend

    return SQLiteAdminBackend(params)
