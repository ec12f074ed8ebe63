"""Builds the page for an item, in memory: its kind, place, texts, pictures, authors and topics."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import pgettext
from wagtail.models import Page

from events.clock import is_plausible
from portal.content.kinds import format_named, model_of
from portal.content.records.people import Byline
from portal.content.records.topics import PageTopic
from portal.moving.converting.addresses import clean_address, host_of
from portal.moving.converting.converted import Block, Converted, Media, Note
from portal.moving.converting.editor_blocks import Surroundings
from portal.moving.converting.elementor import elementor_html, fields_html
from portal.moving.converting.form_definitions import FORM_KINDS, FormDefinition, FormQuestion, form_of
from portal.moving.long_texts import convert_any
from portal.moving.planning.mapping import Mapping
from portal.moving.planning.survey import Survey, plain_line
from portal.moving.wordpress.records import Item
from portal.moving.wordpress.values import number_of, unquoted
from portal.moving.writing.catalogue import Catalogue, footnotes_of
from portal.moving.writing.events import EventReader, website_of
from portal.moving.writing.files import FileStore
from portal.moving.writing.openings import LONGEST_STANDFIRST, open_with_picture, open_with_standfirst
from portal.moving.writing.streams import StreamWriter
from portal.moving.writing.targets import Targets, slug_of

LONGEST_TITLE = 255
LONGEST_BUTTON = 60
LONGEST_LINK = 500
SEO_TITLES = ("_yoast_wpseo_title", "rank_math_title", "_seopress_titles_title", "_aioseo_title")
SEO_TEXTS = (
    *("_yoast_wpseo_metadesc", "rank_math_description", "_seopress_titles_desc", "_aioseo_description"),
    "_aioseop_description",
)
# Plugins' fields, each with the value that hides the page from search engines.
NOINDEX = {
    "_yoast_wpseo_meta-robots-noindex": "1",
    "_seopress_robots_index": "yes",
    "rank_math_robots": "noindex",
    "_aioseo_robots_noindex": "1",
    "_aioseop_noindex": "on",
}
CANONICAL = (
    *("_yoast_wpseo_canonical", "rank_math_canonical_url", "_seopress_robots_canonical", "_aioseo_canonical_url"),
    "_aioseop_custom_link",
)
# The code of the note about a page or post without content. An empty page is not published.
EMPTY = "empty page"


@dataclass
class Draft:
    """The page for an item: `values` are its fields, without its place in the tree."""

    item: Item
    kind: str
    converted: Converted
    values: dict[str, Any]
    topics: list[Any]
    authors: list[Any]
    # The form's fields, in addition to its page's.
    questions: Sequence[FormQuestion] = ()

    @property
    def title(self) -> str:
        return str(self.values["title"])

    @property
    def is_empty(self) -> bool:
        """Whether a page would only show its title. WordPress fills some of these pages itself, such as a blog."""
        return self.kind == "page" and not (self.values["body"] or self.values["introduction"])


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
        if item.kind in FORM_KINDS:
            return _converted_form(item)
        around = Surroundings(self.survey.reusable, tuple(self.survey.attached.get(item.wp_id, ())), footnotes_of(item))
        converted = convert_any(self._content(item), self.survey.channel.address, around)
        converted.blocks += website_of(item)
        if is_noindex(item):
            converted.notes.append(Note("hidden from search engines", ""))
        if (canonical := canonical_of(item)) and canonical.rstrip("/") != item.link.rstrip("/"):
            converted.notes.append(Note("canonical address", canonical))
        return converted

    def _content(self, item: Item) -> str:
        """The text; page builders and plugins store parts of it elsewhere."""
        content = item.content
        if item.value("_elementor_edit_mode") == "builder":
            # The post itself contains only the words, without headings, links or pictures.
            content = elementor_html(item.value("_elementor_data")) or content
        fields = fields_html(item.meta, self.survey.files)
        return f"{content}\n\n{fields}" if fields else content

    def media_of(self, item: Item, converted: Converted) -> list[Media]:
        thumbnail = number_of(item.value("_thumbnail_id"))
        lead = [Media("", thumbnail)] if thumbnail and thumbnail in self.survey.files else []
        return [*lead, *converted.media]

    def kind_of(self, item: Item) -> str:
        if item.kind in FORM_KINDS:
            return "form"
        if item.kind != "post":
            return {"page": "page", "tribe_events": "event"}[item.kind]
        return self.mapping.kind_of(item.title, item.slugs("category"))

    def draft(self, item: Item, converted: Converted) -> Draft:
        """The fields of the page. Its media are already stored."""
        kind = self.kind_of(item)
        if kind == "form":
            return _form(item, converted, self._title(item))
        values = {**self._texts(item, kind, converted), **_search_texts(item)}
        if kind == "page":
            page = Draft(item, kind, converted, values, [], [])
            if self.survey.parent_of(item.wp_id) != item.parent:
                converted.notes.append(Note("nested too deeply", ""))
            converted.notes += [Note(EMPTY, "")] if page.is_empty else []
            return page
        if kind == "event" and self.events:
            values |= self.events.values(item, converted)
        else:
            values["publication_date"] = self.date_of(item)
            if values["publication_date"] is None and (date := item.date_gmt or item.date) and not is_plausible(date):
                converted.notes.append(Note("date left out", str(date)))
        if format_named(kind):
            values["format"] = kind
        topics = [self.catalogue.topic(name) for name in self.mapping.topics_of(item.terms)]
        authors = [] if kind == "event" else self.catalogue.authors_of(item)
        if not (values["body"] or values.get("standfirst") or values.get("lead_image_id")):
            converted.notes.append(Note(EMPTY, ""))
        return Draft(item, kind, converted, values, topics, authors)

    def _texts(self, item: Item, kind: str, converted: Converted) -> dict[str, Any]:
        """The title, the text and the fields above it."""
        lead, blocks = self._lead(item, converted), converted.blocks
        values: dict[str, Any] = {"title": self._title(item)}
        allowed = set(model_of(kind)._meta.get_field("body").stream_block.child_blocks)
        if kind == "page":
            values["introduction"] = plain_line(item.excerpt)[:LONGEST_STANDFIRST]
            blocks = [*self._first_picture(item, lead, converted), *blocks]
        else:
            lead, blocks = open_with_picture(lead, blocks, self.files)
            texts, blocks = open_with_standfirst(item, converted, blocks)
            # The picture may have been below the first sentences, which are removed by now.
            lead, blocks = open_with_picture(lead, blocks, self.files)
            # Events have no teaser.
            values |= lead | ({"standfirst": texts["standfirst"]} if kind == "event" else texts)
        writer = StreamWriter(self.files, allowed, is_live=self.is_live)
        values["body"] = writer.stream(replace(converted, blocks=blocks), lead.get("lead_image_id"))
        return values

    def texts_of_version(self, version: Item, draft: Draft) -> dict[str, Any]:
        """The earlier texts of a page, with its current lead image."""
        # Custom fields have no versions, so only the lead image is used.
        thumbnail = {"_thumbnail_id": draft.item.meta.get("_thumbnail_id", [])}
        item = replace(
            draft.item, title=version.title, content=version.content, excerpt=version.excerpt, meta=thumbnail
        )
        return self._texts(item, draft.kind, self.convert(item))

    def parent_of(self, item: Item, kind: str, pages: dict[int, int]) -> Page:
        """The parent page; `pages` has the keys of imported pages by their numbers in the old site."""
        if kind == "form":
            return self.targets.home
        if kind == "page":
            key = pages.get(self.survey.parent_of(item.wp_id))
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
        """The date of a post. Dates far from our time overflow in another time zone."""
        if item.date_gmt and is_plausible(item.date_gmt):
            return item.date_gmt
        has_date = item.date and item.status != "draft" and is_plausible(item.date)
        return item.date.replace(tzinfo=self.zone) if item.date and has_date else None

    def _title(self, item: Item) -> str:
        title = plain_line(item.title) or unquoted(item.slug).replace("-", " ").capitalize()
        return (title or f"{self.survey.channel.title} {item.wp_id}")[:LONGEST_TITLE]

    def _first_picture(self, item: Item, lead: dict[str, Any], converted: Converted) -> list[Block]:
        """The featured picture of a page, unless its text shows it: our pages have no lead image."""
        key = lead.get("lead_image_id")
        if key is None or key in map(self.files.image, converted.media):
            return []
        texts = dict.fromkeys(("alt", "caption", "credit"), "")
        image = Media("", number_of(item.value("_thumbnail_id")) or 0)
        return [Block("figure", {"image": image, **texts, "decorative": False, "wide": False})]

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
    if draft.kind == "form":
        model = page._meta.get_field("form_fields").related_model
        page.form_fields = [
            model(
                label=question.label[:LONGEST_TITLE],
                field_type=question.kind,
                required=question.is_required and question.kind != "hidden",
                choices="\n".join(question.choices),
                help_text=question.help[:LONGEST_TITLE],
                sort_order=number,
            )
            for number, question in enumerate(draft.questions)
        ]
        return
    if draft.kind != "page":
        page.page_topics = [PageTopic(topic=topic) for topic in draft.topics]
    if draft.authors:
        page.bylines = [Byline(person=person, sort_order=n) for n, person in enumerate(draft.authors)]


def _converted_form(item: Item) -> Converted:
    form = form_of(item)
    if form is None:
        return Converted(notes=[Note("form cannot be read", item.title)])
    labels = [" ".join((question.label, *question.choices)) for question in form.questions]
    words = sum(len(label.split()) for label in labels)
    notes = [Note("field left out", label) for label in form.left_out]
    return Converted(notes=notes, words_before=words, words_after=words, old_text="\n".join(labels))


def _form(item: Item, converted: Converted, title: str) -> Draft:
    form = form_of(item) or FormDefinition()
    values = {"title": title, "button": form.button[:LONGEST_BUTTON], "to_address": form.to}
    labels: Counter[str] = Counter()
    for question in form.questions:
        # Our forms need distinct field labels.
        labels[question.label] += 1
        if (number := labels[question.label]) > 1:
            question.label = f"{question.label} ({number})"
    return Draft(item, "form", converted, values, [], [], form.questions)


def _search_texts(item: Item) -> dict[str, Any]:
    """The title and description for search engines. A title with a plugin's variables is ignored."""
    title = next((found for key in SEO_TITLES if (found := plain_line(item.value(key)))), "")
    text = next((found for key in SEO_TEXTS if (found := plain_line(item.value(key)))), "")
    is_pattern = "%" in title or "#" in title
    return {
        "seo_title": "" if is_pattern else title[:255],
        "search_description": "" if "%%" in text else text,
        "noindex": is_noindex(item),
        "canonical_link": original_of(item),
    }


def original_of(item: Item) -> str:
    """The URL of the original on another site, if the page declares itself a copy."""
    canonical = canonical_of(item)
    # After the move, another address of the old site leads to a page of the new one.
    is_elsewhere = canonical.startswith(("http://", "https://")) and host_of(canonical) != host_of(item.link)
    return canonical if is_elsewhere and len(canonical) <= LONGEST_LINK else ""


def is_noindex(item: Item) -> bool:
    return any(word in item.value(key) for key, word in NOINDEX.items())


def canonical_of(item: Item) -> str:
    """The canonical URL that the page declares; empty if there is none."""
    return next((found for key in CANONICAL if (found := clean_address(item.value(key)))), "")
