"""Generates the texts of pages in batches."""

import json
from dataclasses import dataclass
from random import Random
from typing import Any

from wagtail.blocks import Block, ListBlock, RichTextBlock, StructBlock
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.rich_text import RichText

from articles.models import PortraitPage
from articles.stories import StoryPage
from events.models import EventPage
from tests.bench.bulk.bodies import BodyWriter, Raw
from tests.bench.bulk.references import Reference, references_in
from tests.bench.bulk.text import TextWriter
from tests.bench.bulk.vocabulary import vocabulary

PART_COUNTS = (0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 6)

PageType = type[StoryPage] | type[EventPage]
TextRequest = tuple[PageType, str]
"""The page type and the language of a text."""


@dataclass(frozen=True)
class PageText:
    """The text of one page.

    `body` is the JSON of the stream, `text` its searchable text, `words` their number in standfirst and body.
    `fields` has values of fields that only this page type has.
    """

    title: str
    standfirst: str
    caption: str
    body: str
    text: str
    words: int
    references: list[Reference]
    fields: dict[str, str]


@dataclass(frozen=True)
class SourceFiles:
    """The primary keys of the images and documents that texts refer to."""

    images: list[int]
    documents: list[int]


def generate_texts(files: SourceFiles, seed: str, requests: list[TextRequest]) -> list[PageText]:
    """One text for each request; the same seed and requests give the same texts."""
    chance = Random(seed)
    writers: dict[str, tuple[TextWriter, BodyWriter]] = {}
    texts = []
    for model, language in requests:
        if language not in writers:
            writer = TextWriter(vocabulary(language), chance)
            writers[language] = writer, BodyWriter(writer, files.images, files.documents)
        texts.append(_page_text(model, *writers[language]))
    return texts


def _page_text(model: PageType, writer: TextWriter, bodies: BodyWriter) -> PageText:
    chance = writer.chance
    body = bodies.event() if model is EventPage else bodies.story(chance.choice(PART_COUNTS))
    fields = _event_fields(writer) if model is EventPage else _portrait_fields(writer) if model is PortraitPage else {}
    blocks, standfirst = _blocks(model), writer.standfirst()
    texts = searchable(blocks, body)
    return PageText(
        title=writer.title(),
        standfirst=standfirst,
        caption=writer.words(9)[:300],
        body=json.dumps(body),
        text=", ".join(texts),
        words=sum(len(text.split()) for text in [standfirst, *texts]),
        references=list(references_in(blocks, body, "body")),
        fields=fields,
    )


def _portrait_fields(writer: TextWriter) -> dict[str, str]:
    fields = {
        "name": writer.person(),
        "place": writer.name(),
        "sector": writer.words(2),
        "quote": writer.sentence()[:300],
    }
    if writer.chance.random() < 0.5:
        person = PortraitPage.Subject.PERSON.value
        return {**fields, "subject": person, "role": writer.words(2), "company": writer.name()}
    return {**fields, "website": f"https://example.org/{writer.chance.randrange(100_000)}"}


def _event_fields(writer: TextWriter) -> dict[str, str]:
    number = writer.chance.randrange(1, 200)
    if writer.chance.random() < 0.1:
        return {"online_url": f"https://example.org/online/{number}"}
    return {"place": writer.person(), "address": f"{number}, {writer.vocabulary.street} {writer.name()}"}


def _blocks(model: PageType) -> dict[str, Block]:
    return model._meta.get_field("body").stream_block.child_blocks


def searchable(blocks: dict[str, Block], body: list[Raw]) -> list[str]:
    """The searchable texts of a stream, without a query for the objects that its blocks choose."""
    return [
        text
        for child in body
        for text in blocks[child["type"]].get_searchable_content(_native(blocks[child["type"]], child["value"]))
    ]


def _native(block: Block, raw: Any) -> Any:
    """The Python value of a block, except that a chosen object stays a primary key."""
    if isinstance(block, StructBlock):
        return {name: _native(part, raw[name]) for name, part in block.child_blocks.items()}
    if isinstance(block, ListBlock):
        return [_native(block.child_block, item["value"]) for item in raw]
    if isinstance(block, RichTextBlock):
        return RichText(TextWriter.plain(raw))
    return block.to_python(raw) if isinstance(block, TypedTableBlock) else raw
