"""Generates the text of pages in batches."""

from dataclasses import dataclass
from random import Random

from articles.models import PortraitPage
from articles.stories import StoryPage
from events.models import EventPage
from tests.bench.bulk.bodies import BodyWriter, Raw
from tests.bench.bulk.text import TextWriter
from tests.bench.bulk.vocabulary import vocabulary

PART_COUNTS = (0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 6)

PageType = type[StoryPage] | type[EventPage]
TextRequest = tuple[PageType, str]
"""A text's page type and language."""


@dataclass(frozen=True)
class PageText:
    """The text of one page; `fields` has the values of fields that only this page type has."""

    title: str
    standfirst: str
    caption: str
    body: list[Raw]
    fields: dict[str, str]


def generate_texts(images: list[int], seed: str, requests: list[TextRequest]) -> list[PageText]:
    """One text for each request, with these images; the same seed and requests give the same texts."""
    chance = Random(seed)
    writers: dict[str, tuple[TextWriter, BodyWriter]] = {}
    texts = []
    for model, language in requests:
        if language not in writers:
            writer = TextWriter(vocabulary(language), chance)
            writers[language] = writer, BodyWriter(writer, images)
        texts.append(_page_text(model, *writers[language]))
    return texts


def _page_text(model: PageType, writer: TextWriter, bodies: BodyWriter) -> PageText:
    chance = writer.chance
    body = bodies.event() if model is EventPage else bodies.story(chance.choice(PART_COUNTS))
    fields = _event_fields(writer) if model is EventPage else _portrait_fields(writer) if model is PortraitPage else {}
    standfirst = writer.standfirst()
    return PageText(
        title=writer.title(),
        standfirst=standfirst,
        caption=writer.words(9)[:300],
        body=body,
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
