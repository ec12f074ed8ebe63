from pathlib import Path
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError

from portal.backups.errors import NoRoomError
from portal.content.management.english import EnglishCommand
from portal.content.records.settings import SiteSettings
from portal.media.stored import StorageUnavailableError
from portal.sites.data.errors import TransferError
from portal.sites.transfer.archive import open_archive
from portal.sites.transfer.importing import Imported, import_site


class Command(EnglishCommand):
    help = "Import an exported site into this installation, completely or not at all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="The file that export_site has written.")
        parser.add_argument("--host", required=True, help="The site's host name here, such as news.example.org.")
        parser.add_argument("--port", type=int, help="The port in its URLs; 443 (the default with HTTPS) means https.")
        parser.add_argument(
            "--staging",
            action="store_true",
            help="Import a staging copy: hidden, without mails or newsletters, with pseudonyms for readers and people.",
        )
        parser.add_argument(
            "--keep-addresses", action="store_true", help="Do not replace addresses in a staging copy by pseudonyms."
        )
        parser.add_argument(
            "--and-mail", action="store_true", help="Let a copy send newsletters although its original exists here."
        )
        parser.add_argument(
            "--former-host",
            action="append",
            default=[],
            dest="former_hosts",
            metavar="HOST",
            help="A former host name of the site, which will redirect to the new one; may be repeated.",
        )
        parser.add_argument("--checksum", required=True, help="The checksum that export_site printed for the file.")
        parser.add_argument(
            "--identity",
            default=settings.EXPORT_IDENTITY,
            metavar="FILE",
            help="The file with the secret key of an encrypted export (EXPORT_IDENTITY).",
        )

    def handle(
        self, *args: Any, file: Path, host: str, port: int | None, checksum: str, identity: str, **options: Any
    ) -> None:
        began = perf_counter()
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        try:
            with open_archive(file, identity) as archive:
                if checksum != archive.checksum:
                    raise TransferError(f"This is another file: its checksum is {archive.checksum}.")
                names = ("staging", "keep_addresses", "and_mail", "former_hosts")
                found = import_site(archive, host, port=port, **{name: options[name] for name in names})
        except (OSError, DatabaseError, StorageUnavailableError, NoRoomError) as error:
            raise CommandError(f"Nothing was imported: {error}") from error
        took = perf_counter() - began
        self.stdout.write(
            f"{found.site.site_name} was imported: {found.site.root_url}/ ({_counts(found)}), in {took:.1f} s."
        )
        for line in notices(found, staging=options["staging"]):
            self.stdout.write(line)


def _counts(found: Imported) -> str:
    counts = {"pages": "wagtailcore.Page", "pictures": "media.Image", "documents": "media.Document"}
    return ", ".join(f"{found.rows.get(label, 0):,} {name}" for name, label in counts.items())


def notices(found: Imported, *, staging: bool) -> list[str]:
    lines = []
    if found.new_accounts:
        lines.append(f"{found.new_accounts:,} new accounts have no password: invite them from the list of people.")
    if found.new_shared:
        lines.append(f"{found.new_shared:,} topics, people, files or venues are new for the whole network.")
    if found.forgotten:
        lines.append(
            f"{found.forgotten:,} suppressed addresses are hashed with another LASTING_KEY, and cannot be recognised "
            "here."
        )
    if not staging and SiteSettings.for_site(found.site).is_staging:
        lines.append(
            "It was exported from a staging copy, and remains one: it sends no mails until its settings are changed."
        )
    if staging:
        lines.append(
            "It is a staging copy: hidden, and sends no mails. A network administrator can change that in its settings."
        )
    return lines
