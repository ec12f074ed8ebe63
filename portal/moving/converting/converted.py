"""The result of a conversion as plain values: blocks with the URLs of their media, and notes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or file of the old site, by its URL, its number in the media library, or both."""

    address: str = ""
    wp_id: int = 0


# A video's picture: the lead picture of the story.
POSTER = Media("poster:")
# A block for content that our blocks cannot represent. Somebody must check it.
PASSAGE = "passage"
# The content of such a block if it was struck through, because our rich text has no such mark.
STRUCK = "struck text"


@dataclass(slots=True)
class Block:
    """A block of a body. `value` is as in a stream, with `Media` instead of picture and document keys."""

    kind: str
    value: Any


@dataclass(frozen=True, slots=True)
class Note:
    """A note about how a part of the text was converted. `code` groups notes, `detail` names the part."""

    code: str
    detail: str


@dataclass(slots=True)
class Converted:
    blocks: list[Block] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    words_before: int = 0
    words_after: int = 0
    # The text as readers saw it on the old site, one line for each paragraph.
    old_text: str = ""

    @property
    def media(self) -> list[Media]:
        return [media for block in self.blocks for media in media_in(block.value)]


def media_in(value: Any) -> Iterator[Media]:
    if isinstance(value, Media):
        if value != POSTER:
            yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from media_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from media_in(part)
