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
from portal.sites.transfer.archive import opened
from portal.sites.transfer.importing import Imported, import_site


class Command(EnglishCommand):
    help = "Bring an exported site into this installation, beside the sites that it has: all of it, or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="What export_site has written.")
        parser.add_argument("--host", required=True, help="Such as news.example.org.")
        parser.add_argument("--port", type=int, help="443 stands for https, and is the default with HTTPS.")
        parser.add_argument(
            "--staging",
            action="store_true",
            help="As a copy to try things on: hidden, sends no mails, newsletters paused, readers anonymous.",
        )
        parser.add_argument("--keep-addresses", action="store_true", help="Of readers and people, in a staging copy.")
        parser.add_argument(
            "--and-mail", action="store_true", help="A copy beside its original, whose newsletters go out as well."
        )
        parser.add_argument(
            "--former-host",
            action="append",
            default=[],
            dest="former_hosts",
            metavar="HOST",
            help="A host that the site had, and that shall lead on to the new one; may be repeated.",
        )
        parser.add_argument("--seal", required=True, help="As export_site has printed it: other files are refused.")
        parser.add_argument(
            "--identity", default=settings.EXPORT_IDENTITY, metavar="FILE", help="The secret key (EXPORT_IDENTITY)."
        )

    def handle(
        self, *args: Any, file: Path, host: str, port: int | None, seal: str, identity: str, **options: Any
    ) -> None:
        began = perf_counter()
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        try:
            with opened(file, identity) as archive:
                if seal != archive.seal:
                    raise TransferError(f"This is another file: its seal is {archive.seal}.")
                names = ("staging", "keep_addresses", "and_mail", "former_hosts")
                found = import_site(archive, host, port=port, **{name: options[name] for name in names})
        except (OSError, DatabaseError, StorageUnavailableError, NoRoomError) as error:
            raise CommandError(f"Nothing was imported: {error}") from error
        took = perf_counter() - began
        self.stdout.write(
            f"{found.site.site_name} is here: {found.site.root_url}/ ({_counts(found)}), in {took:.1f} s."
        )
        for line in notes(found, staging=options["staging"]):
            self.stdout.write(line)


def _counts(found: Imported) -> str:
    counts = {"pages": "wagtailcore.Page", "pictures": "media.Image", "documents": "media.Document"}
    return ", ".join(f"{found.rows.get(label, 0):,} {name}" for name, label in counts.items())


def notes(found: Imported, *, staging: bool) -> list[str]:
    lines = []
    if found.new_accounts:
        lines.append(f"{found.new_accounts:,} new accounts have no password: invite them from the list of people.")
    if found.new_shared:
        lines.append(f"{found.new_shared:,} topics, people, files or venues are new for the whole network.")
    if found.forgotten:
        lines.append(
            f"{found.forgotten:,} addresses that no mail may go to are known by a hash of another LASTING_KEY only, "
            "and cannot be recognised here."
        )
    if not staging and SiteSettings.for_site(found.site).is_staging:
        lines.append(
            "It was a staging copy when it was exported, and stays one: it sends no mails until that is changed."
        )
    if staging:
        lines.append(
            "It is a staging copy: hidden, and sends no mails. A network administrator can change that in its settings."
        )
    return lines
