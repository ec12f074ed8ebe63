"""Reads the description of an imported event as safe HTML and as plain text."""

import re
from html import unescape
from typing import Any

import nh3
from django.utils.html import linebreaks
from icalendar.prop import vUnknown

from events.importing.components import RawComponent
from portal.platform.typography import first_sentences

MAX_STANDFIRST_LENGTH = 400
TAGS = {"p", "br", "b", "i", "strong", "em", "a", "ul", "ol", "li"}
UNSEEN_TAGS = {"script", "style", "title"}
_ESCAPED = re.compile(r"\\([nN,;\\])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*|/)?>", re.I)
_BREAK = re.compile(r"<br\b[^<>]*>", re.I)
_BLOCK_END = re.compile(r"</(?:p|li|ul|ol|div|h[1-6]|tr|table)\b[^<>]*>", re.I)
_PARAGRAPHS = re.compile(r"\n[ \t]*\n")
_URL_ONLY = re.compile(r"<?(?:https?://|www\.)\S+", re.I)


def text_in(component: RawComponent, name: str) -> str:
    """Return a property as text, without control characters."""
    found: Any = component.one(name, "")
    text = str(found)
    if isinstance(found, vUnknown):
        # The library does not unescape vendor properties, although they are TEXT (RFC 5545, section 3.3.11).
        text = _ESCAPED.sub(lambda escaped: "\n" if escaped[1] in "nN" else escaped[1], text)
    return _CONTROL.sub("", text).strip()


def description_in(component: RawComponent) -> str:
    """Return Outlook's HTML description if it has text, or else the plain description."""
    html = text_in(component, "X-ALT-DESC")
    return html if is_html(html) and plain_text(html) else text_in(component, "DESCRIPTION")


def is_html(text: str) -> bool:
    return bool(_TAG.search(text))


def plain_text(text: str) -> str:
    """Return a description without markup, with an empty line between paragraphs."""
    if not is_html(text):
        return text.strip()
    lines = _BLOCK_END.sub("\n\n", _BREAK.sub("\n", " ".join(text.split())))
    return unescape(nh3.clean(lines, tags=set(), clean_content_tags=UNSEEN_TAGS)).strip()


def same_text(text: str, other: str) -> bool:
    return plain_text(text).split() == plain_text(other).split()


def standfirst_and_body(text: str) -> tuple[str, str]:
    """Return the standfirst and the body. A short text has no body; a longer one begins with its standfirst."""
    lines = plain_text(text).splitlines()
    if not is_html(text):
        if len(text) <= MAX_STANDFIRST_LENGTH and not any(_is_url(line) for line in lines):
            return text, ""
        text = linebreaks(text, autoescape=True)
    body = nh3.clean(
        text,
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        clean_content_tags=UNSEEN_TAGS,
    )
    return _standfirst(lines), body.strip()


def _standfirst(lines: list[str]) -> str:
    """Return the first sentences of the first paragraph; nothing if the first sentence is too long."""
    text = "\n".join(line for line in lines if not _is_url(line))
    paragraphs = (" ".join(paragraph.split()) for paragraph in _PARAGRAPHS.split(text))
    # The text may be very long, and sentences beyond the limit are not used.
    beginning = next(filter(None, paragraphs), "")[: MAX_STANDFIRST_LENGTH + 1]
    sentences = first_sentences(beginning, MAX_STANDFIRST_LENGTH)
    return sentences if len(sentences) <= MAX_STANDFIRST_LENGTH else ""


def _is_url(line: str) -> bool:
    return bool(_URL_ONLY.fullmatch(line.strip()))
