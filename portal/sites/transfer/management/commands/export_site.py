from pathlib import Path
from time import perf_counter
from typing import Any

from django.core.management.base import CommandParser
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from portal.content.management.english import EnglishCommand
from portal.editorial.sites import site_by_host
from portal.sites.transfer.exporting import export_site


class Command(EnglishCommand):
    help = "Export everything that belongs to a site into a file, for import_site here or in another installation."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("host", help="The site's host name, with :port if several sites share it.")
        parser.add_argument(
            "--to", required=True, type=Path, metavar="FILE_OR_DIR", help="A file that does not exist, or a folder."
        )
        parser.add_argument(
            "--without-people",
            action="store_true",
            help=(
                "Leave out accounts and all that readers sent: subscriptions, registrations, messages, requests. The "
                "file still has the passwords of private pages."
            ),
        )

    def handle(self, *args: Any, host: str, to: Path, without_people: bool, **options: Any) -> None:
        site, began = site_by_host(host), perf_counter()
        file = to / f"{site.hostname}-{timezone.now():%Y-%m-%dT%H%M%SZ}.site.zip" if to.is_dir() else to
        found = export_site(site, file, people=not without_people)
        size = filesizeformat(file.stat().st_size)
        self.stdout.write(f"{file}: {found.summary}; {size}, in {perf_counter() - began:.1f} s.")
        for name in found.missing_files:
            self.stdout.write(f"Not in the export, since the file is missing: {name}")
        if found.left_out:
            self.stdout.write(f"{found.left_out:,} references to other sites' or deleted records were left out.")
        self.stdout.write(f"Checksum for import_site: {found.checksum}")
