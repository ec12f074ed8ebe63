from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError

from portal.content.management.english import EnglishCommand
from portal.editorial.sites import site_by_host
from portal.sites import deletion
from portal.sites.data.errors import TransferError
from portal.sites.data.scope import Scope


class Command(EnglishCommand):
    help = "Export a site as export_site does, then delete it with its pages, media, readers' data and newsroom."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", required=True, help="The site's host name, with :port if several sites share it.")
        parser.add_argument("--export", type=Path, metavar="FILE", help="The file to export it to; must not exist.")
        parser.add_argument("--without-export", action="store_true", help="Delete it without an export.")
        parser.add_argument("--confirm", default="", metavar="HOST", help="The host name again, to delete the site.")

    def handle(self, *args: Any, host: str, export: Path | None, confirm: str, **options: Any) -> None:
        site = site_by_host(host)
        # Wagtail's initial site has no name.
        name = site.site_name or site.hostname
        if confirm != site.hostname:
            wrong = f"{confirm} is not the host of {name}. " if confirm else ""
            raise CommandError(
                f"{wrong}Nothing was deleted or exported. To delete {name} with its "
                f"{Scope(site).pages.count()} pages, add --confirm {site.hostname}"
            )
        if (export is None) is not options["without_export"]:
            raise CommandError("Use either --export FILE or --without-export.")
        try:
            if export is not None:
                if deletion.export is None:
                    raise CommandError("Sites cannot be exported: portal.sites.transfer is not installed.")
                found = deletion.export(site, export)
                self.stdout.write(f"{export}: {found.summary}. Checksum for import_site: {found.checksum}")
            deletion.delete_site(site)
        except TransferError as error:
            raise CommandError(
                f"Nothing was deleted: {error}".replace("deleted: Nothing was deleted", "deleted")
            ) from error
        except (OSError, DatabaseError) as error:
            raise CommandError(f"Nothing was deleted: {error}") from error
        self.stdout.write(f"{name} was deleted.")
