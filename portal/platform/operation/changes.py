"""The content version. Database triggers change it whenever content changes that readers may see.

It is the key of cached responses (`portal.platform.caching`), which are fresh until it changes.

SQLite has one writer at a time, so a trigger replaces one random number. On PostgreSQL all writers would lock that row
until they commit, and could deadlock. So each transaction adds a row with a random number, and the version is the
exclusive or of all committed rows. The version changes with each commit, in any order, and never repeats after a
rollback or a restored backup. `compact` replaces many rows with one without changing the version.
"""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connection, connections, router, transaction
from django.db.models.signals import post_migrate, pre_migrate

from portal.platform.operation import shown_rows

TABLE = "core_contentchange"
PREFIX = "portal_content_"
# `compact` only merges more rows than this.
MAX_ROWS = 20

# Models whose rows no reader sees: the newsroom's work, accounts, people's own data, the queue, the search. Changes of
# all other models count (tests/page_cache/test_content_version.py). `make judge` checks that no cached response depends
# on these models.
UNSEEN = frozenset(
    """
    account.EmailAddress account.EmailConfirmation mfa.Authenticator
    socialaccount.SocialAccount socialaccount.SocialApp socialaccount.SocialToken usersessions.UserSession
    accounts.User accounts.User_groups accounts.User_user_permissions auth.Group auth.Group_permissions auth.Permission
    audit.AuditEntry audit.AuditWords audit.UnchainedAct
    core.ContentChange core.DeletedRecord core.MaintenanceRun core.PeriodicRun core.SchedulerPause core.TrashedPage
    core.TrashedPage_live_pages
    django_tasks_database.DBTaskResult sessions.Session
    editorial.AccountChange editorial.AccountInvitation editorial.AddressChange editorial.Basis
    editorial.CalendarAddress editorial.ChecklistWaiver editorial.ClaimedRole editorial.FourEyesTask
    editorial.FourEyesTask_groups editorial.GuestRemark editorial.IdeaDecision editorial.PlannedItem
    editorial.ProvidedRole editorial.PublicChange
    editorial.Release editorial.ReleaseItem editorial.Reminder editorial.ReviewInvitation editorial.RoleGroup
    editorial.RoleProposal editorial.ScheduleTrouble editorial.SectionReviewTask editorial.SignInRule
    editorial.SiteChecklist
    events.EventLetter events.ImportedEvent events.Proposal events.ProposalPicture events.RecapRequest
    events.Registration events.Subscription
    home.FormRecord home.SentFile links.CheckedLink links.LinkPlace media.Rendition
    moving.ImportedItem moving.ImportRun moving.ImportSource
    newsletter.AnnouncedStory newsletter.ChosenSection newsletter.ConsentStep newsletter.Delivery newsletter.ListImport
    newsletter.Sending newsletter.Subscriber
    readership.ClickDay readership.DownloadDay readership.MissingDay readership.PageDay readership.PlaceDay
    readership.SubjectDay
    search.DraftEntry search.DraftText search.EntryText search.FacetBucket search.FileText search.IndexEntry
    search.IndexWord search.LoggedQuery search.Misspelling search.OpenedPlace search.TopicSet
    sheets.SheetRequest sites.HostState taggit.Tag taggit.TaggedItem
    wagtail_localize.LocaleSynchronization wagtail_localize.OverridableSegment wagtail_localize.RelatedObjectSegment
    wagtail_localize.SegmentOverride wagtail_localize.String wagtail_localize.StringSegment
    wagtail_localize.StringTranslation wagtail_localize.Template wagtail_localize.TemplateSegment
    wagtail_localize.TranslatableObject wagtail_localize.Translation wagtail_localize.TranslationContext
    wagtail_localize.TranslationLog wagtail_localize.TranslationSource
    wagtailadmin.Admin wagtailadmin.EditingSession wagtailadmin.FormState
    wagtailcore.APIToken wagtailcore.Comment wagtailcore.CommentReply wagtailcore.GroupApprovalTask
    wagtailcore.GroupApprovalTask_groups wagtailcore.GroupCollectionPermission wagtailcore.GroupPagePermission
    wagtailcore.GroupSitePermission wagtailcore.ModelLogEntry wagtailcore.PageLogEntry wagtailcore.PageSubscription
    wagtailcore.Revision wagtailcore.Task wagtailcore.TaskState wagtailcore.UploadedFile wagtailcore.Workflow
    wagtailcore.WorkflowContentType wagtailcore.WorkflowPage wagtailcore.WorkflowState wagtailcore.WorkflowTask
    webhooks.ReportedPage webhooks.Webhook webhooks.WebhookDelivery
    wagtailforms.FormSubmission wagtailsearch.IndexEntry wagtailsearch.SQLiteFTSIndexEntry wagtailusers.UserProfile
    """.split()  # noqa: SIM905 - as names in a text they fill a third of the lines
)
# Columns that the newsroom updates on live pages, for example with each autosave.
UNSEEN_COLUMNS = {
    "wagtailcore.Page": frozenset(
        {
            "draft_title",
            "has_unpublished_changes",
            "latest_revision_id",
            "latest_revision_created_at",
            "locked",
            "locked_at",
            "locked_by_id",
            "owner_id",
            # Child pages have rows of their own, whose changes count.
            "numchild",
        }
    )
}

