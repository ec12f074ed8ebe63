"""The language of commands, whose own words are English and stand beside sentences that the newsroom shows as well."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import override


class EnglishCommand(BaseCommand):
    """Speaks English whatever LANGUAGE_CODE is. What it writes into the database says its language by itself."""

    def execute(self, *args: Any, **options: Any) -> Any:
        with override("en"):
            return super().execute(*args, **options)
