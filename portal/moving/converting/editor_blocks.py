"""Converts the blocks of WordPress's block editor to HTML for `flow`.

Static blocks contain their HTML. The blocks below have it in their attributes, or WordPress generates it for each
request.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Any

from portal.moving.converting.gutenberg import EditorBlock, has_blocks, override, parse_blocks
from portal.moving.converting.shortcodes import (
    CodeSpans,
    block as apart,
    embed_html,
    expand,
    passage_html,
    picture,
    plain_text,
)
from portal.moving.converting.wpautop import wpautop
from portal.moving.wordpress.values import json_value

MOST_DEPTH = 12
# WordPress's own blocks whose HTML is in the text.
STATIC = frozenset(
    f"core/{name}"
    for name in (
        *("paragraph", "heading", "list", "list-item", "quote", "pullquote", "table", "code", "preformatted", "verse"),
        *("group", "columns", "column", "buttons", "button", "image", "gallery", "audio", "video", "media-text"),
        *("details", "html", "text-columns", "subhead", "accordion", "accordion-panel", "missing", "math", "icon"),
        *("tabs", "tab", "tab-list", "tab-panel"),
    )
)
# Blocks without text: a line, a space, a break.
EMPTY = frozenset(f"core/{name}" for name in ("separator", "spacer", "more", "nextpage"))
# Blocks of The Events Calendar that show the fields of the event, which are imported as such.
EVENT_FIELDS = frozenset(
    f"tribe/{name}"
    for name in (
        *("classic-event-details", "event-category", "event-datetime", "event-links", "event-organizer"),
        *("event-price", "event-tags", "event-venue", "event-website", "featured-image"),
    )
)
# Blocks that WordPress fills for each request from its theme or data. Our pages show nearly all of it elsewhere.
DYNAMIC = frozenset(
    f"core/{name}"
    for name in (
        *("archives", "avatar", "calendar", "categories", "latest-comments", "latest-posts", "legacy-widget"),
        *("loginout", "navigation", "navigation-submenu", "page-list", "page-list-item", "pattern", "post-author"),
        *("post-author-biography", "post-author-name", "post-comment", "post-comments", "post-comments-count"),
        *("post-comments-form", "post-comments-link", "post-content", "post-date", "post-excerpt", "post-title"),
        *("post-featured-image", "post-navigation-link", "post-template", "post-terms", "post-time-to-read"),
        *("query-no-results", "query-pagination", "query-pagination-next", "query-pagination-numbers"),
        *("query-pagination-previous", "query-title", "query-total", "read-more", "rss", "search", "site-logo"),
        *("site-tagline", "site-title", "tag-cloud", "template-part", "term-description", "widget-group", "home-link"),
        *("comments", "comment-author-avatar", "comment-author-name", "comment-content", "comment-date"),
        *("comment-edit-link", "comment-reply-link", "comment-template", "comments-pagination", "comments-title"),
        *("comments-pagination-next", "comments-pagination-numbers", "comments-pagination-previous"),
        *("post-comments-count", "term-template", "term-name", "term-count", "breadcrumbs"),
    )
)


# What a text shows of reusable blocks.
MOST_SHOWN, MOST_LETTERS_SHOWN = 300, 2_000_000


@dataclass(frozen=True)
class Surroundings:
    """The targets of a text's references: reusable blocks by number, its footnotes, and the pictures uploaded to it."""

    reusable: Mapping[int, str] = field(default_factory=dict)
    attached: tuple[int, ...] = ()
    footnotes: str = ""
    # The lengths of the reusable blocks shown so far: two that show each other twice would double at each level.
    shown: list[int] = field(default_factory=list)


Rule = Callable[[EditorBlock, Surroundings, int], str]
RULES: dict[str, Rule] = {}


def rule(*names: str) -> Callable[[Rule], Rule]:
    def register(function: Rule) -> Rule:
        RULES.update(dict.fromkeys(names, function))
        return function

    return register


