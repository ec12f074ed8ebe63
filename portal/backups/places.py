"""Which repository an address of `BACKUP_DIR` names."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandParser

from portal.backups.errors import BackupError
from portal.backups.plain import PlainFolder
from portal.backups.repositories import Repository
from portal.backups.restic import Restic
from portal.env import is_remote


def repository_at(address: Path | str) -> Repository:
    """Raise BackupError for an invalid address, or one that does not match BACKUP_PASSWORD."""
    if is_remote(address):
        if not settings.BACKUP_PASSWORD:
            raise BackupError("Only restic writes backups to another machine: set BACKUP_PASSWORD.")
        return Restic(str(address))
    root = Path(address).resolve()
    is_restic = (root / "config").is_file() and (root / "keys").is_dir()
    if is_restic and not settings.BACKUP_PASSWORD:
        raise BackupError(f"{root} is a repository of restic: set the BACKUP_PASSWORD that it was made with.")
    plain = PlainFolder(root)
    return Restic(str(root)) if is_restic or (settings.BACKUP_PASSWORD and not plain.names()) else plain


def add_source(parser: CommandParser) -> None:
    where = "The folder, s3://… or sftp:… (BACKUP_DIR)."
    parser.add_argument("--from", default=settings.BACKUP_DIR, metavar="PLACE", help=where)
