"""The schema of the last release in a file, so that a new database needs only later migrations.

`migrate` takes seconds even for a few migrations, because it computes all models before and after each of them. So
`start_from_release` creates the tables changed by these migrations from the current models instead.
"""

import inspect
import lzma
import sqlite3
import tempfile
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management.sql import emit_post_migrate_signal
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import (
    AlterModelManagers,
    AlterModelOptions,
    CreateModel,
    Migration,
    RenameModel,
    RunPython,
    SeparateDatabaseAndState,
)
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.fields import FieldOperation
from django.db.migrations.operations.models import AlterTogetherOptionOperation, IndexOperation

from portal.audit.triggers import definition as audit_triggers
from portal.platform.operation.changes import definition

FOLDER = Path(__file__).parent / "schema"
# On an empty table, these operations result in the table of the current model.
OF_A_MODEL = (
    CreateModel,
    FieldOperation,
    IndexOperation,
    AlterTogetherOptionOperation,
    AlterModelOptions,
    AlterModelManagers,
)


def fingerprint() -> str:
    """Sixteen hexadecimal digits that change with the triggers and with any migration, ours or a library's."""
    digest = sha256((definition() + audit_triggers()).encode())
    for (app, name), migration in sorted(MigrationLoader(None).disk_migrations.items()):
        digest.update(f"{app}.{name}\n".encode())
        digest.update(Path(inspect.getfile(type(migration))).read_bytes())
    return digest.hexdigest()[:16]


def released_schema() -> Path | None:
    return next(FOLDER.glob("*.sqlite3.xz"), None)


def write(database: sqlite3.Connection) -> Path:
    """Store the schema of a freshly migrated database, replacing that of the previous release."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "schema.sqlite3"
        # A compact copy: no free pages, no journal.
        database.execute("VACUUM INTO ?", [str(copy)])
        packed = lzma.compress(copy.read_bytes(), preset=9 | lzma.PRESET_EXTREME)
    FOLDER.mkdir(exist_ok=True)
    if old := released_schema():
        old.unlink()
    path = FOLDER / f"{fingerprint()}.sqlite3.xz"
    path.write_bytes(packed)
    return path


def load_schema(database: sqlite3.Connection) -> bool:
    """Load the schema of the last release into a database; return whether it has every migration.

    If not, `migrate` applies the rest. A schema with migrations that this version no longer has is not used.
    """
    path = released_schema()
    if path is None:
        return False
    with closing(sqlite3.connect(":memory:")) as source:
        source.deserialize(lzma.decompress(path.read_bytes()))
        applied = set(source.execute("SELECT app, name FROM django_migrations"))
        if not applied <= MigrationLoader(None).disk_migrations.keys():
            return False
        source.backup(database)
    return path.name.startswith(fingerprint())


def start_from_release(database: BaseDatabaseWrapper) -> bool:
    """Create the current tables in an empty SQLite database without `migrate`; return whether this was possible."""
    return load_schema(database.connection) or _apply_later(database)


def _apply_later(database: BaseDatabaseWrapper) -> bool:
    """Apply the migrations since the release, if possible; otherwise change nothing.

    It is not possible if one of them changes a table that has rows, or does more than change tables.
    """
    executor = MigrationExecutor(database)
    plan = [migration for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    released = {app for app, _ in executor.loader.applied_migrations}
    models = _changed_models(plan, released) if released else None
    if models is None:
        return False
    existing = [model for model in models if model._meta.db_table in database.introspection.table_names()]
    if any(model._base_manager.using(database.alias).exists() for model in existing):
        return False
    with database.schema_editor() as editor:
        for model in existing:
            # django-stubs lacks this argument of Django's SQLite schema editor.
            editor.delete_model(model, handle_autom2m=False)  # type: ignore[call-arg]
        for model in models:
            # This also creates the tables of many-to-many fields.
            if not model._meta.auto_created:
                editor.create_model(model)
        for migration in plan:
            executor.record_migration(migration.app_label, migration.name)
    # The receivers add content types, permissions and the triggers of the new tables.
    emit_post_migrate_signal(verbosity=0, interactive=False, db=database.alias)
    for app, name in _former_names(plan):
        ContentType.objects.using(database.alias).filter(app_label=app, model=name).delete()
    return True


def _former_names(plan: list[Migration]) -> list[tuple[str, str]]:
    """The app and former name of each model that these migrations rename without its table."""
    return [
        (migration.app_label, operation.old_name_lower)
        for migration in plan
        for each in migration.operations
        if isinstance(each, SeparateDatabaseAndState)
        for operation in each.state_operations
        if isinstance(operation, RenameModel)
    ]


def _changed_models(plan: list[Migration], released: set[str]) -> list[Any] | None:
    """The models whose tables these migrations change; None if they do anything else."""
    found: dict[Any, None] = {}
    for migration in plan:
        for operation in migration.operations:
            if isinstance(operation, RunPython) and (operation.elidable or migration.app_label not in released):
                # It only changes existing rows, and there are none yet.
                continue
            if isinstance(operation, SeparateDatabaseAndState) and not operation.database_operations:
                # It changes no table.
                continue
            if not isinstance(operation, OF_A_MODEL):
                return None
            name = getattr(operation, "model_name", None) or operation.name  # type: ignore[union-attr]
            model: Any = apps.all_models[migration.app_label].get(name.lower())
            if model is None:
                return None
            throughs = [field.remote_field.through for field in model._meta.local_many_to_many]
            if model._meta.managed and not model._meta.proxy:
                found |= dict.fromkeys([model, *(each for each in throughs if each._meta.auto_created)])
    return list(found)
