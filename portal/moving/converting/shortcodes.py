"""Reads WordPress shortcodes, such as `[caption id="x"]…[/caption]`, and replaces them with HTML.

`SHORTCODES` is the registry: an app adds its own with `@shortcode("name")`.
"""

import base64
import binascii
import re
from bisect import bisect
from collections.abc import Callable
from dataclasses import dataclass
from html import escape, unescape
from typing import Protocol

from portal.moving.wordpress.values import unquoted

# The maximum nesting of shortcodes; page builders need about ten levels.
MOST_DEPTH = 30
NAME = r"[A-Za-z][\w-]*"
# What may follow a name. A version, such as “[gcc-4.0.1]”, or a file name is text.
_AFTER_NAME = r"(?=[\s\]/=:<\"'“”]|&nbsp;)"
# As in WordPress, the attributes end at the first closing bracket without an opening one.
_OPENING = re.compile(
    rf"\[(?P<escaped>\[?)(?P<name>{NAME}){_AFTER_NAME}(?P<attributes>[^\[\]/]*(?:/(?!\])[^\[\]/]*)*)"
    r"(?P<void>/?)\](?P<more>\]?)"
)
# The shortcodes of SyntaxHighlighter and similar plugins: the name of the plugin, and names of languages.
CODE = (
    *("code", "sourcecode", "php", "html", "css", "xml", "javascript", "js", "jscript", "json", "python", "py", "sql"),
    *("bash", "shell", "java", "ruby", "csharp", "cpp", "perl", "typoscript"),
)
_CLOSING = re.compile(rf"\[/({NAME})\s*\]")
_TAG = re.compile(rf"\[(?P<closes>/?)(?P<name>{NAME})(?P<attributes>[^\[\]]*)(?P<end>\]?)")
_CODE = re.compile(rf"<(code|pre)\b[^<>]*>|\[({'|'.join(CODE)})\b[^\[\]]*\]", re.I)
_ATTRIBUTE = re.compile(
    r"""([\w-]+)\s*=\s*"([^"]*)"(?:\s|$)|([\w-]+)\s*=\s*'([^']*)'(?:\s|$)|([\w-]+)\s*=\s*([^\s'"]+)(?:\s|$)"""
    r"""|"([^"]*)"(?:\s|$)|'([^']*)'(?:\s|$)|(\S+)(?:\s|$)"""
)
_QUOTES = str.maketrans({"“": '"', "”": '"', "″": '"', "«": '"', "»": '"', "\u00a0": " ", "\u200b": " "})


