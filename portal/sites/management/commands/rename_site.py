from typing import Any

from django.core.management.base import CommandParser

from portal.content.management.english import EnglishCommand
from portal.editorial.sites import site_by_host
from portal.sites.renaming import rename_site


class Command(EnglishCommand):
    help = "Give a site another host or port; the old host leads on to the same path, while it is in ALLOWED_HOSTS."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("old", help="The host that the site has; with :port where several sites share it.")
        parser.add_argument("new", help="The host that it gets, such as news.example.org.")
        parser.add_argument("--port", type=int, help="The port in its addresses: 443 stands for https.")

    def handle(self, *args: Any, old: str, new: str, port: int | None = None, **options: Any) -> None:
        site = site_by_host(old)
        before = site.hostname
        found = rename_site(site, new, port)
        leads = f", and {before} leads there: keep it in the DNS, in ALLOWED_HOSTS and in the certificate"
        self.stdout.write(
            f"{found.site.site_name} is at {found.site.root_url}/ now{leads if before != found.site.hostname else ''}. "
            f"{found.groups:,} groups and {found.texts:,} records with links to the site itself have the new address."
        )
