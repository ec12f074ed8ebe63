"""The base class of commands whose output contains newsroom messages."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import override

from portal.media.stored import StorageUnavailableError


class EnglishCommand(BaseCommand):
    """Writes English with any LANGUAGE_CODE, and replaces the traceback of an expected error by one line."""

    def execute(self, *args: Any, **options: Any) -> Any:
        try:
            with override("en"):
                return super().execute(*args, **options)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except DatabaseError as error:
            raise CommandError(f"The database does not respond: {error}") from error
        except (OSError, StorageUnavailableError) as error:
            raise CommandError(str(error)) from error
