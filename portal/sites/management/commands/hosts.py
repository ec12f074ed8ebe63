"""Lists the network's hosts, also for nginx and certbot."""

import shlex
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from wagtail.models import Site

from portal.content.management.english import EnglishCommand
from portal.content.records.hosts import FurtherHost, network_hosts
from portal.sites.hosts.checking import is_public

# Let's Encrypt's limit.
MAX_NAMES = 100
CERTBOT = "certbot certonly --non-interactive --expand --webroot --webroot-path /var/www/html"
RELOAD = "systemctl reload nginx"


class Command(EnglishCommand):
    help = "List the hosts of all sites, and where further ones redirect."

    def add_arguments(self, parser: CommandParser) -> None:
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--nginx", action="store_true", help="As a server_name for deploy/nginx.conf.")
        form.add_argument("--certbot", action="store_true", help="As a command that expands the certificate.")

    def handle(self, *args: Any, nginx: bool, certbot: bool, **options: Any) -> None:
        if nginx:
            self.stdout.write("\n    ".join(["server_name", *_names()]) + ";")
        elif certbot:
            names = _names()
            if len(names) > MAX_NAMES:
                raise CommandError(
                    f"A certificate has at most {MAX_NAMES} names, and the sites have {len(names)} hosts. Obtain a "
                    "certificate per host instead: deploy/Caddyfile does so at its first request."
                )
            # nginx's sample has the first host's certificate.
            words = ["--cert-name", names[0], *(word for name in names for word in ("--domain", name))]
            self.stdout.write(f"{CERTBOT} --deploy-hook {shlex.quote(RELOAD)} {shlex.join(words)}")
        else:
            for site in Site.objects.order_by("hostname", "port"):
                self.stdout.write(f"{site.hostname}: {site.site_name}")
            for row in FurtherHost.objects.select_related("site").order_by("hostname"):
                self.stdout.write(f"{row.hostname}: redirects to {row.site.hostname}")


def _names() -> list[str]:
    """All hosts in public DNS, the newsroom's first."""
    first = urlsplit(settings.ADMIN_BASE_URL).hostname
    names = sorted(filter(is_public, network_hosts()), key=lambda name: (name != first, name))
    if not names:
        raise CommandError("No site has a public host yet: manage.py create_site")
    return names