SQLITE_TRIGGER = """
    CREATE TRIGGER "{name}" AFTER {event} ON "{table}" {condition}
    BEGIN UPDATE core_contentchange SET mark = random(); END
"""
POSTGRESQL_FUNCTION = """
    CREATE OR REPLACE FUNCTION portal_content_changed() RETURNS trigger LANGUAGE plpgsql
    -- A restored dump has no search path.
    SET search_path FROM CURRENT AS $$
    DECLARE is_shown boolean;
    BEGIN
        -- The arguments: when a row is shown, what is locked with a row, and columns that are not shown.
        IF TG_OP = 'UPDATE' THEN
            IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NULL; END IF;
            IF TG_NARGS > 2 AND to_jsonb(NEW) - TG_ARGV[2:]::text[] = to_jsonb(OLD) - TG_ARGV[2:]::text[] THEN
                RETURN NULL;
            END IF;
        END IF;
        IF TG_LEVEL = 'ROW' AND TG_ARGV[0] <> '' THEN
            IF TG_OP <> 'DELETE' AND TG_ARGV[1] <> '' THEN EXECUTE TG_ARGV[1] USING NEW; END IF;
            IF TG_OP <> 'INSERT' THEN
                EXECUTE 'SELECT ' || TG_ARGV[0] INTO is_shown USING OLD;
            END IF;
            IF TG_OP <> 'DELETE' AND is_shown IS NOT TRUE THEN
                EXECUTE 'SELECT ' || TG_ARGV[0] INTO is_shown USING NEW;
            END IF;
            IF is_shown IS NOT TRUE THEN RETURN NULL; END IF;
        END IF;
        -- One row for a transaction. Its next changes show in a variable that ends with it, for its own questions.
        IF coalesce(current_setting('portal.content_changed', true), '') = '' THEN
            INSERT INTO core_contentchange (mark) VALUES (hashtextextended(gen_random_uuid()::text, 0));
        END IF;
        -- A rollback, also to a savepoint, takes back both. Another number: the same would cancel the row.
        PERFORM set_config('portal.content_changed', hashtextextended(gen_random_uuid()::text, 0)::text, true);
        RETURN NULL;
    END $$
"""
POSTGRESQL_TRIGGERS = {
    "row": 'AFTER {events} ON "{table}" FOR EACH ROW',
    "all": 'AFTER TRUNCATE ON "{table}" FOR EACH STATEMENT',
}
# While triggers are missing, PostgreSQL has a row 0, which does not change the exclusive or.
VERSION = {
    "sqlite": "SELECT (SELECT mark FROM core_contentchange)",
    "postgresql": """
        SELECT CASE WHEN count(*) FILTER (WHERE mark = 0) = 0 THEN
            bit_xor(mark) # coalesce(nullif(current_setting('portal.content_changed', true), ''), '0')::bigint
        END FROM core_contentchange
    """,
}
CLOSE = {
    "sqlite": ["DELETE FROM core_contentchange"],
    "postgresql": ["INSERT INTO core_contentchange (mark) VALUES (0) ON CONFLICT DO NOTHING"],
}
OPEN = {
    "sqlite": ["DELETE FROM core_contentchange", "INSERT INTO core_contentchange (mark) VALUES (random())"],
    "postgresql": [
        "DELETE FROM core_contentchange WHERE mark = 0",
        "INSERT INTO core_contentchange (mark) VALUES (hashtextextended(gen_random_uuid()::text, 0))",
    ],
}
# The new row replaces exactly the deleted ones, even if others commit at the same time.
COMPACT = """
    WITH gone AS (DELETE FROM core_contentchange WHERE mark <> 0 RETURNING mark)
    INSERT INTO core_contentchange (mark) SELECT bit_xor(mark) FROM gone HAVING count(*) > 0
"""


