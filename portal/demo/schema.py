"""The database as the migrations leave it, kept as a file: who begins with nothing does not wait for them."""

import inspect
import lzma
import sqlite3
import tempfile
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from django.db.migrations.loader import MigrationLoader

from portal.platform.operation.changes import definition

FOLDER = Path(__file__).parent / "schema"


def fingerprint() -> str:
    """Sixteen hexadecimal digits that change with any migration, of ours or of a library, and with the triggers."""
    digest = sha256(definition().encode())
    for (app, name), migration in sorted(MigrationLoader(None).disk_migrations.items()):
        digest.update(f"{app}.{name}\n".encode())
        digest.update(Path(inspect.getfile(type(migration))).read_bytes())
    return digest.hexdigest()[:16]


def kept_file() -> Path:
    """Where the schema of the present migrations is kept; nothing is there if it was not written for them."""
    return FOLDER / f"{fingerprint()}.sqlite3.xz"


def write(database: sqlite3.Connection) -> Path:
    """Keep the schema of a database that was just migrated, in place of any other that was kept."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "schema.sqlite3"
        # A copy of the pages alone: no free pages, no journal.
        database.execute("VACUUM INTO ?", [str(copy)])
        packed = lzma.compress(copy.read_bytes(), preset=9 | lzma.PRESET_EXTREME)
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.sqlite3.xz"):
        old.unlink()
    path = kept_file()
    path.write_bytes(packed)
    return path


def fill(database: sqlite3.Connection) -> bool:
    """Put the kept schema in place of everything in a database; False if none is kept for the present migrations."""
    kept = kept_file()
    if not kept.exists():
        return False
    with closing(sqlite3.connect(":memory:")) as source:
        source.deserialize(lzma.decompress(kept.read_bytes()))
        source.backup(database)
    return True
