"""manage.py setup_editorial: creates or updates the groups, permissions and workflow of every site."""

from typing import Any

from django.core.management import BaseCommand, CommandError
from wagtail.models import Site

from portal.editorial.models import RoleGroup
from portal.editorial.roles import set_up_newsroom
from portal.editorial.sites import site_by_host


class Command(BaseCommand):
    help = "Create the newsroom of every site, or bring it in line with the table of roles; may be run at any time."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--site", metavar="HOST", help="Only the site of this host (host:port where two share it).")

    def handle(self, *args: Any, **options: Any) -> None:
        sites = [site_by_host(options["site"])] if options["site"] else list(Site.objects.order_by("pk"))
        if not sites:
            raise CommandError("There is no site yet: create one in the administration, under Settings, Sites.")
        for site in sites:
            set_up_newsroom(site)
            groups = RoleGroup.objects.filter(site=site).order_by("group__name")
            self.stdout.write(f"{site.hostname}: " + ", ".join(groups.values_list("group__name", flat=True)))
