"""Why a site cannot be exported, imported, renamed or deleted."""

from django.core.management.base import CommandError


class TransferError(CommandError):
    """The text says what is wrong and, where possible, what to do; a command ends with it."""
