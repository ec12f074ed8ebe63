"""Replaces the content of an installation with a backup: uploaded files first, the database last."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import connection

from portal.backups import databases
from portal.backups.errors import BackupError, noticing_full_disk
from portal.backups.locking import scratch
from portal.backups.media import copy_new, folder_of, uploads
from portal.backups.repositories import Backup, Repository
from portal.platform.operation.keys import fingerprint_of_lasting_key
from portal.platform.records.maintenance import MaintenanceRun
from portal.platform.tasks.pause import RESTORED

MAX_NAMED = 20


@dataclass(frozen=True)
class Restored:
    backup: Backup
    files_written: int
    files_damaged: list[str]

    @property
    def is_of_another_key(self) -> bool:
        """Whether LASTING_KEY differs, so that links in sent emails and suppressed addresses are not recognised."""
        return bool(self.backup.manifest["lasting_key"] != fingerprint_of_lasting_key())


def check_fits(backup: Backup) -> None:
    """Raise BackupError for another kind of database, or for a schema that this version does not have."""
    vendor = backup.manifest["database"]["vendor"]
    if vendor != connection.vendor:
        raise BackupError(f"{backup.name} is a backup of {vendor}, but DATABASE_URL names {connection.vendor}.")
    newer = databases.newer_migrations(backup.manifest["migrations"])
    if newer:
        raise BackupError(
            f"{backup.name} was made by version {backup.manifest['versions']['portal']}, whose schema is newer than "
            f"that of this version ({', '.join(newer[:3])}): install that version first."
        )


def restore(
    repository: Repository, name: str = "", *, without_damaged: bool = False, only_files: bool = False
) -> Restored:
    """Restore a backup, by default the newest; a BackupError is raised before the database is changed.

    With `only_files`, only missing files are restored; the database and other files stay as they are.
    """
    backup = repository.find(name)
    if not only_files:
        check_fits(backup)
    if unknown := backup.manifest["media"].keys() - uploads().keys():
        raise BackupError(f"{backup.name} has files of an unknown storage ({', '.join(unknown)}); nothing was changed.")
    with (
        noticing_full_disk(f"{settings.DATA_DIR} or the storage of uploaded files"),
        scratch("restore", "Another backup is being restored here.") as folder,
    ):
        dumped = folder / databases.FILES[connection.vendor]
        if not only_files:
            _fetch_database(repository, backup, dumped)
        written, damaged = _restore_media(repository, backup, folder / "media", only_missing=only_files)
        if damaged and not without_damaged:
            more = f" and {len(damaged) - MAX_NAMED} more" if len(damaged) > MAX_NAMED else ""
            raise BackupError(
                f"These files are damaged or missing in {repository}: {', '.join(damaged[:MAX_NAMED])}{more}. The "
                "database is unchanged; other missing files were restored. --without-damaged restores the rest."
            )
        if not only_files:
            # This is the last step, in one transaction. Nothing changes for readers before it.
            databases.restore(dumped)
            # `resume` compares the key.
            MaintenanceRun.note(RESTORED, True, name=backup.name, lasting_key=backup.manifest["lasting_key"])
    return Restored(backup, written, damaged)


def _fetch_database(repository: Repository, backup: Backup, target: Path) -> None:
    with target.open("wb") as file:
        repository.read(backup.name, target.name, file)
    if databases.checksum(target) != backup.manifest["database"]["sha256"]:
        raise BackupError(f"{target.name} of {backup.name} is damaged; nothing was changed.")


def _restore_media(
    repository: Repository, backup: Backup, scratch_folder: Path, *, only_missing: bool
) -> tuple[int, list[str]]:
    written, damaged = 0, []
    for alias in backup.manifest["media"]:
        storage = uploads()[alias]
        folder = folder_of(storage)
        target = folder or scratch_folder / alias
        count, wrong = repository.restore_media(backup, alias, target, only_missing=only_missing)
        written += count if folder else copy_new(FileSystemStorage(target), storage, only_missing=only_missing)
        damaged += wrong
    return written, damaged
