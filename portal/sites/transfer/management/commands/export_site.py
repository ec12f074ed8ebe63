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
    help = "Write everything of one site into a file: import_site brings it back, here or in another installation."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("host", help="Such as news.example.org; with :port where several sites share it.")
        parser.add_argument(
            "--to", required=True, type=Path, metavar="FILE_OR_DIR", help="Must not exist, or is a folder."
        )
        parser.add_argument(
            "--without-people",
            action="store_true",
            help=(
                "Leave out accounts, and whatever readers sent: subscribers, registrations, messages, requests. "
                "Passwords of private pages stay in it."
            ),
        )

    def handle(self, *args: Any, host: str, to: Path, without_people: bool, **options: Any) -> None:
        site, began = site_by_host(host), perf_counter()
        file = to / f"{site.hostname}-{timezone.now():%Y-%m-%dT%H%M%SZ}.site.zip" if to.is_dir() else to
        found = export_site(site, file, people=not without_people)
        size = filesizeformat(file.stat().st_size)
        self.stdout.write(f"{file}: {found.summary}; {size}, in {perf_counter() - began:.1f} s.")
        for name in found.missing_files:
            self.stdout.write(f"Its file is missing, and not in the export: {name}")
        if found.left_behind:
            self.stdout.write(
                f"{found.left_behind:,} references to what other sites have, or to what is gone, were left out."
            )
        self.stdout.write(f"Seal, which import_site needs: {found.seal}")