@dataclass(frozen=True)
class Shortcode:
    """A shortcode and its content as HTML, with nested shortcodes already replaced; None without content.

    `raw` is the content before the replacement.
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
# Attributes with visible words, in the order in which page builders show them.
SEEN = ("title", "heading", "subtitle", "sub_heading", "text", "content", "label", "caption", "author", "name")


def shortcode(*names: str) -> Callable[[ShortcodeRule], ShortcodeRule]:
    """Register a function for these shortcodes; it returns HTML, which is cleaned later."""

    def register(rule: ShortcodeRule) -> ShortcodeRule:
        SHORTCODES.update(dict.fromkeys(names, rule))
        return rule

    return register


def attributes_of(text: str) -> dict[str, str]:
    """The attributes by lower-case name; attributes without a name by number, as in WordPress."""
    found: dict[str, str] = {}
    unnamed = 0
    text = text.translate(_QUOTES) if '"' not in text and "'" not in text else text.replace("\u00a0", " ")
    for match in _ATTRIBUTE.finditer(text):
        names = (match[1], match[3], match[5])
        if name := next(filter(None, names), None):
            value = next(part for part in (match[2], match[4], match[6]) if part is not None)
            found[name.lower()] = unescape(value)
        else:
            value = next(part for part in (match[7], match[8], match[9]) if part is not None)
            found[str(unnamed)] = unescape(value)
            unnamed += 1
    return found


def expand(text: str, depth: int = 0) -> str:
    """Replace all shortcodes in a text with HTML. For unknown ones, the content and the visible attributes remain."""
    if "[" not in text:
        return text
    result: list[str] = []
    place = 0
    # Shortcodes that are nested too deeply are replaced one by one.
    closings = _closings(text) if depth <= MOST_DEPTH else {}
    code = CodeSpans(text)
    while match := _OPENING.search(text, place):
        result.append(text[place : match.start()])
        if match["escaped"] and match["more"]:
            result.append(escape_brackets(match[0][1:-1]))
            place = match.end()
            continue
        if match.start() in code:
            result.append(match[0])
            place = match.end()
            continue
        # An extra bracket before or after is text, not part of the shortcode.
        begin, end = match.start(), match.end() - len(match["more"])
        if match["escaped"]:
            result.append("&#91;")
            begin += 1
        closing = None if match["void"] else closings.get(begin)
        is_alone = _is_alone(text, begin, end)
        if not _is_shortcode(match, has_content=closing is not None, is_alone=is_alone):
            result.append(text[begin:end].replace("[", "&#91;", 1))
            place = end
            continue
        raw = text[end : closing[0]] if closing else None
        place = closing[1] if closing else end
        if _IN_TAG.search(text, max(0, begin - NEAR), begin):
            # Inside a tag, such as in a URL, there is no place for the HTML of a shortcode.
            continue
        content = None if raw is None else expand(raw, depth + 1)
        attributes = attributes_of(match["attributes"].lstrip(":="))
        found = Shortcode(match["name"].lower(), attributes, content, raw, text[begin:place])
        result.append(SHORTCODES.get(found.name, unknown)(found))
    result.append(text[place:])
    return "".join(result) if depth else _without_stray_closings("".join(result))


def _without_stray_closings(text: str) -> str:
    code = CodeSpans(text)

    def rest(match: re.Match[str]) -> str:
        name = match[1].lower()
        is_shortcode = name in SHORTCODES or "_" in name or "-" in name
        return match[0] if match.start() in code or not is_shortcode else " "

    return _CLOSING.sub(rest, text)


class CodeSpans:
    """The places within `<code>`, `<pre>` and similar tags, where brackets and URLs are only text."""

    def __init__(self, text: str):
        self._edges: list[int] = []
        # The names without a further closing tag, so that each is searched for only once.
        unclosed: set[str] = set()
        place = 0
        while opening := _CODE.search(text, place):
            place, name = opening.end(), opening[0][0] + "/" + (opening[1] or opening[2]).lower()
            closing = None if name in unclosed else re.compile(re.escape(name), re.I).search(text, place)
            if closing:
                self._edges += [place, closing.start()]
                place = closing.start()
            else:
                unclosed.add(name)

    def __contains__(self, place: int) -> bool:
        return bisect(self._edges, place) % 2 == 1


def escape_brackets(text: str) -> str:
    return text.replace("[", "&#91;").replace("]", "&#93;")


def _closings(text: str) -> dict[int, tuple[int, int]]:
    """The start and end of the closing tag of each opening one, by its place; nested tags of the same name are counted.

    Like WordPress, an opening tag without a closing one does not use one that follows another opening tag of its name.
    """
    found: dict[int, tuple[int, int]] = {}
    closed = {name.lower() for name in _CLOSING.findall(text)}
    unclosed: dict[str, list[int]] = {name: [] for name in closed}
    for match in _TAG.finditer(text) if closed else ():
        places = unclosed.get(match["name"].lower())
        if places is None:
            continue
        if not match["closes"]:
            if not match["attributes"].endswith("/"):
                places.append(match.start())
        elif places and match["end"]:
            found[places.pop()] = match.span()
    return found


_BLOCK = r"</?(?:p|div|h\d|ul|ol|li|blockquote|figure|td|th|tr|table|section|article|br|hr)\b[^<>]*>"
_BEGINS = re.compile(rf"(?:^|\n|{_BLOCK})\s*$", re.I)
_ENDS = re.compile(rf"\s*(?:$|\n|{_BLOCK})", re.I)
# A longer tag does not belong to a shortcode.
NEAR = 300
# The sounds of a player, such as `[dewplayer:https://a.example/b.mp3]`.
_SOUND = r"https?://[^\s|,\]]+\.(?:mp3|m4a|ogg|oga|wav|flac)\b"
_IN_TAG = re.compile(r"<[A-Za-z][^<>]*$")
_BUTTON = re.compile(r"(?:^|[_-])(?:button|btn)$")
_PLAYER = re.compile(rf"[:=]?\s*{_SOUND}")
# An attribute with its value. In a sentence, an equals sign stands between spaces: “[if x = 3]”.
_VALUE = re.compile(r"""(?<!\S)[\w-]+(?:\s*=\s*["'“”«″]|=)[^\s"']|^=\s*https?://""")
LEAST_KEY = 6


def _is_alone(text: str, begin: int, end: int) -> bool:
    """Whether the shortcode has a line or a paragraph to itself."""
    before, after = text[max(0, begin - NEAR) : begin], text[end : end + NEAR]
    return bool(_BEGINS.search(before) and _ENDS.match(after))


def _is_shortcode(match: re.Match[str], *, has_content: bool, is_alone: bool) -> bool:
    """Whether this is a shortcode. WordPress leaves words in brackets, such as “[sic]” and “[Anm. d.

    Red.]”, unchanged.
    """
    name, text = match["name"], match["attributes"]
    is_own_line = is_alone and name.isascii() and name.islower()
    if name.lower() in SHORTCODES or has_content or (is_own_line and _is_code(name, text.strip())):
        return True
    # An underscore is not part of any word, but a hyphen is: “[re-elected]”, “[Vice-présidente]”.
    if "_" in name or _PLAYER.match(text):
        return True
    # The attributes of HTML tags between the brackets do not count.
    return bool(_VALUE.search(re.sub(r"<[^<>]*>", "", text)))


def _is_code(name: str, text: str) -> bool:
    """Whether the text after a name cannot be prose: nothing, or the key of a video or similar, such as `802yP2nw`."""
    return not text or bool(re.fullmatch(r"(?=\S*\d)[\w-]+", text) and ("-" in name or len(text) >= LEAST_KEY))


def unknown(found: Shortcode) -> str:
    """The words in an unknown shortcode, and a passage for people to check."""
    if _BUTTON.search(found.name):
        return button_of(found)
    words = "".join(f"<p>{escape(found[key])}</p>" for key in SEEN if found[key] and found[key] not in found.inner)
    shown = _picture_of(found) + sound_html(found["0"])
    # A shortcode that only changes the look of its content is removed, and the content stays.
    passage = "" if (words or shown or found.inner.strip()) and not _is_form(found) else passage_html(f"[{found.name}]")
    return block(words + shown + passage + block(found.inner))


def _is_form(found: Shortcode) -> bool:
    return "form" in found.name


def _picture_of(found: Shortcode) -> str:
    address = found.first("src", "image_url", "image")
    if re.match(r"https?://\S+\.(?:jpe?g|png|gif|webp|avif)\b", address, re.I):
        return picture(address, found["alt"])
    return ""


def block(html: str) -> str:
    """Separate the HTML from the text around it, for wpautop."""
    return f"\n\n{html}\n\n" if html else ""


def picture(address: str = "", alt: str = "", wp_id: str = "", caption: str = "") -> str:
    """A picture by its URL or its number in the media library; empty without either."""
    number = wp_id if wp_id.isdigit() else ""
    if not (address or number):
        return ""
    image = f'<img src="{escape(address)}" alt="{escape(alt)}" data-id="{number}" />'
    under = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f"<figure>{image}{under}</figure>"


def plain_text(html: str) -> str:
    """The text of a label, which builders store as HTML, on one line."""
    return " ".join(unescape(re.sub(r"<[^<>]*>", "", re.sub(r"<(?:br|/p|/div)\b[^<>]*>", " ", html))).split())


def button(address: str, label: str) -> str:
    if not address or not label:
        return f"<p>{escape(label)}</p>" if label else ""
    return f'<p><a class="wp-block-button__link" href="{escape(address)}">{escape(label)}</a></p>'


def button_of(found: Shortcode) -> str:
    label = plain_text(found.inner) or found.first(*SEEN)
    return block(button(found.first("link", "url", "href"), label))


def heading(text: str, level: str = "h2") -> str:
    level = level if re.fullmatch(r"h[1-6]", level) else "h2"
    return f"<{level}>{escape(text)}</{level}>" if text else ""


def gallery_html(numbers: list[str]) -> str:
    images = "".join(f'<img src="" alt="" data-id="{number}" />' for number in numbers if number.isdigit())
    return f'<figure class="wp-block-gallery">{images}</figure>' if images else ""


def sound_html(addresses: str) -> str:
    """A player for each URL, in the format of old plugins: `https://a.example/b.mp3,https://a.example/c.mp3|loop=yes`."""
    found = re.findall(rf"(?:^|,){_SOUND}", addresses.partition("|")[0])
    return "".join(f'<audio src="{escape(address.lstrip(","))}"></audio>' for address in found)


def embed_html(address: str) -> str:
    return f'<div data-embed="{escape(address)}"></div>' if address else ""


def passage_html(what: str) -> str:
    """A passage for people to check; `what` names the original content."""
    return f'<div data-passage="{escape_brackets(escape(what))}"></div>'


def numbers(text: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"\d+", text)))


def decoded(text: str) -> str:
    """Decode an attribute that WPBakery has percent-encoded and then base64-encoded."""
    try:
        return unquoted(base64.b64decode(re.sub(r"<[^<>]*>|\s", "", text), validate=True).decode())
    except (ValueError, binascii.Error):
        return text
