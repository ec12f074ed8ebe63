from django.core.management.base import BaseCommand, CommandError
from wagtail.models import Page, Site

from articles.models import ArticlePage
from tests.bench import kept
from tests.bench.serving import server


class Command(BaseCommand):
    help = "Crawl all sites twice, and publish while readers ask, of servers that keep their answers."

    def add_arguments(self, parser):
        parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="How many workers each server has.")
        parser.add_argument("--most", type=int, default=1500, help="At most so many addresses are crawled.")
        parser.add_argument("--readers", type=int, default=8)
        parser.add_argument("--seconds", type=int, default=20, help="So many publications, one each second.")

    def handle(self, *args, workers, most, readers, seconds, **options):
        sites = list(Site.objects.select_related("root_page").order_by("pk"))
        hosts = [f"{site.hostname}:{site.port}" for site in sites if site.port != 80] or [s.hostname for s in sites]
        story = ArticlePage.objects.live().public().filter(alias_of=None).order_by("-first_published_at").first()
        if story is None:
            raise CommandError("There is no story: load the demo or generate content.")
        site, address = story.get_site(), story.get_url_parts()[2]
        host = f"{site.hostname}:{site.port}"
        for count in workers:
            with server.running(count, keeps=True) as running:
                server.wait_for(running, host, address)
                crawled = kept.crawl(running, hosts, most, count)
                page = Page.objects.get(pk=story.pk).specific
                watched = kept.watch(running, host, address, page, readers, seconds)
            kept.as_lines(self.stdout.write, count, crawled, watched)
