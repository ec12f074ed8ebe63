"""Generates the body streams of stories and events, as raw StreamField data."""

from collections.abc import Callable
from random import Random
from typing import Any

from tests.bench.bulk.text import TextWriter

Raw = dict[str, Any]

# The share of sections with a block other than paragraphs, and the frequency of each block type.
EXTRA_SHARE = 0.55
STORY_EXTRAS = {"quote": 24, "figure": 24, "fact_box": 24, "table": 12, "accordion": 10, "button": 6}
EVENT_EXTRAS = {"button": 40, "table": 20, "accordion": 20, "fact_box": 20}


def block_id(chance: Random) -> str:
    digits = f"{chance.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


class BodyWriter:
    """Without `images` (primary keys), no figure is generated."""

    def __init__(self, writer: TextWriter, images: list[int]):
        self.writer = writer
        self.chance = writer.chance
        self.images = images
        self._block_values: dict[str, Callable[[], Any]] = {
            name: getattr(self, f"_{name}") for name in ("heading", "paragraph", *STORY_EXTRAS)
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
        return [name for name, share in shares.items() if self.images or name != "figure" for _ in range(share)]

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

    def _fact_box(self) -> Raw:
        return {"title": self.writer.words(2), "text": self.writer.paragraphs(1)}

    def _table(self) -> Raw:
        rows = [{"values": [self.writer.words(3), self.writer.figure()]} for _ in range(self.chance.randint(3, 8))]
        columns = [{"type": "text", "heading": self.writer.words(1)} for _ in range(2)]
        return {"caption": self.writer.words(8), "table": {"columns": columns, "rows": rows, "caption": ""}}

    def _accordion(self) -> Raw:
        def question() -> Raw:
            return {"question": f"{self.writer.words(6)} ?", "answer": self.writer.paragraphs(1)}

        return {"items": self._items(2, 5, question)}

    def _button(self) -> Raw:
        return {
            "label": self.writer.words(4),
            "page": None,
            "url": f"https://example.org/{self.chance.randrange(10_000)}",
        }
