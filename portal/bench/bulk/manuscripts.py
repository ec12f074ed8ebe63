"""Writes the texts of pages, many at a time and where possible in a process of its own."""

import json
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_all_start_methods, get_context
from random import Random
from typing import Any

from wagtail.blocks import Block, ListBlock, RichTextBlock, StructBlock
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.rich_text import RichText

from articles.models import ArticlePage, PortraitPage
from events.models import EventPage, RecapPage
from portal.bench.bulk.bodies import BodyWriter, Raw
from portal.bench.bulk.references import Reference, references_in
from portal.bench.bulk.text import Writer
from portal.bench.bulk.vocabulary import vocabulary

# Batches that are being written while one is used.
AHEAD = 2
PARTS = (0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 6)

PageType = type[ArticlePage] | type[PortraitPage] | type[RecapPage] | type[EventPage]
Order = tuple[PageType, str]
"""What is to be written, and in which language."""


@dataclass(frozen=True)
class Manuscript:
    """The text of one page.

    `body` is JSON as the database has it, `text` what the search index reads of it, `words` how many both texts have.
    `facts` has the values of the fields that only this type of page has.
    """

    title: str
    standfirst: str
    caption: str
    body: str
    text: str
    words: int
    references: list[Reference]
    facts: dict[str, str]


@dataclass(frozen=True)
class SourceFiles:
    """The keys of the images and the documents that a text can show."""

    images: list[int]
    documents: list[int]


def written(library: SourceFiles, seed: str, orders: list[Order]) -> list[Manuscript]:
    """One manuscript for each order; the same seed and orders give the same."""
    chance = Random(seed)
    desks: dict[str, tuple[Writer, BodyWriter]] = {}
    manuscripts = []
    for model, language in orders:
        if language not in desks:
            writer = Writer(vocabulary(language), chance)
            desks[language] = writer, BodyWriter(writer, library.images, library.documents)
        manuscripts.append(_manuscript(model, *desks[language]))
    return manuscripts


def processors() -> int:
    """How many of them there are for this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class ManuscriptPool:
    """Writes the manuscripts of the next batch while those of the last are being used, where there are processors."""

    def __init__(self, library: SourceFiles, seed: str):
        self.library = library
        self.seed = seed

    def run(self, batches: list[list[Order]]) -> Iterator[list[Manuscript]]:
        jobs = [(self.library, f"{self.seed}:{number}", orders) for number, orders in enumerate(batches)]
        # Not worth its start for a few pages. The process inherits the words, and leaves the database alone.
        if len(jobs) < 2 or processors() == 1 or "fork" not in get_all_start_methods():
            for job in jobs:
                yield written(*job)
            return
        for language in {language for orders in batches for _, language in orders}:
            vocabulary(language)
        with ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool:
            yield from _one_ahead(pool, jobs)


def _one_ahead(
    pool: ProcessPoolExecutor, jobs: Iterable[tuple[SourceFiles, str, list[Order]]]
) -> Iterator[list[Manuscript]]:
    begun: deque[Future[list[Manuscript]]] = deque()
    for job in jobs:
        begun.append(pool.submit(written, *job))
        if len(begun) > AHEAD:
            yield begun.popleft().result()
    for future in begun:
        yield future.result()


def _manuscript(model: PageType, writer: Writer, bodies: BodyWriter) -> Manuscript:
    chance = writer.chance
    body = bodies.event() if model is EventPage else bodies.story(chance.choice(PARTS))
    facts = _event_facts(writer) if model is EventPage else _portrait_facts(writer) if model is PortraitPage else {}
    blocks, standfirst = _blocks(model), writer.standfirst()
    texts = searchable(blocks, body)
    return Manuscript(
        title=writer.title(),
        standfirst=standfirst,
        caption=writer.words(9)[:300],
        body=json.dumps(body),
        text=", ".join(texts),
        words=sum(len(text.split()) for text in [standfirst, *texts]),
        references=list(references_in(blocks, body, "body")),
        facts=facts,
    )


def _portrait_facts(writer: Writer) -> dict[str, str]:
    facts = {
        "name": writer.person(),
        "place": writer.name(),
        "sector": writer.words(2),
        "quote": writer.sentence()[:300],
    }
    if writer.chance.random() < 0.5:
        person = PortraitPage.Subject.PERSON.value
        return {**facts, "subject": person, "role": writer.words(2), "company": writer.name()}
    return {**facts, "website": f"https://example.org/{writer.chance.randrange(100_000)}"}


def _event_facts(writer: Writer) -> dict[str, str]:
    number = writer.chance.randrange(1, 200)
    if writer.chance.random() < 0.1:
        return {"online_url": f"https://example.org/online/{number}"}
    return {"place": writer.person(), "address": f"{number}, {writer.vocabulary.street} {writer.name()}"}


def _blocks(model: PageType) -> dict[str, Block]:
    return model._meta.get_field("body").stream_block.child_blocks


def searchable(blocks: dict[str, Block], body: list[Raw]) -> list[str]:
    """The texts of a stream as the search index reads them, without a query for what its blocks choose."""
    return [
        text
        for child in body
        for text in blocks[child["type"]].get_searchable_content(_native(blocks[child["type"]], child["value"]))
    ]


def _native(block: Block, raw: Any) -> Any:
    """A value as its block has it in memory, except that what is chosen stays a key."""
    if isinstance(block, StructBlock):
        return {name: _native(part, raw[name]) for name, part in block.child_blocks.items()}
    if isinstance(block, ListBlock):
        return [_native(block.child_block, item["value"]) for item in raw]
    if isinstance(block, RichTextBlock):
        return RichText(Writer.plain(raw))
    return block.to_python(raw) if isinstance(block, TypedTableBlock) else raw