def html_of(text: str, around: Surroundings, depth: int = 0) -> str:
    """The HTML that a text of either editor shows."""
    return _html_of_parts(parse_blocks(text), around, depth) if has_blocks(text) else classic(text)


def _html_of_parts(tree: EditorBlock, around: Surroundings, depth: int) -> str:
    return "\n".join(classic(part) if isinstance(part, str) else _html(part, around, depth) for part in tree.parts)


_ADDRESS_ALONE = re.compile(r"^[^\S\n]*+(https?://[^\s<>\"']+)[^\S\n]*+$", re.M)
_ADDRESS_IN_PARAGRAPH = re.compile(r"<p>\s*(https?://[^\s<>\"']+)\s*</p>", re.I)


def classic(text: str) -> str:
    """A text of the classic editor. A URL on a line of its own is an embedded page."""
    if not text.strip():
        return ""
    code = CodeSpans(text)
    text = _ADDRESS_ALONE.sub(
        lambda found: found[0] if found.start(1) in code else apart(embed_html(unescape(found[1]))), text
    )
    text = _ADDRESS_IN_PARAGRAPH.sub(lambda found: embed_html(unescape(found[1])), text)
    return wpautop(expand(text))


def _html(block: EditorBlock, around: Surroundings, depth: int) -> str:
    if depth > MOST_DEPTH * 5:
        return ""
    if found := RULES.get(block.name):
        return found(block, around, depth)
    if block.name in EMPTY | EVENT_FIELDS:
        return ""
    if block.name in DYNAMIC:
        return passage_html(block.name)
    if block.name.startswith("core-embed/"):
        return embed(block, around, depth)
    if block.name.startswith("acf/"):
        return plugin_fields(block) + joined(block, around, depth)
    html = joined(block, around, depth)
    if not html.strip() and block.name not in STATIC:
        # A plugin's block.
        return passage_html(block.name)
    # Shortcodes work in all blocks.
    return expand(html)


def joined(block: EditorBlock, around: Surroundings, depth: int) -> str:
    return "".join(part if isinstance(part, str) else _html(part, around, depth + 1) for part in block.parts)


@rule("core/freeform")
def freeform(block: EditorBlock, around: Surroundings, depth: int) -> str:
    return classic(joined(block, around, depth))


@rule("core/shortcode")
def shortcode_block(block: EditorBlock, around: Surroundings, depth: int) -> str:
    return wpautop(expand(block.own_html))


@rule("core/embed")
def embed(block: EditorBlock, around: Surroundings, depth: int) -> str:
    html = joined(block, around, depth)
    caption = re.search(r"<figcaption[^<>]*>((?:(?!<figcaption).)*?)</figcaption>", html, re.S)
    inside = re.search(r"https?://[^\s<>\"']+", html)
    address = block.text("url") or (unescape(inside[0]) if inside else "")
    if not address:
        return passage_html(block.name) + html
    rest = re.sub(r"<figcaption[^<>]*>(?:(?!<figcaption).)*?</figcaption>", "", html, flags=re.S)
    others = re.sub(r"https?://[^\s<>\"']+", "", re.sub(r"<[^<>]*>", " ", rest)).strip()
    shown = f'<div data-embed="{escape(address)}">{caption[1] if caption else ""}</div>'
    # An older editor stored an excerpt of the post beside the URL.
    return shown + (rest if others else "")


@rule("core/block")
def reusable(block: EditorBlock, around: Surroundings, depth: int) -> str:
    number = block.attributes.get("ref")
    text = around.reusable.get(number) if isinstance(number, int) else None
    if text is None or depth > MOST_DEPTH or len(around.shown) > MOST_SHOWN or sum(around.shown) > MOST_LETTERS_SHOWN:
        return passage_html(block.name)
    around.shown.append(len(text))
    if not isinstance(values := block.attributes.get("content"), dict):
        return html_of(text, around, depth + 1)
    pattern = parse_blocks(text)
    override(pattern, values)
    return _html_of_parts(pattern, around, depth + 1)


