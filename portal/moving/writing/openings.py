"""Moves the picture and sentences at the beginning of a text into the lead image and the standfirst of its page."""

import re
from dataclasses import replace
from html import escape
from itertools import takewhile
from typing import Any

from portal.media.models import Image
from portal.moving.converting.converted import STRUCK, Block, Converted, Note
from portal.moving.converting.rich_text import words_in
from portal.moving.planning.survey import plain_line
from portal.moving.wordpress.records import Item
from portal.moving.writing.files import FileStore
from portal.platform.typography import first_sentences

LONGEST_STANDFIRST, LONGEST_TEASER = 400, 200
# A narrower picture is beside a text, not above it.
LEAST_WIDTH = 600
_STRUCK = re.compile(r"<(s|strike|del)\b[^<>]*>((?:(?!<\1\b).)*?)</\1>", re.I | re.S)
_HEADING = re.compile(r"<p><b>(?:(?!</b>).)*</b></p>")
# “…”, “[…]”, “... Read more”.
_ELLIPSIS = re.compile(
    r"\s*[\[(]?(?:…|\.\.\.)[\])]?(?:\s*(?:continue reading|read more|lire la suite|weiterlesen)\b.*)?$", re.I
)
_MARKS = r"(?:</?(?:[bi]|a)>|<a href=\"[^\"<>]*\">)*"
_SPACE = rf"{_MARKS}(?:\s|<br/>)+{_MARKS}"


def open_with_picture(
    lead: dict[str, Any], blocks: list[Block], files: FileStore
) -> tuple[dict[str, Any], list[Block]]:
    """The lead image and the blocks below it.

    A picture at the beginning of the text becomes the lead image if there is none. If it is the lead image already, it
    is removed from the text.
    """
    first = blocks[0] if blocks else None
    # A figure with its own credit stays in the text: a lead image only shows the credit stored with the picture.
    if first is None or first.kind != "figure" or first.value["credit"]:
        return lead, blocks
    key, facts = files.image(first.value["image"]), files.facts(first.value["image"])
    is_lead = key is not None and (lead["lead_image_id"] == key if lead else _is_wide(key))
    if not is_lead:
        return lead, blocks
    alt = first.value["alt"] or lead.get("lead_image_alt") or (facts.alt[:255] if facts else "")
    caption = first.value["caption"] or lead.get("lead_image_caption", "")
    return {"lead_image_id": key, "lead_image_alt": alt, "lead_image_caption": caption}, blocks[1:]


def _is_wide(key: int) -> bool:
    return Image.objects.filter(pk=key, width__gte=LEAST_WIDTH).exists()


def open_with_standfirst(item: Item, converted: Converted, blocks: list[Block]) -> tuple[dict[str, str], list[Block]]:
    """The standfirst and the blocks below it, which do not repeat it.

    It is the excerpt or, without one of its own words, the first sentences of the text. Sentences with a link that
    occurs nowhere else stay in the text, and so does a text of one sentence. In this case, they are only the teaser, as
    in WordPress's lists, and somebody has to write a standfirst.
    """
    if excerpt := _excerpt(item, converted):
        if rest := _without(excerpt, blocks):
            return {"standfirst": excerpt}, rest
        if not _is_opening(excerpt, blocks):
            return {"standfirst": excerpt}, blocks
    text = next((block.value for block in blocks if block.kind == "paragraph"), "")
    # A line that is bold throughout is a heading.
    first = "" if _HEADING.match(text) else text.partition("</p>")[0]
    beginning = " ".join(words_in(first))[: LONGEST_STANDFIRST + 1]
    for length in (LONGEST_STANDFIRST, 1):
        sentences = first_sentences(beginning, length).strip()
        # A sentence with a colon at its end introduces the text below it.
        is_short = 0 < len(sentences) <= LONGEST_STANDFIRST and not sentences.endswith(":")
        if is_short and (rest := _without(sentences, blocks)):
            converted.notes.append(Note("standfirst from the text", sentences))
            return {"standfirst": sentences}, rest
    converted.notes.append(Note("standfirst missing", ""))
    teaser = first_sentences(beginning, LONGEST_TEASER).strip()
    is_whole = len(teaser) <= LONGEST_TEASER and not teaser.endswith(":")
    return {"standfirst": "", "teaser": teaser if is_whole else ""}, blocks


def _excerpt(item: Item, converted: Converted) -> str:
    excerpt = plain_line(_STRUCK.sub(" ", item.excerpt))
    if struck := " · ".join(plain_line(found[2]) for found in _STRUCK.finditer(item.excerpt)):
        converted.notes.append(Note(STRUCK, struck))
    if len(excerpt) <= LONGEST_STANDFIRST:
        return excerpt
    converted.notes.append(Note("standfirst cut", excerpt))
    return first_sentences(excerpt, LONGEST_STANDFIRST)[:LONGEST_STANDFIRST]


def _is_opening(excerpt: str, blocks: list[Block]) -> bool:
    """Whether the text begins with the excerpt up to its ellipsis, as in the excerpts that WordPress makes."""
    begun = _letters(_ELLIPSIS.sub("", excerpt))
    paragraphs = takewhile(lambda block: block.kind == "paragraph", blocks)
    return _letters("".join(word for block in paragraphs for word in words_in(block.value))).startswith(begun)


def _letters(text: str) -> str:
    return re.sub(r"\W", "", text).casefold()


def _without(standfirst: str, blocks: list[Block]) -> list[Block]:
    """The blocks without these words at their beginning; none if they do not begin so, or would lose a link."""
    if not blocks or blocks[0].kind != "paragraph":
        return []
    words = _SPACE.join(re.escape(escape(word, quote=False)) for word in standfirst.split())
    found = re.match(rf"<p>{_MARKS}{words}{_MARKS}(?:(</p>)|{_SPACE})", blocks[0].value)
    if found is None or any(
        len(re.findall(rf"<{mark}\b", found[0])) != found[0].count(f"</{mark}>") for mark in ("b", "i", "a")
    ):
        return []
    rest = blocks[0].value[found.end() :]
    links = "".join([rest, *(str(block.value) for block in blocks[1:] if block.kind == "paragraph")])
    if any(link not in links for link in re.findall(r"<a href=[^<>]*>", found[0])):
        return []
    rest = rest if found[1] else f"<p>{rest}"
    return [replace(blocks[0], value=rest), *blocks[1:]] if rest else blocks[1:]
