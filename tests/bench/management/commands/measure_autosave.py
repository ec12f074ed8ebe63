import re
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from statistics import median
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils.form_data import rich_text, streamfield

from articles.models import ArticlePage
from search.indexing.index import indexed_together
from search.models import DraftEntry, DraftText
from tests.bench.bulk.network import portal_sites
from tests.bench.direct import backend_process, processor_times
from tests.bench.newsroom import section_of
from tests.editorial.actions import form_of

Context = Callable[[], AbstractContextManager[Any]]
# The length of the story in characters, and the number of pages from which its text is taken.
LENGTH, SOURCES = 4000, 40
VERSION = ("loaded_revision_id", "loaded_revision_created_at", "editing_window")


class Command(BaseCommand):
    """Each autosave is committed, since a full-text index writes at its commit; the story is deleted at the end."""

    help = (
        "Autosave a story of usual length again and again, with and without its row in the newsroom's index, and print "
        "queries and processor milliseconds, those of the database included."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--times", type=int, default=60)

    def handle(self, *args: Any, times: int, **options: Any) -> None:
        site = portal_sites().select_related("root_page").order_by("pk").first()
        texts = DraftText.objects.order_by("-pk").values_list("text", flat=True)[:SOURCES]
        text = "\n".join(texts)[:LENGTH]
        if site is None or not text:
            raise CommandError("There is no page to measure with: load the demo, or generate content.")
        section, host = section_of(site), f"{site.hostname}:{site.port}"
        user = get_user_model().objects.create(username="bench-autosave", is_superuser=True)
        page = ArticlePage(title="Measured", slug="measured", locale=section.locale, owner=user, live=False)
        try:
            section.specific.add_child(instance=page)
            page.save_revision(user=user)
            client = Client(headers={"host": host, "accept": "application/json"})
            client.force_login(user)
            story = Story(client, page, text.splitlines())
            self.stdout.write(f"{DraftEntry.objects.count():,} pages in the index, {len(text):,} characters")
            contexts = {"without the index": indexed_together, "with the index": nullcontext}
            queries = {name: story.queries(context) for name, context in contexts.items()}
            found: dict[str, list[float]] = {name: [] for name in contexts}
            for _time in range(times):
                for name, context in contexts.items():
                    found[name].append(story.cost(context))
            for name, costs in found.items():
                slow = sorted(costs)[len(costs) * 19 // 20]
                self.stdout.write(f"{name}: {queries[name]} queries, {median(costs):.1f} ms, p95 {slow:.1f} ms")
        finally:
            Page.objects.get(pk=page.pk).specific.delete()
            user.delete()


class Story:
    """A draft that one window autosaves, each time with another word."""

    def __init__(self, client: Client, page: Page, paragraphs: list[str]):
        self.client, self.page, self.paragraphs, self.number = client, page, paragraphs, 0
        self.address = reverse("wagtailadmin_pages:edit", args=[page.pk])
        html = client.get(self.address, headers={"accept": "text/html"}).content.decode()
        matches = {name: re.search(f'name="{name}" value="([^"]*)"', html) for name in VERSION}
        self.version = {name: found[1] for name, found in matches.items() if found}

    def autosave(self) -> None:
        self.number += 1
        html = [f"<p>{each}</p>" for each in (*self.paragraphs, f"Mot {self.number}")]
        body = streamfield([("paragraph", rich_text(each)) for each in html])
        saved = self.client.post(self.address, form_of(self.page, body=body) | self.version).json()
        if not saved.get("success"):
            raise CommandError(f"The story was not saved: {saved}")
        self.version |= dict.fromkeys(("overwrite_revision_id", "loaded_revision_id"), saved["revision_id"])
        self.version["loaded_revision_created_at"] = saved["revision_created_at"]

    def queries(self, context: Context) -> int:
        self.autosave()
        with context(), CaptureQueriesContext(connection) as captured:
            self.autosave()
        return len(captured)

    def cost(self, context: Context) -> float:
        """The processor milliseconds of an autosave, without the work of the context at its end."""
        backend = backend_process()
        with context():
            before = processor_times(backend)
            self.autosave()
            after = processor_times(backend)
        return sum(late - early for late, early in zip(after, before, strict=True)) * 1000