class Table(NamedTuple):
    """A table whose changes count, with its relevant and its ignored columns."""

    model: Any
    columns: list[str]
    unseen: frozenset[str]


class Trigger(NamedTuple):
    table: str
    name: str
    sql: str


def content_version() -> int | None:
    """The version, including the open transaction's changes. None while migrations run: nothing may be cached then."""
    # The version is read from the same server as the content, which may be a replica.
    database = connections[router.db_for_read(apps.get_model("core", "ContentChange"))]
    with database.cursor() as cursor:
        cursor.execute(VERSION[database.vendor])
        version: int | None = cursor.fetchone()[0]
        return version


def seen_tables() -> dict[str, Table]:
    found = {}
    for model in apps.get_models(include_auto_created=True):
        options = model._meta
        if options.proxy or not options.managed or options.label in UNSEEN:
            continue
        unseen = UNSEEN_COLUMNS.get(options.label, frozenset())
        columns = [
            field.column for field in options.local_concrete_fields if field.column and field.column not in unseen
        ]
        found[options.db_table] = Table(model, columns, unseen)
    return found


def definition() -> str:
    """SQLite's triggers as text, to detect changes to them."""
    return repr([*_sqlite_triggers(seen_tables().items())])


def _events(table: Table) -> list[str]:
    is_unseen_at_first = table.model._meta.label in shown_rows.NEW_IS_UNSEEN
    return ["UPDATE", "DELETE"] if is_unseen_at_first else ["INSERT", "UPDATE", "DELETE"]


def _sqlite_triggers(tables: Iterable[tuple[str, Table]]) -> Iterable[Trigger]:
    for name, table in tables:
        differs = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in table.columns)
        for event in _events(table):
            rows = {"INSERT": ["NEW"], "UPDATE": ["OLD", "NEW"], "DELETE": ["OLD"]}[event]
            shown = " OR ".join(filter(None, (shown_rows.condition(table.model, "sqlite", row) for row in rows)))
            conditions = [f"({each})" for each in (differs if event == "UPDATE" else "", shown) if each]
            condition = f"WHEN {' AND '.join(conditions)}" if conditions else ""
            sql = SQLITE_TRIGGER.format(name="{name}", event=event, table=name, condition=condition)
            yield _trigger(name, f"{name}_{event.lower()}_", sql)


def _postgresql_triggers(tables: Iterable[tuple[str, Table]]) -> Iterable[Trigger]:
    functions = shown_rows.POSTGRESQL_FUNCTION + POSTGRESQL_FUNCTION
    for name, table in tables:
        shown = shown_rows.condition(table.model, "postgresql", "($1)"), shown_rows.lock_statement(table.model)
        arguments = ", ".join(_quote(each) for each in (*shown, *sorted(table.unseen)))
        for kind, what in POSTGRESQL_TRIGGERS.items():
            call = f"EXECUTE FUNCTION portal_content_changed({arguments if kind == 'row' else ''})"
            on = what.format(table=name, events=" OR ".join(_events(table)))
            yield _trigger(name, f"{kind}_", f'CREATE TRIGGER "{{name}}" {on} {call}', functions)


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _trigger(table: str, stem: str, sql: str, beside: str = "") -> Trigger:
    """A trigger whose name changes with its definition."""
    name = f"{PREFIX}{stem}{blake2b((sql + beside).encode(), digest_size=4).hexdigest()}"
    return Trigger(table, name, sql.format(name=name))


