"""Raises the content mark with every write of what readers may see, in the same transaction, whichever code writes it.

Each statement that changes a table makes its connection raise the mark just before the commit: as the last lock that a
transaction takes, so that writers neither wait for each other's work nor meet in a deadlock. What stands in no list
here counts as content; a test holds that no page is made from a table that does not count.
"""

import re
import secrets
from collections.abc import Callable
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate

Execute = Callable[..., Any]

# Beyond these first words a statement may write.
READING = ("SELECT", "PRAGMA", "SAVEPO", "RELEAS", "ROLLBA", "BEGIN", "COMMIT", "SET ", "SHOW ", "EXPLAI", "LOCK T")
# A new schema comes with a new start of the workers.
SCHEMA = ("CREATE", "ALTER ", "DROP ", "VACUUM", "ANALYZ", "REINDE", "COMMEN")
TARGET = re.compile(
    r"\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE(?:\s+ONLY)?|DELETE\s+FROM)\s+\"?(\w+)\"?", re.IGNORECASE
)
SET_COLUMNS = re.compile(r"\"(\w+)\" = ")
# What the newsroom writes beside a live page, such as at every pause of an editor's typing.
DRAFT_COLUMNS = {
    "wagtailcore_page": frozenset(
        {
            "draft_title",
            "has_unpublished_changes",
            "latest_revision_id",
            "latest_revision_created_at",
            "locked",
            "locked_at",
            "locked_by_id",
            "owner_id",
        }
    )
}
# No reader sees what is in these: drafts and their work, accounts, people's own data, the queue, the search.
SILENT = frozenset(
    """
    accounts_user accounts_user_groups accounts_user_user_permissions auth_group auth_group_permissions auth_permission
    core_contentversion core_maintenancerun core_periodicrun core_schedulerpause
    django_content_type django_migrations django_session django_tasks_database_dbtaskresult
    editorial_accountchange editorial_accountinvitation editorial_addresschange editorial_basis
    editorial_checklistwaiver editorial_foureyestask editorial_foureyestask_groups editorial_guestremark
    editorial_publicchange editorial_reminder editorial_reviewinvitation editorial_rolegroup
    editorial_scheduletrouble editorial_sectionreviewtask
    events_importedevent events_recaprequest events_registration events_subscription
    home_formrecord
    newsletter_announcedstory newsletter_chosensection newsletter_consentstep newsletter_delivery newsletter_sending
    newsletter_subscriber
    search_entrytext search_facetbucket search_filetext search_indexentry search_indexword search_loggedquery
    search_misspelling search_topicset search_words search_titles
    sheets_sheetrequest
    wagtailadmin_admin wagtailadmin_editingsession wagtailadmin_formstate
    wagtail_localize_localesynchronization wagtail_localize_overridablesegment wagtail_localize_relatedobjectsegment
    wagtail_localize_segmentoverride wagtail_localize_string wagtail_localize_stringsegment
    wagtail_localize_stringtranslation wagtail_localize_template wagtail_localize_templatesegment
    wagtail_localize_translatableobject wagtail_localize_translation wagtail_localize_translationcontext
    wagtail_localize_translationlog wagtail_localize_translationsource
    wagtailcore_apitoken wagtailcore_comment wagtailcore_commentreply wagtailcore_groupapprovaltask
    wagtailcore_groupapprovaltask_groups wagtailcore_groupcollectionpermission wagtailcore_grouppagepermission
    wagtailcore_groupsitepermission wagtailcore_modellogentry wagtailcore_pagelogentry wagtailcore_pagesubscription
    wagtailcore_revision wagtailcore_task wagtailcore_taskstate wagtailcore_uploadedfile
    wagtailcore_workflow wagtailcore_workflowcontenttype wagtailcore_workflowpage wagtailcore_workflowstate
    wagtailcore_workflowtask wagtailforms_formsubmission wagtailsearch_indexentry wagtailsearch_indexentry_fts
    wagtailusers_userprofile
    """.split()  # noqa: SIM905 - as names in a text they fill a third of the lines
)
RAISE = """
    INSERT INTO core_contentversion (id, number, mark) VALUES (1, %s, %s)
    ON CONFLICT (id) DO UPDATE SET number = core_contentversion.number + excluded.number, mark = excluded.mark
"""


class Pending:
    """What the open transaction of one connection has changed so far."""

    def __init__(self) -> None:
        self.content = False
        self.structure = False
        self.is_raising = False

    def __bool__(self) -> bool:
        return self.content or self.structure


def new_mark() -> int:
    """A number that no mark had before: one that is taken back by a rollback never comes again."""
    return secrets.randbits(62) + 1


