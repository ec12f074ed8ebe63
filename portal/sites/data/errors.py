"""The error for a site that cannot be exported, imported, renamed or deleted."""

from django.core.management.base import CommandError


class TransferError(CommandError):
    """A sentence with the problem and, where possible, its solution. Commands print it."""
