"""Extracts the text that people see or hear on a page, and detects English."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from lxml import html

# Words in most English sentences, and in no French or German one.
ENGLISH = re.compile(
    r"\b(?:the|of|and|with|your|you|this|that|these|are|is|from|not|by|be|been|have|has|were|there|which|edit|delete|save"
    r"|add|choose|select|search|password|none|yes|draft|settings|language|no|to|for|ago|seconds?|hours?|days?|weeks?(?!-end)|months?|years?)\b",
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
# Strings that are the same in the other language, or not part of the interface, such as package versions in the system
# report.
NO_WORDS = re.compile(
    r"\bWagtail [\d.]+|https?://\S+|\S+@\S+|zz\w+zz|\b[A-Z]\w+/[A-Z]\w+[\w ]*|\bnew \w+Chooser\(.*|CC BY"
)
# English names that Django writes into the database; only network administrators see them, in the group form.
IN_THE_DATABASE = re.compile(
    r"\b(?:Can (?:add|change|choose|delete|view) |Can choose$|Delete pages with|Lock/unlock pages)"
)
# Time zone cities whose names are the same in German.
PLACES = {"Isle of Man", "Port of Spain"}
# Hidden text: numbers that a script fills in, and elements that face.css hides.
HIDDEN_TAGS = {"script", "style", "noscript"}
HIDDEN_CLASSES = {"submit", "w-sr-only"}
BUTTONS = {"submit", "button"}
# A label in the menu's data, which a script renders.
LABEL = re.compile(r'"label": ("(?:[^"\\]|\\.)*")')


def shown_texts(response: Any) -> list[str]:
    """The text of a page that is shown or read aloud; empty for a response that is not a page."""
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
    """All text of an element, and the attributes that are shown or read aloud."""
    if element.text:
        yield element.text
    for child in element:
        # The text after a comment belongs to the parent.
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
    """The text of the menu."""
    for script in page.xpath("//*[@id='wagtail-sidebar-props']"):
        yield from map(json.loads, LABEL.findall(script.text or ""))


# The same text occurs on hundreds of pages.
@cache
def _without_names(piece: str) -> str:
    return " ".join(NO_WORDS.sub(" ", piece).split())


@cache
def is_foreign(piece: str) -> bool:
    """Whether the text is English, or names Wagtail."""
    is_english = ENGLISH.search(piece) and not IN_THE_DATABASE.search(piece) and piece not in PLACES
    return bool(is_english) or "wagtail" in piece.lower()
