"""Generates the body streams of stories and events, as raw StreamField data."""

from collections.abc import Callable
from random import Random
from typing import Any

from tests.bench.bulk.text import TextWriter

Raw = dict[str, Any]

# The share of sections with a block other than paragraphs, and the frequency of each block type.
EXTRA_SHARE = 0.55
STORY_EXTRAS = {
    "quote": 20, "figure": 14, "fact_box": 8, "table": 8, "key_figures": 8, "timeline": 7, "accordion": 7,
    "related_links": 6, "gallery": 5, "video": 5, "call_out": 5, "button": 4, "download": 3,
}  # fmt: skip
EVENT_EXTRAS = {
    "button": 30, "table": 15, "accordion": 15, "call_out": 14, "related_links": 10, "download": 8,
    "heading": 5, "quote": 3,
}  # fmt: skip
NEEDS_IMAGE = {"figure", "gallery", "video"}


def block_id(chance: Random) -> str:
    digits = f"{chance.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


class BodyWriter:
    """Without `images` or `documents` (primary keys), no block that needs one is generated."""

    def __init__(self, writer: TextWriter, images: list[int], documents: list[int]):
        self.writer = writer
        self.chance = writer.chance
        self.images = images
        self.documents = documents
        self._block_values: dict[str, Callable[[], Any]] = {
            name: getattr(self, f"_{name}") for name in {**STORY_EXTRAS, **EVENT_EXTRAS, "paragraph": 1}
        }
        self._story_extras = self._weighted(STORY_EXTRAS)
        self._event_extras = self._weighted(EVENT_EXTRAS)

    def story(self, parts: int) -> list[Raw]:
        """Opening paragraphs, then parts: a heading, paragraphs and often another block."""
        chance = self.chance
        blocks = [self._block("paragraph")]
        for _ in range(parts):
            blocks.append(self._block("heading"))
            blocks.append(self._block("paragraph"))
            if chance.random() < EXTRA_SHARE:
                blocks.append(self._block(chance.choice(self._story_extras)))
                if chance.random() < 0.4:
                    blocks.append(self._block("paragraph"))
        return blocks

    def event(self) -> list[Raw]:
        extras = self.chance.choices(self._event_extras, k=self.chance.choice((0, 1, 1, 2)))
        return [self._block(name) for name in ["paragraph", *extras]]

    def _weighted(self, shares: dict[str, int]) -> list[str]:
        missing = (NEEDS_IMAGE if not self.images else set()) | ({"download"} if not self.documents else set())
        return [name for name, share in shares.items() if name not in missing for _ in range(share)]

    def _block(self, name: str) -> Raw:
        return {"type": name, "value": self._block_values[name](), "id": block_id(self.chance)}

    def _items(self, minimum: int, maximum: int, value: Callable[[], Any]) -> list[Raw]:
        """The items of a list block; `value` is called for each."""
        count = self.chance.randint(minimum, maximum)
        return [{"type": "item", "value": value(), "id": block_id(self.chance)} for _ in range(count)]

    def _paragraph(self) -> str:
        return self.writer.paragraphs(self.chance.choice((1, 1, 2, 2, 3)))

    def _heading(self) -> Raw:
        level = "h2" if self.chance.random() < 0.75 else "h3"
        return {"text": self.writer.words(self.chance.randint(2, 6)), "level": level}

    def _quote(self) -> Raw:
        return {
            "text": self.writer.sentences(self.chance.randint(1, 2)),
            "source": self.writer.person(),
            "role": self.writer.words(3),
        }

    def _figure(self) -> Raw:
        return {
            "image": self.chance.choice(self.images),
            "alt": self.writer.words(6),
            "decorative": False,
            "caption": self.writer.sentence(),
            "credit": "",
            "wide": self.chance.random() < 0.2,
        }

    def _gallery(self) -> Raw:
        def picture() -> Raw:
            image = self.chance.choice(self.images)
            return {"image": image, "alt": self.writer.words(5), "decorative": False, "caption": self.writer.words(8)}

        return {"images": self._items(2, 6, picture)}

    def _video(self) -> Raw:
        return {
            "title": self.writer.words(5),
            "url": f"https://video.example.org/watch/{self.chance.randrange(1_000_000)}",
            "image": self.chance.choice(self.images),
            "duration": f"{self.chance.randint(1, 9)}:{self.chance.randint(10, 59)}",
            "transcript": self.writer.paragraphs(1),
        }

    def _fact_box(self) -> Raw:
        return {"title": self.writer.words(2), "text": self.writer.paragraphs(1)}

    def _call_out(self) -> Raw:
        tone = self.chance.choice(("note", "important", "advice"))
        return {"tone": tone, "title": self.writer.words(3), "text": f"<p>{self.writer.sentence()}</p>"}

    def _key_figures(self) -> Raw:
        def figure() -> Raw:
            return {"value": self.writer.figure(), "label": self.writer.words(4)}

        return {"title": self.writer.words(2), "figures": self._items(2, 4, figure)}

    def _timeline(self) -> Raw:
        years = iter(sorted(self.chance.sample(range(1950, 2030), 6)))

        def step() -> Raw:
            return {"date": str(next(years)), "title": self.writer.words(5), "text": self.writer.sentence()}

        return {"title": self.writer.words(3), "entries": self._items(3, 6, step)}

    def _table(self) -> Raw:
        rows = [{"values": [self.writer.words(3), self.writer.figure()]} for _ in range(self.chance.randint(3, 8))]
        columns = [{"type": "text", "heading": self.writer.words(1)} for _ in range(2)]
        return {"caption": self.writer.words(8), "table": {"columns": columns, "rows": rows, "caption": ""}}

    def _accordion(self) -> Raw:
        def question() -> Raw:
            return {"question": f"{self.writer.words(6)} ?", "answer": self.writer.paragraphs(1)}

        return {"items": self._items(2, 5, question)}

    def _link(self) -> Raw:
        return {
            "label": self.writer.words(4),
            "page": None,
            "url": f"https://example.org/{self.chance.randrange(10_000)}",
        }

    def _button(self) -> Raw:
        return self._link()

    def _related_links(self) -> Raw:
        return {"title": self.writer.words(3), "links": self._items(2, 4, self._link)}

    def _download(self) -> Raw:
        return {"document": self.chance.choice(self.documents), "title": self.writer.words(5)}
