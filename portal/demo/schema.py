"""The schema of the last release in a file, so that a new database needs only later migrations."""

import inspect
import lzma
import sqlite3
import tempfile
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from django.db.migrations.loader import MigrationLoader

from portal.audit.triggers import definition as audit_triggers
from portal.platform.operation.changes import definition

FOLDER = Path(__file__).parent / "schema"


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

    If not, `migrate` applies the others. A schema with migrations that this version no longer has is not used.
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
