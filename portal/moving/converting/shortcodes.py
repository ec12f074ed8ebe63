"""Reads the shortcodes of WordPress, such as `[caption id="x"]…[/caption]`, and replaces them by HTML.

`SHORTCODES` is the register: an app adds its own by `@shortcode("name")`.
"""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape, unescape
from typing import Protocol

from portal.moving.wordpress.values import unquoted

# Shortcodes within shortcodes; builders need some ten.
MOST_DEPTH = 30
NAME = r"[A-Za-z][\w-]*"
# As in WordPress: the attributes end at the first bracket that no other opens.
_OPENING = re.compile(
    rf"\[(?P<escaped>\[?)(?P<name>{NAME})(?![\w-])(?P<attributes>[^\]/]*(?:/(?!\])[^\]/]*)*)(?P<void>/?)\](?P<more>\]?)"
)
_ATTRIBUTE = re.compile(
    r"""([\w-]+)\s*=\s*"([^"]*)"(?:\s|$)|([\w-]+)\s*=\s*'([^']*)'(?:\s|$)|([\w-]+)\s*=\s*([^\s'"]+)(?:\s|$)"""
    r"""|"([^"]*)"(?:\s|$)|'([^']*)'(?:\s|$)|(\S+)(?:\s|$)"""
)
_QUOTES = str.maketrans({"“": '"', "”": '"', "″": '"', "«": '"', "»": '"', "\u00a0": " ", "\u200b": " "})


@dataclass(frozen=True)
class Shortcode:
    """A shortcode with the HTML of its content, in which others are replaced already; None without content.

    `raw` is that content before.
    """

    name: str
    attributes: dict[str, str]
    content: str | None
    raw: str | None
    source: str

    def __getitem__(self, key: str) -> str:
        return self.attributes.get(key, "")

    def first(self, *keys: str) -> str:
        return next((self.attributes[key] for key in keys if self.attributes.get(key)), "")

    @property
    def inner(self) -> str:
        return self.content or ""


class ShortcodeRule(Protocol):
    def __call__(self, found: Shortcode, /) -> str: ...


SHORTCODES: dict[str, ShortcodeRule] = {}
# Attributes with words that readers saw, in the order in which builders show them.
SEEN = ("title", "heading", "subtitle", "sub_heading", "text", "content", "label", "caption", "author", "name")


def shortcode(*names: str) -> Callable[[ShortcodeRule], ShortcodeRule]:
    """Register a function for shortcodes of these names; it returns HTML, which is cleaned later."""

    def register(rule: ShortcodeRule) -> ShortcodeRule:
        SHORTCODES.update(dict.fromkeys(names, rule))
        return rule

    return register


def attributes_of(text: str) -> dict[str, str]:
    """The attributes by their names in lower case; those without a name by their numbers, as in WordPress."""
    found: dict[str, str] = {}
    text = text.translate(_QUOTES) if '"' not in text and "'" not in text else text.replace("\u00a0", " ")
    for match in _ATTRIBUTE.finditer(text):
        names = (match[1], match[3], match[5])
        if name := next(filter(None, names), None):
            value = next(part for part in (match[2], match[4], match[6]) if part is not None)
            found[name.lower()] = unescape(value)
        else:
            value = next(part for part in (match[7], match[8], match[9]) if part is not None)
            found[str(sum(key.isdigit() for key in found))] = unescape(value)
    return found


def expand(text: str, depth: int = 0) -> str:
    """Replace all shortcodes in a text by HTML; of unknown ones, their content and visible attributes remain."""
    if "[" not in text or depth > MOST_DEPTH:
        return text
    result: list[str] = []
    place = 0
    closings = _closings(text)
    while match := _OPENING.search(text, place):
        result.append(text[place : match.start()])
        if match["escaped"] and match["more"]:
            result.append(escape_brackets(match[0][1:-1]))
            place = match.end()
            continue
        # A bracket before or after is text, not part of the shortcode.
        begin, end = match.start(), match.end() - len(match["more"])
        if match["escaped"]:
            result.append("&#91;")
            begin += 1
        closing = None if match["void"] else _closing(text, match["name"], end, closings)
        is_alone = _is_alone(text, begin, end)
        if not _is_shortcode(match, has_content=closing is not None, is_alone=is_alone):
            result.append(text[begin:end].replace("[", "&#91;", 1))
            place = end
            continue
        raw = text[end : closing[0]] if closing else None
        place = closing[1] if closing else end
        content = None if raw is None else expand(raw, depth + 1)
        found = Shortcode(match["name"].lower(), attributes_of(match["attributes"]), content, raw, text[begin:place])
        result.append(SHORTCODES.get(found.name, unknown)(found))
    result.append(text[place:])
    return "".join(result)