def is_content(statement: Any) -> bool:
    """Whether a statement may change what readers see."""
    if not isinstance(statement, str):
        return True
    if statement[:6].upper().startswith(READING):
        return False
    found = TARGET.match(statement)
    if found is None:
        # A table expression before a SELECT reads; anything else that is unknown may do what it likes.
        word = statement.lstrip()[:6].upper()
        return not (word.startswith(READING + SCHEMA) or (word.startswith("WITH") and _only_reads(statement)))
    table = found.group(1).lower()
    if table in SILENT:
        return False
    columns = DRAFT_COLUMNS.get(table)
    if columns and statement[:6].upper() == "UPDATE":
        return not columns.issuperset(SET_COLUMNS.findall(statement.partition(" WHERE ")[0]))
    return True


def _only_reads(statement: str) -> bool:
    return re.search(r"\b(INSERT|UPDATE|DELETE|MERGE)\b", statement, re.IGNORECASE) is None


def watch(execute: Execute, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """A wrapper of every statement of a connection (Django's `execute_wrapper`)."""
    if (isinstance(sql, str) and sql.startswith("SELECT")) or not is_content(sql):
        return execute(sql, params, many, context)
    connection = context["connection"]
    pending = connection.portal_pending
    if pending.is_raising or not is_watching:
        return execute(sql, params, many, context)
    if connection.in_atomic_block or not connection.get_autocommit():
        pending.content = True
        return execute(sql, params, many, context)
    # The statement would commit by itself: the mark is raised with it.
    with transaction.atomic(using=connection.alias):
        pending.content = True
        result = execute(sql, params, many, context)
        if connection.vendor == "sqlite" and context["cursor"].cursor.description:
            # SQLite does not commit while a statement that writes still has rows to give.
            context["cursor"].cursor = Fetched(context["cursor"].cursor)
    return result


class Fetched:
    """A cursor whose rows have been read already."""

    def __init__(self, cursor: Any):
        self._cursor = cursor
        self._rows = iter(cursor.fetchall())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def __iter__(self) -> Any:
        return self._rows

    def fetchone(self) -> Any:
        return next(self._rows, None)

    def fetchall(self) -> list[Any]:
        return list(self._rows)

    def fetchmany(self, size: int = 1) -> list[Any]:
        return [row for row, _number in zip(self._rows, range(size), strict=False)]


def raise_mark(connection: Any) -> None:
    """Write the mark for what is pending, within the transaction that has changed it."""
    pending = connection.portal_pending
    if not pending or pending.is_raising or connection.needs_rollback:
        return
    pending.is_raising = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(RAISE, [int(pending.structure), new_mark()])
        pending.content = pending.structure = False
    finally:
        pending.is_raising = False


def structure_changed(connection: Any) -> None:
    """Count up the content version, too, with the open transaction or at once."""
    if not is_watching:
        return
    connection.ensure_connection()
    connection.portal_pending.structure = True
    if not connection.in_atomic_block and connection.get_autocommit():
        raise_mark(connection)


# False while there is no table to write to: before the first migrations, and before the one of this column.
is_watching = True


def _migrations_begin(sender: Any, using: str, **kwargs: Any) -> None:
    global is_watching
    is_watching = _has_mark(connections[using])


def _migrations_end(sender: Any, using: str, **kwargs: Any) -> None:
    global is_watching
    if not is_watching and _has_mark(connections[using]):
        is_watching = True
        structure_changed(connections[using])


def _has_mark(connection: Any) -> bool:
    with connection.cursor() as cursor:
        if "core_contentversion" not in connection.introspection.table_names(cursor):
            return False
        columns = connection.introspection.get_table_description(cursor, "core_contentversion")
    return "mark" in {column.name for column in columns}


def _connected(connection: Any, **kwargs: Any) -> None:
    if connection.alias == NO_DB_ALIAS:
        return
    connection.portal_pending = Pending()
    if watch in connection.execute_wrappers:
        return
    connection.execute_wrappers.insert(0, watch)
    commit = connection.commit

    def commit_with_mark() -> None:
        try:
            raise_mark(connection)
        except BaseException:
            # Django takes back what a DatabaseError stops, and would commit what anything else does.
            connection.rollback()
            raise
        commit()

    connection.commit = commit_with_mark


def watch_connections() -> None:
    connection_created.connect(_connected, dispatch_uid="content_mark")
    pre_migrate.connect(_migrations_begin, dispatch_uid="content_mark")
    post_migrate.connect(_migrations_end, dispatch_uid="content_mark")
