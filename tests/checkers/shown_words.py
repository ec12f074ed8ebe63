"""What people see and hear of a page, piece by piece, and whether it is English."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from lxml import html

# Words that stand in most English sentences, and in no French or German one.
ENGLISH = re.compile(
    r"\b(?:the|of|and|with|your|you|this|that|these|are|is|from|not|by|be|been|have|has|were|there|which|edit|delete|save"
    r"|add|choose|select|search|password|none|yes|draft|settings|language|no|to|for|ago|seconds?|hours?|days?|weeks?|months?|years?)\b",
    re.IGNORECASE,
)
SHOWN_ATTRIBUTES = (
    "title",
    "aria-label",
    "placeholder",
    "alt",
    "data-w-tooltip-content-value",
    "data-w-progress-active-value",
)
# What is the same in the other language, or is no word of the newsroom, such as the packages and their versions on the
# page System.
NO_WORDS = re.compile(
    r"\bWagtail [\d.]+|https?://\S+|\S+@\S+|zz\w+zz|\b[A-Z]\w+/[A-Z]\w+[\w ]*|\bnew \w+Chooser\(.*|CC BY"
)
# What Django writes into the database in English, and only administrators of the network meet in the form of a group.
IN_THE_DATABASE = re.compile(
    r"\b(?:Can (?:add|change|choose|delete|view) |Can choose$|Delete pages with|Lock/unlock pages)"
)
# Not shown: numbers that a script fills in, and what face.css hides.
HIDDEN_TAGS = {"script", "style", "noscript"}
HIDDEN_CLASSES = {"submit", "w-sr-only"}
BUTTONS = {"submit", "button"}
# A label in the data of the menu, which a script draws.
LABEL = re.compile(r'"label": ("(?:[^"\\]|\\.)*")')


def said(response: Any) -> list[str]:
    """What a page shows or a screen reader says, piece by piece; nothing for what is no page."""
    kind = response.headers.get("Content-Type", "")
    if kind.startswith("application/json"):
        found = json.loads(response.content)
        text = found.get("html") or "" if isinstance(found, dict) else ""
    else:
        text = response.content.decode("utf-8", "replace") if kind.startswith("text/html") else ""
    if not text.strip():
        return []
    page = html.document_fromstring(text)
    return [clean for piece in [*_labels(page), *_shown(page)] if (clean := _without_names(piece))]


def _shown(element: html.HtmlElement) -> Iterator[str]:
    """All that an element shows: its texts, and the attributes that are read aloud or shown as well."""
    if element.text:
        yield element.text
    for child in element:
        # Comments are no elements, and what stands behind them is text like any other.
        if isinstance(child.tag, str) and not _is_hidden(child):
            yield from (child.attrib[name] for name in SHOWN_ATTRIBUTES if name in child.attrib)
            if child.tag == "input" and child.get("type") in BUTTONS and "value" in child.attrib:
                yield child.attrib["value"]
            yield from _shown(child)
        if child.tail:
            yield child.tail


def _is_hidden(element: html.HtmlElement) -> bool:
    return (
        element.tag in HIDDEN_TAGS
        or element.get("lang") == "en"
        or "data-side-panel-toggle-counter" in element.attrib
        or HIDDEN_CLASSES.issubset(element.get("class", "").split())
    )


def _labels(page: html.HtmlElement) -> Iterator[str]:
    """The words of the menu."""
    for script in page.xpath("//*[@id='wagtail-sidebar-props']"):
        yield from map(json.loads, LABEL.findall(script.text or ""))


# The same words stand on hundreds of pages.
@cache
def _without_names(piece: str) -> str:
    return " ".join(NO_WORDS.sub(" ", piece).split())


@cache
def is_foreign(piece: str) -> bool:
    """Whether it is English, or names Wagtail."""
    is_english = ENGLISH.search(piece) and not IN_THE_DATABASE.search(piece)
    return bool(is_english) or "wagtail" in piece.lower()
