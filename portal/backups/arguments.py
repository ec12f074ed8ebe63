"""What every command that reads a backup can be told."""

from django.conf import settings
from django.core.management.base import CommandParser


def add_source(parser: CommandParser) -> None:
    """The place that the backup is in, and the key that opens it."""
    parser.add_argument(
        "--from", default=settings.BACKUP_DIR, metavar="PLACE", help="The folder or s3://… (BACKUP_DIR)."
    )
    parser.add_argument(
        "--identity", default=settings.BACKUP_IDENTITY, metavar="FILE", help="The secret key (BACKUP_IDENTITY)."
    )
