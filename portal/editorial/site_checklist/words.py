"""Words that a site avoids: the list as administrators write it, and where a page has one of them."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from html import unescape
from typing import Any

from django.utils.html import strip_tags
from wagtail import blocks
from wagtail.blocks.list_block import ListValue
from wagtail.fields import RichTextField, StreamField

MOST_WORDS = 500
LONGEST_WORD = 80
# The arrow, and how people type it.
SEPARATOR = re.compile(r"\s*(?:=>|->|→|=)\s*")
END_OF_PARAGRAPH = re.compile(r"</(?:p|li|h\d|blockquote)>|<br\s*/?>|<hr\s*/?>", re.IGNORECASE)
# Fields of text, whichever a page type has.
PLAIN_FIELDS = ("title", "standfirst", "introduction", "teaser", "lead_image_caption")
TEXT_BLOCKS = (blocks.CharBlock, blocks.TextBlock)
# Characters of the passage before and after the word.
AROUND = 30

type Pair = tuple[str, str]


class WordListError(Exception):
    """A line of the list cannot be read; the number begins with 1."""

    def __init__(self, line: int):
        super().__init__(f"line {line}")
        self.line = line


def read_words(text: str) -> list[Pair]:
    """The pairs of a list with one `word = better word` in each line. Raises WordListError."""
    pairs: dict[str, Pair] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        word, better = ([" ".join(part.split()) for part in SEPARATOR.split(line, maxsplit=1)] + ["", ""])[:2]
        if not (word and better) or max(len(word), len(better)) > LONGEST_WORD or len(pairs) >= MOST_WORDS:
            raise WordListError(number)
        pairs[word.casefold()] = (word, better)
    return list(pairs.values())


def write_words(pairs: Any) -> str:
    return "\n".join(f"{word} = {better}" for word, better in pairs)


def pairs_of(stored: Any, language: str) -> list[Pair]:
    """The stored pairs of a language. What an imported site has in another form is left out."""
    found = stored.get(language) if isinstance(stored, dict) else None
    return [(pair[0], pair[1]) for pair in found if _is_pair(pair)] if isinstance(found, list) else []


def _is_pair(value: Any) -> bool:
    is_list = isinstance(value, list | tuple) and len(value) == 2
    return is_list and all(isinstance(part, str) and part.strip() for part in value)


def words_in(page: Any, pairs: list[Pair]) -> Iterator[tuple[str, str, Pair]]:
    """Where a page has words to avoid: the content path, the passage, and the pair; each word once in each text."""
    better = {word.casefold(): (word, other) for word, other in pairs}
    pattern = _pattern(tuple(sorted(better, key=len, reverse=True)))
    for path, text in texts_of(page):
        seen = set()
        for match in pattern.finditer(text):
            word = " ".join(match[0].casefold().split())
            if word in better and word not in seen:
                seen.add(word)
                yield path, _passage(text, match), better[word]


@lru_cache(maxsize=64)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Whole words in any case; between the words of a phrase may be any white space."""
    either = "|".join(r"\s+".join(map(re.escape, word.split())) for word in words)
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)


def _passage(text: str, match: re.Match[str]) -> str:
    start, end = max(0, match.start() - AROUND), min(len(text), match.end() + AROUND)
    before, after = text[start : match.start()], text[match.end() : end]
    # Words that are cut in two are left out.
    before = f"…{before[before.find(' ') + 1 :]}" if start else before
    after = f"{after[: after.rfind(' ')] if ' ' in after else ''}…" if end < len(text) else after
    return " ".join(f"{before}{match[0]}{after}".split())


def texts_of(page: Any, plain: Callable[[str], str] | None = None) -> Iterator[tuple[str, str]]:
    """The texts of a page that people write, each with its content path; `plain` makes plain text of HTML."""
    plain = plain or _plain
    for name in PLAIN_FIELDS:
        if isinstance(text := getattr(page, name, None), str) and text:
            yield name, text
    for field in page._meta.get_fields():
        if isinstance(field, RichTextField):
            yield field.name, plain(getattr(page, field.name))
        elif isinstance(field, StreamField):
            for child in getattr(page, field.name):
                yield from _texts_of_block(child.block, child.value, f"{field.name}.{child.id}", plain)


def _texts_of_block(block: Any, value: Any, path: str, plain: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    if isinstance(block, blocks.StructBlock):
        for name, child in block.child_blocks.items():
            yield from _texts_of_block(child, value[name], f"{path}.{name}", plain)
    elif isinstance(block, blocks.ListBlock):
        for item in value.bound_blocks if isinstance(value, ListValue) else ():
            yield from _texts_of_block(item.block, item.value, f"{path}.{item.id}", plain)
    elif isinstance(block, blocks.StreamBlock):
        for child in value:
            yield from _texts_of_block(child.block, child.value, f"{path}.{child.id}", plain)
    elif isinstance(block, blocks.RichTextBlock):
        yield path, plain(value.source if value else "")
    elif isinstance(block, TEXT_BLOCKS) and value:
        yield path, str(value)


def _plain(html: str) -> str:
    return " ".join(paragraphs(html).split())


def paragraphs(html: str) -> str:
    """The text of HTML with a line for each paragraph, heading and item of a list."""
    text = strip_tags(END_OF_PARAGRAPH.sub("\n", html or ""))
    return "\n".join(" ".join(line.split()) for line in unescape(text).split("\n"))
