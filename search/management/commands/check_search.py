from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from search.indexes import DRAFTS, PUBLIC
from search.indexing.checking import check, rebuild
from search.meaning.reading import enqueue_reading, unread


class Command(BaseCommand):
    help = "Compare the search index with the pages and repair differences. Readers can search while it runs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only report, and fail if anything differs.")
        parser.add_argument("--rebuild", action="store_true", help="Rewrite every entry, even if it is up to date.")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        if options["rebuild"]:
            if dry_run:
                raise CommandError("Use either --dry-run or --rebuild.")
            began = perf_counter()
            written = rebuild() + rebuild(DRAFTS)
            self.stdout.write(f"{written:,} entries written, {written / (perf_counter() - began):,.0f} a second.")
            return
        total = 0
        for index, name in ((PUBLIC, "the index"), (DRAFTS, "the newsroom's index")):
            differences = check(index, repair=not dry_run)
            total += differences.total
            lines = [
                f"{differences.missing:,} pages were not in {name}",
                f"{differences.outdated:,} entries were out of date",
                f"{differences.unwanted:,} entries belonged to pages that are not public",
                f"{differences.wordless:,} entries had no terms",
                f"{differences.stray:,} terms belonged to no entry",
            ]
            self.stdout.write(",\n".join(lines) + ".")
        if pages := unread():
            self.stdout.write(f"{len(pages):,} texts have no vector for semantic search yet.")
            if not dry_run:
                enqueue_reading(pages)
        if dry_run and total:
            raise CommandError("An index differs from the pages: run check_search to repair it.")
