"""A dump of all tables, to compare the database before and after."""

from collections import Counter
from collections.abc import Set
from typing import Any

from django.apps import apps
from django.db import connection

# Logs, the queue, sessions, and the number that a cached response is compared with.
LOGS = {
    "audit.AuditEntry",
    "audit.AuditWords",
    "audit.UnchainedAct",
    "core.ContentChange",
    "django_tasks_database.DBTaskResult",
    "sessions.Session",
    "usersessions.UserSession",
    "wagtailcore.ModelLogEntry",
    "wagtailcore.PageLogEntry",
}
# Rows that are computed from others, whose keys mean nothing.
COMPUTED = {"core.Placement", "events.OccurrencePlacement", "search.IndexWord", "wagtailsearch.IndexEntry"}


def dump(without: Set[str] = LOGS) -> dict[str, Counter[tuple[Any, ...]]]:
    """The rows of each table but these."""
    models = [
        each for each in apps.get_models(include_auto_created=True) if each._meta.managed and not each._meta.proxy
    ]
    return {each._meta.label: _rows(each) for each in models if each._meta.label not in without}


def _rows(model: Any) -> Counter[tuple[Any, ...]]:
    columns = [
        each.column
        for each in model._meta.local_concrete_fields
        if not (model._meta.label in COMPUTED and each.primary_key)
    ]
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(map(quote, columns))} FROM {quote(model._meta.db_table)}")
        return Counter(tuple(map(str, row)) for row in cursor.fetchall())


def differences(before: dict[str, Counter[Any]], after: dict[str, Counter[Any]]) -> dict[str, Any]:
    """The rows that are gone, and those that are new, of each table that differs."""
    return {
        label: (list((rows - after[label]).elements()), list((after[label] - rows).elements()))
        for label, rows in before.items()
        if rows != after[label]
    }
