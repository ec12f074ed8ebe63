"""What every command that reads a backup can be told."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandParser


def add_source(parser: CommandParser) -> None:
    """The folder that the backup is in, and the key that opens it."""
    parser.add_argument(
        "--from", type=Path, default=settings.BACKUP_DIR, metavar="DIR", help="The folder (BACKUP_DIR)."
    )
    parser.add_argument(
        "--identity", default=settings.BACKUP_IDENTITY, metavar="FILE", help="The secret key (BACKUP_IDENTITY)."
    )