def escape_brackets(text: str) -> str:
    return text.replace("[", "&#91;").replace("]", "&#93;")


def _closings(text: str) -> set[str]:
    return {name.lower() for name in re.findall(rf"\[/({NAME})\s*\]", text)}


def _closing(text: str, name: str, place: int, closings: set[str]) -> tuple[int, int] | None:
    """Where the closing tag begins and ends; tags of the same name in between are counted."""
    if name.lower() not in closings:
        return None
    depth = 1
    for match in re.compile(rf"\[(/?){re.escape(name)}(?![\w-])([^\]]*)\]", re.I).finditer(text, place):
        if match[1]:
            depth -= 1
        elif not match[2].endswith("/"):
            depth += 1
        if not depth:
            return match.start(), match.end()
    # Without its own closing tag: WordPress takes the next one of that name for the opening one before.
    return None


_BLOCK = r"</?(?:p|div|h\d|ul|ol|li|blockquote|figure|td|th|tr|table|section|article|br|hr)\b[^<>]*>"
_BEGINS = re.compile(rf"(?:^|\n|{_BLOCK})\s*$", re.I)
_ENDS = re.compile(rf"\s*(?:$|\n|{_BLOCK})", re.I)
# Longer tags do not stand around a shortcode.
NEAR = 300


def _is_alone(text: str, begin: int, end: int) -> bool:
    """Whether it has a line or a paragraph of its own."""
    before, after = text[max(0, begin - NEAR) : begin], text[end : end + NEAR]
    return bool(_BEGINS.search(before) and _ENDS.match(after))


def _is_shortcode(match: re.Match[str], *, has_content: bool, is_alone: bool) -> bool:
    """Whether it is one: “[sic]” and “[Anm. d. Red.]” are words in brackets, as WordPress leaves them."""
    name = match["name"]
    if name.lower() in SHORTCODES or has_content or (is_alone and name.islower() and not match["attributes"].strip()):
        return True
    return bool(re.search(r"""[\w-]+\s*=\s*["'“”«″]?[^\s"']""", match["attributes"])) or "_" in name or "-" in name


def unknown(found: Shortcode) -> str:
    """The words that it carries, and a passage to be looked at."""
    words = "".join(f"<p>{escape(found[key])}</p>" for key in SEEN if found[key] and found[key] not in found.inner)
    pictures = _picture_of(found)
    # A shortcode that shows its content in another way only loses its frame.
    passage = "" if (words or found.inner.strip()) and not _is_form(found) else passage_html(f"[{found.name}]")
    return block(words + pictures + passage + block(found.inner))


def _is_form(found: Shortcode) -> bool:
    return "form" in found.name


def _picture_of(found: Shortcode) -> str:
    address = found.first("src", "image_url", "image")
    if re.match(r"https?://\S+\.(?:jpe?g|png|gif|webp|avif)\b", address, re.I):
        return picture(address, found["alt"])
    return ""


def block(html: str) -> str:
    """Separate from the text around it, for wpautop."""
    return f"\n\n{html}\n\n" if html else ""


def picture(address: str = "", alt: str = "", wp_id: str = "", caption: str = "") -> str:
    """A picture by its address or its number in the media library; empty without both."""
    number = wp_id if wp_id.isdigit() else ""
    if not (address or number):
        return ""
    image = f'<img src="{escape(address)}" alt="{escape(alt)}" data-id="{number}" />'
    under = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f"<figure>{image}{under}</figure>"


def button(address: str, label: str) -> str:
    if not address or not label:
        return f"<p>{escape(label)}</p>" if label else ""
    return f'<p><a class="wp-block-button__link" href="{escape(address)}">{escape(label)}</a></p>'


def heading(text: str, level: str = "h2") -> str:
    level = level if re.fullmatch(r"h[1-6]", level) else "h2"
    return f"<{level}>{escape(text)}</{level}>" if text else ""


def gallery_html(numbers: list[str]) -> str:
    images = "".join(f'<img src="" alt="" data-id="{number}" />' for number in numbers if number.isdigit())
    return f'<figure class="wp-block-gallery">{images}</figure>' if images else ""


def embed_html(address: str) -> str:
    return f'<div data-embed="{escape(address)}"></div>' if address else ""


def passage_html(what: str) -> str:
    """A passage to be looked at; `what` names what stood there."""
    return f'<div data-passage="{escape_brackets(escape(what))}"></div>'


def numbers(text: str) -> list[str]:
    return re.findall(r"\d+", text)


def decoded(text: str) -> str:
    """The text of an attribute in base64 of an address-encoded text, as WPBakery writes it."""
    try:
        return unquoted(base64.b64decode(re.sub(r"<[^>]*>|\s", "", text), validate=True).decode())
    except (ValueError, binascii.Error):
        return text
