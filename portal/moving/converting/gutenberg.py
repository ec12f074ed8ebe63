"""Reads the comments by which WordPress's block editor marks blocks: `<!-- wp:name {"a":1} -->…<!-- /wp:name -->`."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

_COMMENT = re.compile(r"<!--\s+(/?)wp:((?:[a-z][a-z0-9_-]*/)?[a-z][a-z0-9_-]*)\s+(.*?)(/?)-->", re.S)
MOST_DEPTH = 60


@dataclass
class EditorBlock:
    """A block with its parts in order: HTML, and blocks. `name` has its namespace, such as `core/image`.

    The outermost has no name, and neither has a part of the classic editor.
    """

    name: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    parts: "list[str | EditorBlock]" = field(default_factory=list)

    @property
    def blocks(self) -> "list[EditorBlock]":
        return [part for part in self.parts if isinstance(part, EditorBlock)]

    @property
    def own_html(self) -> str:
        return "".join(part for part in self.parts if isinstance(part, str))

    def text(self, name: str) -> str:
        value = self.attributes.get(name)
        return str(value) if isinstance(value, str | int) else ""


def has_blocks(text: str) -> bool:
    return "<!-- wp:" in text


def parse_blocks(text: str) -> EditorBlock:
    """The blocks of a text. A block that is never closed ends with the text, and a stray closing comment is ignored."""
    root = EditorBlock()
    open_blocks = [root]
    place = 0
    for match in _COMMENT.finditer(text):
        if before := text[place : match.start()]:
            open_blocks[-1].parts.append(before)
        place = match.end()
        name = match[2] if "/" in match[2] else f"core/{match[2]}"
        if match[1]:
            names = [block.name for block in open_blocks]
            if name in names[1:]:
                del open_blocks[len(names) - 1 - names[::-1].index(name) :]
            continue
        block = EditorBlock(name, _attributes(match[3]))
        open_blocks[-1].parts.append(block)
        if not match[4] and len(open_blocks) < MOST_DEPTH:
            open_blocks.append(block)
    if rest := text[place:]:
        open_blocks[-1].parts.append(rest)
    return root


def _attributes(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
