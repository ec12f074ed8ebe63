from django.conf import settings

from portal.content.management.english import EnglishCommand
from portal.content.records.settings import SiteSettings
from portal.content.serving.theme import Theme
from portal.sites.creation import SiteSpec, create_site
from portal.sites.ports import HTTPS


class Command(EnglishCommand):
    help = "Create a site: its record, home pages, first section, settings, media collection, newsroom and workflow."

    def add_arguments(self, parser):
        parser.add_argument("--host", required=True, help="The site's host name, such as news.example.org.")
        parser.add_argument("--name", required=True, help="The site's name, as readers see it.")
        parser.add_argument("--languages", required=True, help="Its language codes, such as fr,de; the default first.")
        parser.add_argument("--theme", default=Theme.BURGUNDY, help=f"Its colours: {', '.join(Theme.values)}.")
        parser.add_argument("--port", type=int, help="The port in its URLs; 443 (the default with HTTPS) means https.")
        parser.add_argument(
            "--open", action="store_true", help="Show it at once to search engines and the network's other sites."
        )

    def handle(self, *args, host, name, languages, theme, port, **options):
        created = create_site(SiteSpec(host, name, tuple(languages.split(",")), theme, port, bool(options["open"])))
        site = created.site
        if created.is_new:
            self.stdout.write(f"{site.site_name} was created: {site.root_url}/")
            if not options["open"]:
                self.stdout.write(
                    "It is hidden from search engines and the other sites until its administrator opens it: the "
                    "newsroom's first page has the button, and the five steps before it."
                )
        elif created.added:
            self.stdout.write(f"{site.site_name} existed already, and now also has {', '.join(created.added)}.")
        else:
            self.stdout.write(f"{site.site_name} existed already, with all of these languages.")
        if not created.is_new and name != site.site_name:
            self.stdout.write("Its name is unchanged. To change it: Settings → Sites.")
        if not created.is_new and options["open"] and SiteSettings.for_site(site).is_unlisted:
            self.stdout.write("It remains hidden: its administrator can open it on the newsroom's first page.")
        if site.port != created.wanted_port:
            self.stdout.write(
                f"Its addresses are still {site.root_url}/… To change them: manage.py rename_site "
                f"{site.hostname}:{site.port} {site.hostname} --port {created.wanted_port}"
            )
        elif created.is_new and settings.HTTPS and site.port != HTTPS:
            self.stdout.write(
                f"Its addresses begin with http://, since {site.port} is not {HTTPS}. If readers use https: "
                f"manage.py rename_site {site.hostname}:{site.port} {site.hostname} --port {HTTPS}"
            )
        self.stdout.write(f"Next: manage.py create_role_user --site {site.hostname} --role siteadmin USERNAME")
