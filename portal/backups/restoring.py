"""Puts a backup in place of what an installation has, once all of it has proved to be whole."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from itertools import islice

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from portal.backups import databases
from portal.backups.encryption import Opening, copy
from portal.backups.errors import BackupError, noticing_full_disk
from portal.backups.locking import scratch
from portal.backups.media import MediaRestore
from portal.backups.store import Backup, BackupStore
from portal.platform.operation.keys import fingerprint_of_lasting_key
from portal.platform.records.maintenance import MaintenanceRun
from portal.platform.tasks.pause import RESTORED

MOST_NAMED = 20


@dataclass(frozen=True)
class Restored:
    backup: Backup
    files_written: int
    # By their names, their keys in the store.
    files_damaged: dict[str, str]

    @property
    def is_of_another_key(self) -> bool:
        """Whether links in mails that were sent, and addresses that no mail may go to, are not recognised here."""
        # Earlier backups do not say.
        found = self.backup.manifest.get("lasting_key")
        return found is not None and found != fingerprint_of_lasting_key()


def note_restored(restored: Restored) -> None:
    """Keep by which key links and addresses were signed, for whoever lets the scheduler go on."""
    key = restored.backup.manifest.get("lasting_key", "")
    MaintenanceRun.note(RESTORED, True, name=restored.backup.name, lasting_key=key)


def check_fits(backup: Backup) -> None:
    """Raise BackupError for another kind of database, or a schema that this version does not know."""
    vendor = backup.manifest["database"]["vendor"]
    if vendor != connection.vendor:
        raise BackupError(f"{backup.name} is of {vendor}, and DATABASE_URL names {connection.vendor}.")
    known = MigrationLoader(None).disk_migrations
    newer = [f"{app}.{name}" for app, names in backup.manifest["migrations"].items() for name in names]
    newer = [name for name in newer if tuple(name.split(".", 1)) not in known and not _is_replaced(name, known)]
    if newer:
        made_by = backup.manifest["versions"]["portal"]
        raise BackupError(
            f"{backup.name} was made by version {made_by} and has a newer schema than this version knows "
            f"({', '.join(newer[:3])}): install that version first."
        )


def restore(
    store: BackupStore, name: str, identity: str, *, without_damaged: bool = False, only_files: bool = False
) -> Restored:
    """Restore a backup, by default the newest; raise BackupError before anything is changed.

    With `only_files` it brings back the files that are missing, and touches neither the database nor other files.
    """
    backup = store.read(name)
    if not only_files:
        databases.check_tools()
        check_fits(backup)
    with (
        noticing_full_disk(f"{settings.DATA_DIR} or where uploaded files are kept"),
        scratch("restore", "Another backup is being restored here.") as folder,
    ):
        opening = Opening(backup.manifest["sealing"], identity)
        dumped = folder / backup.manifest["database"]["file"]
        if not only_files:
            with dumped.open("wb") as target:
                _opened(store, backup, "database", opening, target)
        names = BytesIO()
        _opened(store, backup, "names", opening, names)
        media = MediaRestore(store, backup.manifest["sealing"], opening, json.loads(names.getvalue()))
        if not media.names_what_is_ours():
            raise BackupError(f"{backup.name} names files outside of the storage; nothing is changed.")
        damaged = media.damaged()
        if damaged and not without_damaged:
            named = ", ".join(f"{name} ({key})" for name, key in islice(damaged.items(), MOST_NAMED))
            more = f" and {len(damaged) - MOST_NAMED} more" if len(damaged) > MOST_NAMED else ""
            raise BackupError(
                f"These files are damaged or missing in {store.place}: {named}{more}. "
                "Nothing is changed; --without-damaged restores all others."
            )
        written = media.run(damaged.keys(), only_missing=only_files)
        if not only_files:
            # Last, and at once: until here the installation shows what it has shown.
            databases.put_back(dumped)
    return Restored(backup, written, damaged)


def _opened(store: BackupStore, backup: Backup, part: str, opening: Opening, target: object) -> None:
    """Write the plain content of a part of the backup; raise BackupError if it is not what was written."""
    found = backup.manifest[part]
    digest = sha256()
    try:
        with (
            noticing_full_disk(str(settings.DATA_DIR)),
            store.place.open(f"{backup.name}/{found['file']}") as source,
        ):
            copy(source, digest)
            if digest.hexdigest() != found["sha256"]:
                raise BackupError(f"{found['file']} of {backup.name} is damaged; nothing is changed.")
            source.seek(0)
            opening.read(source, target)
    except OSError as error:
        raise BackupError(f"{found['file']} of {backup.name} cannot be read: {error}") from error


def _is_replaced(name: str, known: Mapping[tuple[str, str], object]) -> bool:
    """Whether a migration is one that this version has squashed into another."""
    key = tuple(name.split(".", 1))
    return any(key in getattr(migration, "replaces", ()) for migration in known.values())
