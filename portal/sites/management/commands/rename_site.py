from typing import Any

from django.core.management.base import CommandParser

from portal.content.management.english import EnglishCommand
from portal.editorial.sites import site_by_host
from portal.sites.renaming import rename_site


class Command(EnglishCommand):
    help = "Change a site's host or port. The old host redirects to the same path while it is in ALLOWED_HOSTS."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("old", help="The site's present host name, with :port if several sites share it.")
        parser.add_argument("new", help="Its new host name, such as news.example.org.")
        parser.add_argument("--port", type=int, help="The port in its URLs; 443 means https.")

    def handle(self, *args: Any, old: str, new: str, port: int | None = None, **options: Any) -> None:
        site = site_by_host(old)
        before = site.hostname
        found = rename_site(site, new, port)
        redirect = f", and {before} redirects there: keep it in the DNS, in ALLOWED_HOSTS and in the certificate"
        self.stdout.write(
            f"{found.site.site_name} is now at {found.site.root_url}/{redirect if before != site.hostname else ''}. "
            f"{found.groups:,} groups and {found.texts:,} records with links to the site itself have the new address."
        )