def _wanted_triggers(database: Any) -> list[Trigger]:
    """The triggers for all existing tables and, on SQLite, their existing columns."""
    with database.cursor() as cursor:
        there = set(database.introspection.table_names(cursor))
        tables = {name: table for name, table in seen_tables().items() if name in there}
        if database.vendor == "postgresql":
            return list(_postgresql_triggers(tables.items()))
        for name, table in tables.items():
            present = {column.name for column in database.introspection.get_table_description(cursor, name)}
            tables[name] = table._replace(columns=[column for column in table.columns if column in present])
    return list(_sqlite_triggers(tables.items()))


def _existing_triggers(database: Any) -> set[tuple[str, str]]:
    """The table and name of each of our triggers."""
    catalogue = (
        "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s"
        if database.vendor == "sqlite"
        else "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname LIKE %s"
    )
    with database.cursor() as cursor:
        cursor.execute(catalogue, [f"{PREFIX}%"])
        return set(cursor.fetchall())


def _has_table(database: Any) -> bool:
    with database.cursor() as cursor:
        return TABLE in database.introspection.table_names(cursor)


def _run(database: Any, statements: Iterable[str]) -> None:
    with transaction.atomic(using=database.alias), database.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _drop_statements(database: Any, triggers: Iterable[tuple[str, str]]) -> list[str]:
    of_table = database.vendor == "postgresql"
    return [f'DROP TRIGGER "{name}"' + (f' ON "{table}"' if of_table else "") for table, name in sorted(triggers)]


def install(database: Any) -> None:
    """Create and drop triggers as needed. There is no version until they are complete, and a new one afterwards."""
    if not _has_table(database):
        return
    wanted, existing = _wanted_triggers(database), _existing_triggers(database)
    missing = [trigger for trigger in wanted if (trigger.table, trigger.name) not in existing]
    needless = existing - {(trigger.table, trigger.name) for trigger in wanted}
    if missing or needless:
        _run(database, CLOSE[database.vendor])
    if missing and database.vendor == "postgresql":
        _run(database, [shown_rows.POSTGRESQL_FUNCTION, POSTGRESQL_FUNCTION])
    statements = [*_drop_statements(database, needless), *(trigger.sql for trigger in missing)]
    # PostgreSQL creates them one by one. Each waits for transactions that write to its table, and only one table is
    # locked at a time.
    for some in [[each] for each in statements] if database.vendor == "postgresql" else [statements]:
        _run(database, some)
    _run(database, OPEN[database.vendor])


def suspend(database: Any) -> None:
    """Remove the version while migrations run. On SQLite, no trigger may refer to the tables that they change."""
    if not _has_table(database):
        return
    statements = _drop_statements(database, _existing_triggers(database)) if database.vendor == "sqlite" else []
    _run(database, [*CLOSE[database.vendor], *statements])


def compact() -> None:
    """Replace many rows with one on PostgreSQL. The version stays the same."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_contentchange")
        if cursor.fetchone()[0] > MAX_ROWS:
            cursor.execute(COMPACT)


def _migrations_begin(sender: Any, using: str, plan: Any = (), **kwargs: Any) -> None:
    if plan:
        suspend(connections[using])


def _migrations_end(sender: Any, using: str, **kwargs: Any) -> None:
    install(connections[using])


def connect_triggers(app: Any) -> None:
    """Install the triggers after each `migrate` and `flush`."""
    pre_migrate.connect(_migrations_begin, sender=app, dispatch_uid="content_triggers")
    post_migrate.connect(_migrations_end, sender=app, dispatch_uid="content_triggers")
