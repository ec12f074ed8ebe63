"""Converts the body of a WordPress post to the blocks of our bodies."""

import re
from collections import Counter
from collections.abc import Iterator

# These modules register converters.
from portal.moving.converting import builders, shortcode_rules, texts  # noqa: F401
from portal.moving.converting.addresses import video_host
from portal.moving.converting.cleaning import bare_words, set_struck_apart, spaced_text, tree_of, words_of
from portal.moving.converting.converted import PASSAGE, Block, Converted, Note
from portal.moving.converting.editor_blocks import Surroundings, html_of
from portal.moving.converting.figures import bare_credit
from portal.moving.converting.flow import Flow
from portal.moving.converting.rich_text import words_in
from portal.moving.converting.shortcodes import passage_html


def convert_body(content: str, base: str = "", around: Surroundings | None = None) -> Converted:
    """The blocks of a text from either editor, and notes about parts to check. It never fails, and loses no words.

    `base` is the URL of the old site, for URLs without a host.
    """
    around = around or Surroundings()
    tree = tree_of(_with_attached(html_of(_storable(content), around), around))
    old_text = spaced_text(tree)
    set_struck_apart(tree)
    before = bare_words(words_of(tree))
    levels = [int(node.name[1]) for node in tree.find_all(re.compile(r"^h[1-6]$"))]
    # The top two heading levels become the part headings, since the page title is above both.
    result = Flow(base, max(2, min(levels, default=2))).convert(tree)
    _join_paragraphs(result)
    result.old_text = "\n".join(filter(None, (" ".join(line.split()) for line in old_text.splitlines())))
    result.words_before = len(before)
    after = bare_words(word for block in result.blocks for word in words_of_block(block))
    result.words_after = len(after)
    lost = Counter(before) - Counter(after)
    lost -= Counter(bare_words(word for note in result.notes for word in note.detail.split()))
    if lost:
        words = " ".join(word for word in dict.fromkeys(before) if word in lost)
        result.blocks.append(Block(PASSAGE, {"what": "words", "words": words}))
        result.notes.append(Note("words out of place", words[:300]))
    _name_videos(result)
    for block in result.blocks:
        for image in (
            [block.value] if block.kind == "figure" else block.value["images"] if block.kind == "gallery" else []
        ):
            image["credit"] = bare_credit(image["credit"])
    return result


def _storable(text: str) -> str:
    """The text without NUL and lone surrogates, which databases cannot store."""
    return text.replace("\x00", "").encode(errors="ignore").decode()


def _with_attached(html: str, around: Surroundings) -> str:
    images = "".join(f'<img src="" alt="" data-id="{number}" />' for number in around.attached)
    # An export may lack the pictures, for example if it only contains posts.
    shown = f'<figure class="wp-block-gallery">{images}</figure>' if images else passage_html("[gallery]")
    return html.replace('<div data-gallery="attached"></div>', shown)


def _join_paragraphs(result: Converted) -> None:
    joined: list[Block] = []
    for block in result.blocks:
        if block.kind == "paragraph" and joined and joined[-1].kind == "paragraph":
            joined[-1].value += block.value
        else:
            joined.append(block)
    result.blocks = joined


def _name_videos(result: Converted) -> None:
    """Name the videos without a title by their host, with a number if it has several."""
    unnamed = [block.value for block in result.blocks if block.kind == "video" and not block.value["title"]]
    hosts = Counter(video_host(value["url"]) for value in unnamed)
    given: Counter[str] = Counter()
    for value in unnamed:
        host = video_host(value["url"])
        given[host] += 1
        value["title"] = f"{host} {given[host]}" if hosts[host] > 1 else host


def words_of_block(block: Block) -> list[str]:
    """The words of a block that readers see."""
    if block.kind == "paragraph":
        return words_in(block.value)
    return [word for name, text in _texts(block.value) for word in (words_in(text) if name in RICH else text.split())]


RICH = {"answer", "transcript"}
# Values that are not text: choices and URLs.
_NO_TEXT = {"level", "url", "alt", "type", "what"}


def _texts(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and name not in _NO_TEXT:
        yield name, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _texts(part, key)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part, name)
