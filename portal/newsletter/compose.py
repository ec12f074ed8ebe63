"""Builds a bulletin from the parts of an issue, with texts and URLs in the language of the edition."""

from collections.abc import Iterable
from typing import Any

import nh3
from django.utils import timezone
from wagtail.models import Page
from wagtail.rich_text import expand_db_html

from articles.listing import story_types
from events.records.rows import EventRow
from portal.content.records.cards import Card
from portal.content.serving.editions import Edition
from portal.media.picture import sources
from portal.newsletter.bulletins import Bulletin, BulletinEntry, Group, Passage, Picture
from portal.newsletter.content import ContentPart, parts_of
from portal.platform.typography import typeset
from portal.platform.zones import when_for

ALLOWED_TAGS = {"a", "b", "br", "code", "em", "i", "li", "ol", "p", "strong", "sub", "sup", "ul"}
ALLOWED_SCHEMES = {"http", "https", "mailto", "tel"}
# The widths of pictures in CSS pixels: for the first story of a group, and for small pictures next to texts.
LEAD_WIDTH, THUMBNAIL_WIDTH = 552, 168


def bulletin_of(
    title: str, parts: list[ContentPart], edition: Edition, *, introduction: Iterable[Any] = (), **fields: str
) -> Bulletin:
    """The bulletin of some parts; `fields` are its other fields."""
    alts = alt_texts(card.pk for part in parts for card in part.stories if card.image)
    return Bulletin(
        title=title,
        introduction=tuple(p for block in introduction for p in passages_of(block.block_type, block.value, edition)),
        groups=tuple(_group(part, edition, alts) for part in parts),
        **fields,
    )


def bulletin_for(issue: Any, edition: Edition) -> Bulletin:
    """The bulletin of an issue, in the active language."""
    return bulletin_of(
        issue.title,
        parts_of(issue.content, edition, timezone.now()),
        edition,
        introduction=issue.introduction,
        preheader=issue.preheader,
        label=issue.period,
        web_url=edition.url_of(issue),
    )


def alt_texts(keys: Iterable[int]) -> dict[int, str]:
    """The alternative text of each story's lead image, by story key: empty if decorative, a title if missing."""
    keys = list(keys)
    texts: dict[int, str] = {}
    for model in story_types() if keys else []:
        rows = model.objects.filter(pk__in=keys).values_list(
            "pk", "lead_image_alt", "lead_image_decorative", "lead_image__title"
        )
        texts |= {key: alt or ("" if decorative else title) for key, alt, decorative, title in rows}
    return texts


def passages_of(kind: str, value: Any, edition: Edition) -> list[Passage]:
    """The passages of a block, by its type; none for a button whose page is not public."""
    match kind:
        case "heading":
            return [Passage("heading", value["text"])]
        case "paragraph":
            return [Passage("text", clean(str(value.source), edition.language))]
        case "figure" if value["image"]:
            return [Passage("picture", value["caption"], picture=_picture(value["image"], value["alt"], wide=True))]
        case "button":
            url = url_of_page(value.target, edition) if value.target else value["url"]
            return [Passage("button", value.text, url)] if url else []
        case "note":
            heading = [Passage("heading", value["title"])] if value["title"] else []
            return [*heading, *passages_of("paragraph", value["text"], edition)]
    return []


def clean(html: str, language: str) -> str:
    """Rich text as sanitized HTML that mail programs show and that is valid inside of MJML."""
    plain = nh3.clean(
        expand_db_html(html), tags=ALLOWED_TAGS, attributes={"a": {"href"}}, url_schemes=ALLOWED_SCHEMES, link_rel=None
    )
    return typeset(plain, language)


def url_of_page(page: Page, edition: Edition) -> str:
    """A path for a page of this edition, an absolute URL for a page of another site."""
    if page.path.startswith(edition.home.path):
        return edition.url_of(page)
    return page.full_url or ""


def _group(part: ContentPart, edition: Edition, alts: dict[int, str]) -> Group:
    if part.kind != "group":
        return Group(passages=tuple(passages_of(part.kind, part.value, edition)))
    section = part.section
    return Group(
        title=typeset(part.value["title"], edition.language),
        url=section.url if section else "",
        key=section.key if section else "",
        stories=tuple(_story(card, edition, alts, is_first=n == 0) for n, card in enumerate(part.stories)),
        events=tuple(_event(event, edition) for event in part.events),
    )


def _story(card: Card, edition: Edition, alts: dict[int, str], *, is_first: bool) -> BulletinEntry:
    return BulletinEntry(
        title=typeset(card.title, edition.language),
        url=edition.url_of(card.page),
        text=typeset(card.standfirst, edition.language),
        label=" · ".join(filter(None, (card.kind_label, card.byline))),
        picture=_picture(card.image, alts.get(card.pk, ""), wide=is_first) if card.image else None,
    )


def _event(date: EventRow, edition: Edition) -> BulletinEntry:
    return BulletinEntry(
        title=typeset(date.shown_title, edition.language),
        url=edition.url_of(date.event),
        when=when_for(date, edition.zone),
        place=date.shown_place,
    )


def _picture(image: Any, alt: str, *, wide: bool) -> Picture:
    source = sources(image, "mail" if wide else "mail_small")
    width = LEAD_WIDTH if wide else THUMBNAIL_WIDTH
    return Picture(source.src, alt, width, round(width * source.height / source.width))