@rule("core/query", "core/terms-query")
def query(block: EditorBlock, around: Surroundings, depth: int) -> str:
    """Words written around a list that WordPress fills in. The list itself is a block within it."""
    html = joined(block, around, depth)
    return html if "data-passage" in html else html + passage_html(block.name)


@rule("core/footnotes")
def footnotes(block: EditorBlock, around: Surroundings, depth: int) -> str:
    try:
        notes = json_value(around.footnotes or "[]")
    except (ValueError, RecursionError):
        notes = []
    texts = [str(note.get("content", "")) for note in notes if isinstance(note, dict)]
    return f"<ol>{''.join(f'<li>{text}</li>' for text in texts)}</ol>" if texts else ""


@rule("core/cover")
def cover(block: EditorBlock, around: Surroundings, depth: int) -> str:
    html = joined(block, around, depth)
    has_picture = "wp-block-cover__image-background" in html or block.attributes.get("useFeaturedImage")
    address = block.text("url")
    if has_picture or block.attributes.get("backgroundType") == "video" or not address:
        return html
    return picture(address, block.text("alt"), block.text("id")) + html


@rule("core/social-links")
def social_links(block: EditorBlock, around: Surroundings, depth: int) -> str:
    links = [each for each in block.blocks if each.text("url")]
    shown = ((each.text("url"), plain_text(each.text("label")) or each.text("service").title()) for each in links)
    return "".join(f'<p><a href="{escape(address)}">{escape(label)}</a></p>' for address, label in shown)


@rule("core/social-link")
def social_link(block: EditorBlock, around: Surroundings, depth: int) -> str:
    return social_links(EditorBlock(parts=[block]), around, depth)


@rule("core/navigation-link")
def navigation_link(block: EditorBlock, around: Surroundings, depth: int) -> str:
    label = plain_text(block.text("label"))
    return f'<p><a href="{escape(block.text("url"))}">{escape(label)}</a></p>' if label else ""


@rule("core/accordion-item")
def accordion_item(block: EditorBlock, around: Surroundings, depth: int) -> str:
    headings = [each for each in block.blocks if each.name == "core/accordion-heading"]
    others = [_html(each, around, depth + 1) for each in block.blocks if each.name != "core/accordion-heading"]
    title = "".join(joined(each, around, depth) for each in headings)
    title = re.sub(r"<span[^<>]*icon[^<>]*>.*?</span>", "", title, flags=re.S)
    return f"<details><summary>{re.sub('<[^<>]*>', '', title)}</summary>{''.join(others)}</details>"


@rule("core/accordion-heading")
def accordion_heading(block: EditorBlock, around: Surroundings, depth: int) -> str:
    return joined(block, around, depth)


@rule("core/file")
def file(block: EditorBlock, around: Surroundings, depth: int) -> str:
    number = block.text("id")
    # The preview shows the file itself.
    html = re.sub(r"<object\b.*?</object>", "", joined(block, around, depth), flags=re.S).replace("</a><a", "</a> <a")
    return html.replace("<a ", f'<a data-id="{escape(number)}" ', 1) if number.isdigit() else html


def _fields(data: Mapping[str, Any]) -> list[str]:
    return [
        value
        for key, value in data.items()
        if not key.startswith("_") and isinstance(value, str) and re.search(r"[^\W\d_]", value)
    ]


def plugin_fields(block: EditorBlock) -> str:
    """The texts in an Advanced Custom Fields block, whose template exists only on the old site."""
    data = block.attributes.get("data")
    texts = _fields(data) if isinstance(data, dict) else []
    shown = "".join(classic(text) for text in texts if not re.fullmatch(r"https?://\S+|field_\w+|#\w+", text))
    return shown + passage_html(block.name)
