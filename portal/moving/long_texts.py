"""Converts a text that could take minutes in a process of its own, with limited memory and time.

A few kilobytes of forged HTML may occupy a parser for so long that the worker does nothing else.
"""

import json
import re
import sys
from io import SEEK_END
from tempfile import TemporaryFile
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from portal import bounded
from portal.moving.converting.bodies import convert_body
from portal.moving.converting.cleaning import bare_words
from portal.moving.converting.converted import PASSAGE, Block, Converted, Media, Note
from portal.moving.converting.editor_blocks import Surroundings

# Few posts are longer. A process takes half a second to start.
MOST_LETTERS = 50_000
MEMORY, SECONDS = 1024 * 1024 * 1024, 10
# The most that is read of the result.
MOST_BYTES = 50_000_000
# A batch of such texts takes less time than the claim of a run.
DEADLINE = 10.0
_REFERENCE = re.compile(r'"ref"\s*:\s*(\d{1,15})')


def convert_any(content: str, base: str, around: Surroundings) -> Converted:
    """Like `convert_body`; a text that takes too long becomes one passage of its words."""
    if _length(content, around) <= MOST_LETTERS:
        return convert_body(content, base, around)
    with TemporaryFile() as given, TemporaryFile() as result:
        facts = [content, base, list(around.reusable.items()), around.attached, around.footnotes]
        given.write(json.dumps(facts).encode())
        given.seek(0)
        _written, is_whole = bounded.run(__name__, file=given, deadline=DEADLINE, output=result)
        if is_whole and result.seek(0, SEEK_END) <= MOST_BYTES:
            result.seek(0)
            return from_json(result.read())
    return _as_passage(content)


def _length(content: str, around: Surroundings) -> int:
    """The length with reusable blocks, which may contain others many times."""
    texts = [around.reusable.get(int(number), "") for number in _REFERENCE.findall(content)]
    return len(content) + sum(len(text) * (MOST_LETTERS if _REFERENCE.search(text) else 1) for text in texts)


def _as_passage(content: str) -> Converted:
    text = re.sub(r"<[^<>]*>", " ", content.replace("\0", "").encode(errors="ignore").decode())
    words = " ".join(text.split())
    count = len(bare_words(words.split()))
    note = Note("passage", _("the whole text takes too long to convert"))
    return Converted([Block(PASSAGE, {"what": note.detail, "words": words})], [note], count, count, words)


def as_json(found: Converted) -> bytes:
    blocks = [[block.kind, block.value] for block in found.blocks]
    notes = [[note.code, note.detail] for note in found.notes]
    facts = [blocks, notes, found.words_before, found.words_after, found.old_text]
    return json.dumps(facts, default=lambda media: {"media": [media.address, media.wp_id]}).encode()


def from_json(content: bytes) -> Converted:
    def media_or_value(value: dict[str, Any]) -> Any:
        return Media(*value["media"]) if value.keys() == {"media"} else value

    blocks, notes, *facts = json.loads(content, object_hook=media_or_value)
    return Converted([Block(*block) for block in blocks], [Note(*note) for note in notes], *facts)


def main() -> None:
    bounded.limit_this_process(MEMORY, SECONDS)
    settings.configure(USE_I18N=False)
    content, base, reusable, attached, footnotes = json.load(sys.stdin)
    around = Surroundings(dict(reusable), tuple(attached), footnotes)
    sys.stdout.buffer.write(as_json(convert_body(content, base, around)))


if __name__ == "__main__":
    main()
