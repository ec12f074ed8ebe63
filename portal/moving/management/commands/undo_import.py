from typing import Any

from django.core.management.base import CommandError, CommandParser

from portal.content.management.english import EnglishCommand
from portal.moving.models import ImportSource
from portal.moving.redirects_by_hand import redirects_to_break
from portal.moving.undoing import undo
from portal.moving.wording import broken_in_words


class Command(EnglishCommand):
    help = "Undo the import of another site: delete the pages that nobody has edited since, and list the others."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--site", required=True, metavar="HOST")
        parser.add_argument("--source", required=True, metavar="ADDRESS", help="The address of the old site.")

        parser.add_argument(
            "--dry-run", action="store_true", help="Only name the redirects made here that would lead to nothing."
        )

    def handle(self, *args: Any, site: str, source: str, **options: Any) -> None:
        found = ImportSource.objects.filter(site__hostname=site.partition(":")[0], address=source.rstrip("/"))
        if not found:
            raise CommandError(f"Nothing was imported from {source} into {site}.")
        for each in found:
            if options["dry_run"]:
                paths = redirects_to_break(each)
                self.stdout.write(broken_in_words(paths) if paths else "No redirect made here leads to these pages.")
                continue
            broken: list[str] = []
            counts, stay = undo(each, broken=broken)
            self.stdout.write(", ".join(f"{count:,} {name}" for name, count in counts.items()) + " are deleted.")
            for title in stay:
                self.stdout.write(f"“{title}” stays: it was edited or moved to another site, or a page below it stays.")
            if broken:
                self.stdout.write(self.style.WARNING(broken_in_words(broken)))
