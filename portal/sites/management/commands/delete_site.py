from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from wagtail.models import Site

from portal.sites.deletion import delete_site, export_site, pages_of


class Command(BaseCommand):
    help = "Export a site into a zip file, then delete it with its pages, media and newsroom."

    def add_arguments(self, parser):
        parser.add_argument("--host", required=True)
        parser.add_argument("--port", type=int, help="Needed where several sites share the host.")
        parser.add_argument("--export", required=True, type=Path, metavar="FILE.zip", help="Must not exist yet.")
        parser.add_argument(
            "--confirm", default="", metavar="HOST", help="The host once more; without it nothing is deleted."
        )

    def handle(self, *args, host, port, export: Path, confirm, **options):
        site = self.site(host, port)
        if export.exists():
            raise CommandError(f"{export} is there already: name another file.")
        self.write(site, export)
        if confirm != site.hostname:
            raise CommandError(
                f"Nothing was deleted. To delete {site.site_name} with its {pages_of(site).count()} pages, "
                f"name another export file and add --confirm {site.hostname}"
            )
        delete_site(site)
        self.stdout.write(f"{site.site_name} is deleted.")

    def site(self, host: str, port: int | None) -> Site:
        sites = Site.objects.filter(hostname=host.strip().lower())
        if port is not None:
            sites = sites.filter(port=port)
        if not sites:
            known = ", ".join(Site.objects.order_by("hostname").values_list("hostname", flat=True))
            raise CommandError(f"No site has the host {host}. There are: {known}.")
        if len(sites) > 1:
            raise CommandError(f"Several sites have the host {host}: add --port.")
        return sites[0]

    def write(self, site: Site, file: Path) -> None:
        unfinished = file.with_name(f"{file.name}.part")
        try:
            counts = export_site(site, unfinished)
            unfinished.rename(file)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise CommandError(f"Nothing was deleted: {error}") from error
        self.stdout.write(f"{file}: " + ", ".join(f"{count} {kind}" for kind, count in counts.items()))
