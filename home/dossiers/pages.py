"""The dossier page: a story whose chapters lead to stories, events, documents and links."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.api import APIField
from wagtail.search import index

from articles.dossiers import Dossier
from articles.stories import StoryPage
from home.dossiers.blocks import Chapters
from home.dossiers.entries import (
    Chapter,
    ChapterEntry,
    ChapterPlan,
    keys_here,
    page_keys,
    plan_of,
    shown_chapters,
    stories_of_plan,
)
from portal.content.api.description import ADDRESS, TEXT, Schema, object_schema
from portal.content.api.fields import PageField
from portal.content.blocks.bodies import anchor_headings
from portal.content.blocks.streams import PortalStreamField
from portal.content.kinds import Kind, Listed, Requirement
from portal.content.serving.editions import Edition, edition_of
from portal.content.structured_data.pages import Context, images_of, page_things
from portal.content.structured_data.schema import Data
from portal.content.visibility import in_trash
from portal.platform.operation.compiled import CompiledPart

HAS_ENTRY = Requirement(
    "chapters",
    _("Write a chapter with at least one entry."),
    "chapters",
    # The checklist itself names a chapter that is empty.
    lambda page: bool(page.chapters),
)


def _listed(required: str, **properties: Schema) -> Schema:
    return {"type": "array", "items": object_schema(required, **properties)}


class ChaptersField(PageField):
    """The chapters and entries that readers see."""

    schema = _listed(
        "title introduction entries",
        title=TEXT,
        introduction=TEXT,
        entries=_listed("type title url", type=TEXT, title=TEXT, url=ADDRESS),
    )

    def to_representation(self, page: Any) -> list[dict[str, Any]]:
        edition = self.edition(page)
        return [
            {
                "title": chapter.title,
                "introduction": chapter.introduction,
                "entries": [_entry_data(entry, edition) for entry in chapter.entries],
            }
            for chapter in shown_chapters(page.plan(edition), edition, timezone.now())
        ]


def _entry_data(entry: ChapterEntry, edition: Edition) -> dict[str, str]:
    if entry.card:
        return {"type": "story", "title": entry.card.title, "url": edition.full(edition.url_of(entry.card.page))}
    if entry.event:
        return {"type": "event", "title": entry.event.shown_title, "url": edition.full(edition.url_of(entry.event))}
    value = entry.block.value
    if entry.block.block_type == "link":
        return {"type": "link", "title": value["title"], "url": value["url"]}
    document = value["document"]
    return {"type": "document", "title": value["title"] or document.title, "url": edition.full(document.url)}


class DossierPage(StoryPage):
    kind = Kind(name="dossier", order=45, icon="folder-open-1", listed=Listed.STORIES)
    requirements = (*StoryPage.requirements, HAS_ENTRY)
    paper_fields = (*StoryPage.paper_fields, "chapters")

    chapters = PortalStreamField(Chapters(), blank=True, default=list, db_default=[], verbose_name=_("chapters"))

    content_panels = [
        *StoryPage.content_panels[:4],
        FieldPanel(
            "chapters",
            help_text=_(
                "Readers see only the entries that are public on this site, and no empty chapter. A translated dossier "
                "shows the translated pages."
            ),
        ),
        *StoryPage.content_panels[4:],
    ]
    search_fields = [*StoryPage.search_fields, index.SearchField("chapters")]
    search_texts = (*StoryPage.search_texts, "chapters")
    api_fields = [*StoryPage.api_fields, APIField("chapters", serializer=ChaptersField())]
    template = "home/dossiers/page.html"
    parent_page_types = ["home.SectionPage"]
    subpage_types: list[str] = []
    page_description = _("Stories, events, documents and links about one subject, in chapters.")

    # What the current reader sees; set by `get_context`.
    shown_chapters: list[Chapter] = []

    class Meta:
        verbose_name = _("dossier")
        verbose_name_plural = _("dossiers")

    @property
    def headings(self) -> list[tuple[str, str]]:
        return [*super().headings, *((chapter.anchor, chapter.title) for chapter in self.shown_chapters)]

    def count_words(self) -> None:
        """Leave the number at 0: readers come for the entries, so no reading time is shown."""

    def plan(self, edition: Edition) -> tuple[ChapterPlan, ...]:
        def plan() -> tuple[ChapterPlan, ...]:
            return plan_of([chapter.value for chapter in self.chapters], edition, self.pk)

        if not self.trail:
            return plan()
        # Reading the blocks would load every page and document in them.
        return edition.cached_value(("dossier", repr(list(self.chapters.raw_data))), plan)

    def further_lists(self, edition: Edition, now: datetime) -> dict[str, CompiledPart]:
        return {"entries": stories_of_plan(self.plan(edition), edition, now)}

    def structured_data(self, edition: Edition, context: Context) -> list[Data]:
        entries = [entry for chapter in self.shown_chapters for entry in chapter.entries]
        items = [entry.card or entry.event for entry in entries if not entry.block]
        facts = {"datePublished": self.published_at, "image": images_of(self, edition)}
        return page_things(self, edition, {**context, "cards": items}, "CollectionPage", **facts)

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        edition, now = edition_of(request), timezone.now()
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        anchors = [heading.anchor for heading in anchor_headings(self.body)]
        self.shown_chapters = shown_chapters(self.plan(edition), edition, now, context["entries"], anchors)
        has_feed = bool(self.trail) and not edition.is_private(self.path)
        return context | {"chapters": self.shown_chapters, "has_feed": has_feed}


def dossiers_in(edition: Edition) -> Iterator[Dossier]:
    """The live dossiers of an edition, in two queries."""
    pages = DossierPage.objects.live().filter(~in_trash(), path__startswith=edition.home.path).order_by("path")
    rows = list(pages.values_list("pk", "title", "path", "url_path", "chapters"))
    chosen = {row[0]: _chosen(row[4].raw_data) for row in rows}
    here = keys_here([key for keys in chosen.values() for key in keys], edition)
    for pk, title, path, url_path, _chapters in rows:
        entries = dict.fromkeys(here[key] for key in chosen[pk] if here.get(key, pk) != pk)
        yield Dossier(pk, title, path, url_path, tuple(entries))


def _chosen(chapters: Iterable[Any]) -> list[int]:
    return [key for chapter in chapters for key in page_keys(chapter["value"]["entries"])]
