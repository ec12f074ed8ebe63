from django.conf import settings

from portal.content.management.english import EnglishCommand
from portal.content.records.settings import SiteSettings
from portal.content.serving.theme import Theme
from portal.sites.creation import SiteSpec, create_site
from portal.sites.ports import HTTPS


class Command(EnglishCommand):
    help = "Create a site: its record, home pages, first section, settings, media collection, newsroom and workflow."

    def add_arguments(self, parser):
        parser.add_argument("--host", required=True, help="Such as news.example.org.")
        parser.add_argument("--name", required=True)
        parser.add_argument("--languages", required=True, help="Such as fr,de; the first is the site's own.")
        parser.add_argument("--theme", default=Theme.BURGUNDY, help=", ".join(Theme.values))
        parser.add_argument("--port", type=int, help="443 stands for https, and is the default with HTTPS.")
        parser.add_argument(
            "--open",
            action="store_true",
            help="Show it to search engines and to the other sites of the network at once.",
        )

    def handle(self, *args, host, name, languages, theme, port, **options):
        created = create_site(SiteSpec(host, name, tuple(languages.split(",")), theme, port, bool(options["open"])))
        site = created.site
        if created.is_new:
            self.stdout.write(f"{site.site_name} is created: {site.root_url}/")
            if not options["open"]:
                self.stdout.write(
                    "It is hidden from search engines and from the other sites until its administrator opens it: the "
                    "first page of the newsroom has the button, and the five steps before it."
                )
        elif created.added:
            self.stdout.write(f"{site.site_name} was there already and now speaks {', '.join(created.added)} too.")
        else:
            self.stdout.write(f"{site.site_name} was there already, with all of these languages.")
        if not created.is_new and name != site.site_name:
            self.stdout.write("Its name stays. To change it: Settings → Sites.")
        if not created.is_new and options["open"] and SiteSettings.for_site(site).is_unlisted:
            self.stdout.write("It stays hidden: its administrator opens it on the first page of the newsroom.")
        if site.port != created.wanted_port:
            self.stdout.write(
                f"Its addresses are still {site.root_url}/… To change them: manage.py rename_site "
                f"{site.hostname}:{site.port} {site.hostname} --port {created.wanted_port}"
            )
        elif created.is_new and settings.HTTPS and site.port != HTTPS:
            self.stdout.write(
                f"Its addresses begin with http://, since {site.port} is not {HTTPS}. If readers come by https: "
                f"manage.py rename_site {site.hostname}:{site.port} {site.hostname} --port {HTTPS}"
            )
        self.stdout.write(f"Next: manage.py create_role_user --site {site.hostname} --role siteadmin USERNAME")
