"""Builds the page of an item, in memory: its kind, place, texts, pictures, authors and topics."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import pgettext
from wagtail.models import Page

from portal.content.kinds import model_of
from portal.content.records.people import Byline
from portal.content.records.topics import PageTopic
from portal.moving.converting.bodies import convert_body
from portal.moving.converting.converted import Converted, Media, Note
from portal.moving.converting.editor_blocks import Surroundings
from portal.moving.converting.rich_text import words_in
from portal.moving.planning.mapping import Mapping
from portal.moving.planning.survey import Survey, plain_line
from portal.moving.wordpress.records import Item
from portal.moving.wordpress.values import number_of, unquoted
from portal.moving.writing.catalogue import Catalogue, footnotes_of
from portal.moving.writing.events import EventReader
from portal.moving.writing.files import FileStore
from portal.moving.writing.streams import StreamWriter
from portal.moving.writing.targets import Targets, slug_of
from portal.platform.typography import first_sentences

LONGEST_TITLE = 255
LONGEST_STANDFIRST = 400
SEO_TITLES = ("_yoast_wpseo_title", "rank_math_title", "_seopress_titles_title", "_aioseo_title")
SEO_TEXTS = (
    *("_yoast_wpseo_metadesc", "rank_math_description", "_seopress_titles_desc", "_aioseo_description"),
    "_aioseop_description",
)
NOINDEX = ("_yoast_wpseo_meta-robots-noindex", "_seopress_robots_index", "rank_math_robots")


@dataclass
class Draft:
    """What becomes of an item: `values` are the fields of its page, without its place in the tree."""

    item: Item
    kind: str
    converted: Converted
    values: dict[str, Any]
    topics: list[Any]
    authors: list[Any]

    @property
    def title(self) -> str:
        return str(self.values["title"])


class PageBuilder:
    def __init__(
        self, survey: Survey, mapping: Mapping, targets: Targets, catalogue: Catalogue, files: FileStore, zone: ZoneInfo
    ):
        self.survey = survey
        self.mapping = mapping
        self.targets = targets
        self.catalogue = catalogue
        self.files = files
        self.zone = zone
        self.events = EventReader(survey, files.collection, zone) if files else None
        self.is_live = False

    def convert(self, item: Item) -> Converted:
        around = Surroundings(self.survey.reusable, tuple(self.survey.attached.get(item.wp_id, ())), footnotes_of(item))
        return convert_body(item.content, self.survey.channel.address, around)

    def media_of(self, item: Item, converted: Converted) -> list[Media]:
        thumbnail = number_of(item.value("_thumbnail_id"))
        lead = [Media("", thumbnail)] if thumbnail and thumbnail in self.survey.files else []
        return [*lead, *converted.media]

    def kind_of(self, item: Item) -> str:
        if item.kind != "post":
            return {"page": "page", "tribe_events": "event"}[item.kind]
        return self.mapping.kind_of(item.title, item.slugs("category"))

    def draft(self, item: Item, converted: Converted) -> Draft:
        """The fields of the page; its media are stored already."""
        kind = self.kind_of(item)
        lead = self._lead(item, converted)
        allowed = set(model_of(kind)._meta.get_field("body").stream_block.child_blocks)
        writer = StreamWriter(self.files, allowed, is_live=self.is_live)
        stream = writer.stream(converted, lead.get("lead_image_id"))
        values: dict[str, Any] = {"title": self._title(item), "body": stream, **_search_texts(item)}
        if kind == "page":
            values["introduction"] = plain_line(item.excerpt)[:LONGEST_STANDFIRST]
            return Draft(item, kind, converted, values, [], [])
        values |= {"standfirst": _standfirst(item, converted), **lead}
        if kind == "event" and self.events:
            values |= self.events.values(item, converted)
        else:
            values["publication_date"] = self.date_of(item)
        topics = [self.catalogue.topic(name) for name in self.mapping.topics_of(item.terms)]
        authors = [] if kind == "event" else self.catalogue.authors_of(item)
        return Draft(item, kind, converted, values, topics, authors)

    def parent_of(self, item: Item, kind: str, pages: dict[int, int]) -> Page:
        """The page above; `pages` are the keys of imported pages by their numbers in the old site."""
        if kind == "page":
            key = pages.get(item.parent)
            return Page.objects.get(pk=key).specific if key else self.targets.home
        section = next(
            (self.mapping.sections[slug] for slug in item.slugs("category") if slug in self.mapping.sections),
            self.mapping.default_section,
        )
        if kind in ("recap", "event"):
            return self.targets.calendar(pgettext("title", "Events"), section)
        return self.targets.section(section)

    def slug_of(self, item: Item) -> str:
        return slug_of(unquoted(item.slug) or item.title, f"{item.kind}-{item.wp_id}")

    def date_of(self, item: Item) -> datetime | None:
        if item.date_gmt:
            return item.date_gmt
        return item.date.replace(tzinfo=self.zone) if item.date and item.status != "draft" else None

    def _title(self, item: Item) -> str:
        title = plain_line(item.title) or unquoted(item.slug).replace("-", " ").capitalize()
        return (title or f"{self.survey.channel.title} {item.wp_id}")[:LONGEST_TITLE]

    def _lead(self, item: Item, converted: Converted) -> dict[str, Any]:
        thumbnail = number_of(item.value("_thumbnail_id"))
        if thumbnail is None:
            return {}
        media = Media("", thumbnail)
        key, facts = self.files.image(media), self.files.facts(media)
        if key is None:
            why = self.files.refusal(media)
            converted.notes.append(Note("picture missing", f"{facts.address if facts else thumbnail}: {why}"))
            return {}
        alt, caption = (facts.alt, facts.caption) if facts else ("", "")
        return {"lead_image_id": key, "lead_image_alt": alt[:255], "lead_image_caption": caption[:300]}


def relate(page: Any, draft: Draft) -> None:
    if draft.kind != "page":
        page.page_topics = [PageTopic(topic=topic) for topic in draft.topics]
    if draft.authors:
        page.bylines = [Byline(person=person, sort_order=n) for n, person in enumerate(draft.authors)]


def _standfirst(item: Item, converted: Converted) -> str:
    """The excerpt; else the first sentences of the text, as WordPress shows in lists."""
    if excerpt := plain_line(item.excerpt):
        if len(excerpt) <= LONGEST_STANDFIRST:
            return excerpt
        converted.notes.append(Note("standfirst cut", excerpt))
        return first_sentences(excerpt, LONGEST_STANDFIRST)[:LONGEST_STANDFIRST]
    text = next((block.value for block in converted.blocks if block.kind == "paragraph"), "")
    beginning = " ".join(words_in(text.partition("</p>")[0]))[: LONGEST_STANDFIRST + 1]
    sentences = first_sentences(beginning, LONGEST_STANDFIRST)
    if not sentences or len(sentences) > LONGEST_STANDFIRST:
        converted.notes.append(Note("standfirst missing", ""))
        return ""
    converted.notes.append(Note("standfirst from the text", sentences))
    return sentences


def _search_texts(item: Item) -> dict[str, str]:
    """Title and description for search engines; a title with the variables of a plugin is left to us."""
    title = next((found for key in SEO_TITLES if (found := plain_line(item.value(key)))), "")
    text = next((found for key in SEO_TEXTS if (found := plain_line(item.value(key)))), "")
    is_pattern = "%" in title or "#" in title
    return {"seo_title": "" if is_pattern else title[:255], "search_description": "" if "%%" in text else text}


def is_noindex(item: Item) -> bool:
    robots = [item.value(key) for key in NOINDEX]
    return "1" in robots[:1] or "yes" in robots[1:2] or "noindex" in robots[2]
