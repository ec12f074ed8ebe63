from time import perf_counter

from django.core.management.base import BaseCommand, CommandError

from search.indexing.checking import check, rebuild


class Command(BaseCommand):
    help = "Compare the search index with the pages and mend what differs; readers find what there is meanwhile."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="Only tell; fails where anything differs.")
        parser.add_argument("--rebuild", action="store_true", help="Write every entry anew, right or not.")

    def handle(self, *args, dry_run, **options):
        if options["rebuild"]:
            if dry_run:
                raise CommandError("A rebuild is no dry run: choose one of them.")
            began = perf_counter()
            written = rebuild()
            self.stdout.write(f"{written:,} entries written, {written / (perf_counter() - began):,.0f} a second.")
            return
        found = check(mend=not dry_run)
        lines = [
            f"{found.missing:,} pages were not in the index",
            f"{found.outdated:,} entries were not as their page is",
            f"{found.unwanted:,} entries were of pages that not every reader may see",
            f"{found.wordless:,} entries had lost their words",
            f"{found.stray:,} words belonged to no entry",
        ]
        self.stdout.write(",\n".join(lines) + ".")
        if dry_run and found.total:
            raise CommandError("The index differs from the pages: run check_search to mend it.")
