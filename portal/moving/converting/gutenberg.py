"""Parses the comments around the blocks of WordPress's block editor: `<!-- wp:name {"a":1} -->…<!-- /wp:name -->`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bs4 import BeautifulSoup, Tag

from portal.moving.wordpress.values import json_value

_COMMENT = re.compile(r"<!--\s+(/?)wp:((?:[a-z][a-z0-9_-]*/)?[a-z][a-z0-9_-]*)\s+((?:(?!<!--).)*?)(/?)-->", re.S)
MOST_DEPTH = 60
# What each attribute overrides: the text of these tags, or these properties of tags.
TEXTS = {"content": ["p", "h1", "h2", "h3", "h4", "h5", "h6", "li"], "text": ["a"], "caption": ["figcaption"]}
PROPERTIES = {"url": {"a": "href", "img": "src"}, "alt": {"img": "alt"}, "id": {"img": "data-id"}}


@dataclass
class EditorBlock:
    """A block with its parts in order: HTML and blocks. `name` has its namespace, such as `core/image`.

    The outermost block has no name, nor does a part written in the classic editor.
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
    """The blocks of a text. An unclosed block ends with the text; a stray closing comment is ignored."""
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
        found = json_value(text) if text.strip() else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def override(block: EditorBlock, values: Mapping[str, Any]) -> None:
    """Override values of a block and of those within it; `values` are grouped by the name of the block."""
    metadata = block.attributes.get("metadata")
    own = values.get(str(metadata.get("name"))) if isinstance(metadata, dict) else None
    if isinstance(own, dict):
        block.parts = [_replaced(part, own) if isinstance(part, str) else part for part in block.parts]
    for each in block.blocks:
        override(each, values)


def _replaced(html: str, values: dict[str, Any]) -> str:
    tree = BeautifulSoup(html, "html.parser")
    for name, value in values.items():
        if not isinstance(value, str | int):
            continue
        if isinstance(node := tree.find(TEXTS.get(name, [])) if name in TEXTS else None, Tag):
            node.clear()
            node.append(BeautifulSoup(str(value), "html.parser"))
        for tag, attribute in PROPERTIES.get(name, {}).items():
            if isinstance(node := tree.find(tag), Tag):
                node[attribute] = str(value)
    return str(tree)
