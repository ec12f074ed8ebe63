from collections import Counter
from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from wagtail.models import Site

from events.importing.fetch import FetchError, fetch
from portal.content.management.english import EnglishCommand
from portal.moving.crawling import crawl
from portal.moving.reporting import write_spreadsheet
from portal.moving.sources.sitemaps import MOST_BYTES, addresses_in
from portal.moving.wordpress.records import ExportError

MOST_NAMED = 20


class Command(EnglishCommand):
    help = (
        "List every address of the old site's sitemap with what this installation responds with: before the switch and "
        "after it. Exits with 1 if an address is lost."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("sitemap", help="A file, or an address: a sitemap or an index of sitemaps.")
        parser.add_argument("--site", required=True, metavar="HOST", help="The site here that takes its place.")
        parser.add_argument(
            "--private-host",
            action="append",
            default=[],
            metavar="HOST[:PORT]",
            help="Also read a sitemap on this host, although it is not on the public internet. May be repeated.",
        )
        parser.add_argument("--report", type=Path, metavar="FILE", help="Write a line for each address (CSV or XLSX).")

    def handle(self, *args: Any, sitemap: str, site: str, report: Path | None, **options: Any) -> None:
        here = Site.objects.filter(hostname=site.partition(":")[0]).order_by("pk").first()
        if here is None:
            raise CommandError(f"There is no site with the host {site}.")
        try:
            found = list(crawl(addresses_in(sitemap, partial(_read, private_hosts=options["private_host"])), here))
        except ExportError as error:
            raise CommandError(str(error)) from error
        if report:
            rows = [[each.address, each.status, each.target, each.end or "", each.is_lost] for each in found]
            write_spreadsheet(report, [["address", "status", "leads to", "status there", "lost"], *rows])
        counts = Counter(f"{each.status} → {each.end}" if each.end else str(each.status) for each in found)
        for statuses, count in sorted(counts.items()):
            self.stdout.write(f"{count:,} × {statuses}")
        lost = [each for each in found if each.is_lost]
        for each in lost[:MOST_NAMED]:
            self.stdout.write(f"lost: {each.address}")
        if lost:
            raise CommandError(f"{len(lost):,} of {len(found):,} addresses are lost.")
        self.stdout.write(f"None of {len(found):,} addresses is lost.")


def _read(place: str, private_hosts: Collection[str]) -> bytes:
    try:
        if place.startswith(("http://", "https://")):
            accept = "application/xml, */*;q=0.5"
            return fetch(place, accept=accept, max_bytes=MOST_BYTES, private_hosts=private_hosts).body or b""
        return Path(place).read_bytes()
    except (FetchError, OSError) as error:
        raise ExportError(str(error), part=place) from error
