"""Wagtail's own search, which serves the newsroom: drafts, images, documents, names.

Its backends for databases index whole pages for editors; ours hold off what makes them fail or wait. What readers
search is another index (`search.indexing.index`).
"""

from typing import Any

from django.db import connection


def SearchBackend(params: dict[str, Any]) -> Any:  # noqa: N802 - the name that Wagtail looks for
    """The backend of the database."""
    # Each of them can be imported on its own database only.
    if connection.vendor == "postgresql":
        from search.admin_backend.postgresql import PostgreSQLAdminBackend

        return PostgreSQLAdminBackend(params)
    from search.admin_backend.sqlite import SQLiteAdminBackend

    return SQLiteAdminBackend(params)
