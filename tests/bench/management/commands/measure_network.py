"""Measures what the number of sites costs one process: its memory, first pages, a publication and the scheduler."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from operator import attrgetter
from statistics import median
from time import process_time
from typing import Any

from django.core.management.base import CommandError
from django.test import Client
from django.utils import timezone
from wagtail.models import Page, Site

from articles.models import ArticlePage
from portal.content.management.english import EnglishCommand
from portal.content.serving.editions import Edition
from portal.content.serving.snapshot import snapshot_of
from portal.platform.tasks.periodic import run_due
from search.context import search_url
from tests.bench.bulk.network import portal_sites
from tests.bench.direct import backend_process, processor_times
from tests.bench.management.commands.measure_import import own_memory

PUBLICATIONS = 10


class Command(EnglishCommand):
    help = "Print the processor time of a process, and of the database if it runs here, for a network as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"start of the command: {process_time() * 1000:.0f} ms of processor, {own_memory()} MB")
        self.backend = backend_process()
        sites = list(portal_sites().order_by("pk"))
        if not sites:
            raise CommandError("There is no site.")
        self.stdout.write(f"{len(sites):,} sites, {Page.objects.count():,} pages")
        self._measure("the first page of the first site", [lambda: read(sites[0], "")])
        self._measure("the first page of each other site", [lambda site=site: read(site, "") for site in sites[1:]])
        self.stdout.write(f"memory with all sites visited: {own_memory()} MB")
        self._measure("the same pages again", [lambda site=site: read(site, "") for site in sites])
        some = sites[:: max(1, len(sites) // PUBLICATIONS)][:PUBLICATIONS]
        self._measure("a search of a site", [lambda site=site: read(site, "?q=economie", search_url) for site in some])
        self._measure("a sitemap", [lambda site=site: read(site, "/sitemap.xml") for site in some])
        stories = [story for site in some if (story := newest_story(site))]
        self._measure("a publication", [lambda story=story: story.save_revision().publish() for story in stories])
        self._measure("the home page of another site after it", [lambda: read(sites[-1], "")])
        now = timezone.now()
        self._measure("all periodic tasks, first run", [lambda: run_due(now)])
        minutes = [now + timedelta(minutes=minute) for minute in range(1, 11)]
        self._measure("the scheduler's next minutes", [lambda minute=minute: run_due(minute) for minute in minutes])

    def _measure(self, name: str, actions: Iterable[Callable[[], object]]) -> None:
        costs = []
        for act in actions:
            before = processor_times(self.backend)
            act()
            spent = zip(processor_times(self.backend), before, strict=True)
            costs.append([(after - earlier) * 1000 for after, earlier in spent])
        if costs:
            own, database = zip(*costs, strict=True)
            worst = max(map(sum, costs))
            self.stdout.write(
                f"{name}: {median(own):.0f} ms, database {median(database):.0f} ms; {worst:.0f} ms at most ({len(costs)})"
            )


def read(site: Site, path: str, base: Callable[[Edition], str] = attrgetter("home_url")) -> None:
    """Get an address of the site's first edition, or of the site if `path` begins with a slash."""
    edition = next(iter(snapshot_of(site.hostname, str(site.port)).editions.values()))
    address = path if path.startswith("/") else f"{base(edition)}{path}"
    response = Client(raise_request_exception=False, headers={"host": f"{site.hostname}:{site.port}"}).get(address)
    size = len(b"".join(response.streaming_content) if response.streaming else response.content)
    if response.status_code != 200 or not size:
        raise CommandError(f"{site.hostname}{address} responds with {response.status_code}.")


def newest_story(site: Site) -> Page | None:
    return ArticlePage.objects.live().descendant_of(site.root_page).order_by("-first_published_at").first()
