from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from portal.backups.errors import noticing_full_disk
from portal.content.extension_points import site_export_formats
from portal.content.management.english import EnglishCommand
from portal.editorial.sites import site_by_host

# Each applies to some formats only.
OPTIONS = ("without_people", "drafts", "language")


class Command(EnglishCommand):
    help = (
        "Export a site: everything into a file, for import_site here or in another installation; or its content in a "
        "format that other programs read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("host", help="The site's host name, with :port if several sites share it.")
        parser.add_argument(
            "--format",
            default="archive",
            choices=sorted(site_export_formats),
            help="archive: everything, for import_site. static: the public site as a folder for any web server. json: "
            "all content, as a folder of JSON lines and files. wxr: stories, pages and events, for WordPress.",
        )
        parser.add_argument(
            "--to",
            required=True,
            type=Path,
            metavar="FILE_OR_DIR",
            help="archive, wxr: a file that does not exist, or a folder; static, json: a folder that does not exist, "
            "or is empty.",
        )
        parser.add_argument(
            "--without-people",
            action="store_true",
            help=(
                "archive: leave out accounts and all that readers sent: subscriptions, registrations, messages, "
                "requests. The file still has the passwords of private pages."
            ),
        )
        parser.add_argument(
            "--drafts",
            action="store_true",
            help="json, wxr: the newest version of each page, published or not. Default: what is published.",
        )
        parser.add_argument("--language", default="", help="wxr: only the pages in this language, such as fr.")

    def handle(self, *args: Any, host: str, to: Path, **options: Any) -> None:
        site, name = site_by_host(host), options["format"]
        # `call_command` does not check choices.
        if (chosen := site_export_formats.get(name)) is None:
            raise CommandError(f"There is no format {name}. Formats: {', '.join(sorted(site_export_formats))}.")
        given = {option: options[option] for option in OPTIONS if options[option]}
        if wrong := sorted(given.keys() - chosen.options):
            raise CommandError(f"--{wrong[0].replace('_', '-')} does not apply to format {name}.")
        with noticing_full_disk(str(to.absolute().parent)):
            for line in chosen.write(site, to, **given):
                self.stdout.write(line)
