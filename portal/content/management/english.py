"""The base class of commands: their output is English, next to sentences that the newsroom shows as well."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import override

from portal.media.stored import StorageUnavailableError


class EnglishCommand(BaseCommand):
    """Speaks English whatever LANGUAGE_CODE is, and ends with one line instead of a traceback for a usual fault."""

    def execute(self, *args: Any, **options: Any) -> Any:
        try:
            with override("en"):
                return super().execute(*args, **options)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except DatabaseError as error:
            raise CommandError(f"The database does not answer: {error}") from error
        except (OSError, StorageUnavailableError) as error:
            raise CommandError(str(error)) from error
