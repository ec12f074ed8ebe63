import json

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError
from wagtail.models import Site

from portal.content.management.english import EnglishCommand
from portal.content.personal_data import erase, export
from portal.content.readers.access_log import ERASED, EXPORTED, ONE_PERSON, log_access


class Command(EnglishCommand):
    help = "Show or erase what the portal stores about one person, by their e-mail address."

    def add_arguments(self, parser):
        parser.add_argument("action", choices=["export", "erase"])
        parser.add_argument("address")
        parser.add_argument("--site", help="The host of one site; without it, the whole network.")

    def handle(self, *args, action, address, site, **options):
        sites = Site.objects.filter(hostname=site) if site else None
        if site and not sites:
            raise CommandError(f"No site has the host {site}.")
        try:
            if action == "export":
                self.stdout.write(json.dumps(export(address, sites), ensure_ascii=False, indent=2))
                log_access(EXPORTED, sites or Site.objects.all(), None, ONE_PERSON)
            else:
                log_access(ERASED, sites or Site.objects.all(), None, ONE_PERSON)
                for name, count in erase(address, sites).items():
                    self.stdout.write(f"{name}: {count}")
        except ValueError as error:
            raise CommandError(f"“{address}” is not an e-mail address.") from error
        for account in get_user_model().objects.filter(email__iexact=address.strip()):
            # On standard error, so that an export on standard output remains valid JSON.
            self.stderr.write(
                f"The account {account.get_username()} has this address and is unchanged, since text and approvals "
                "name it. To close it, see docs/administrators.md, Somebody leaves."
            )
