"""A page's text by path, split into parts."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from html import unescape
from typing import Any

from bs4 import BeautifulSoup
from django.utils.html import strip_tags
from wagtail.models import Locale, Page
from wagtail_localize.segments import StringSegmentValue, TemplateSegmentValue
from wagtail_localize.segments.extract import extract_segments
from wagtail_localize.segments.ingest import ingest_segments
from wagtail_localize.strings import extract_strings, restore_strings

from portal.editorial.translations.blank_texts import fill_blank_texts
from portal.editorial.translations.changes import NOT_TRANSLATED

BREAK = re.compile(r"<br\s*/?>|</(?:li|p|h\d|blockquote)>")
# Draftail's block key, which is not part of its text.
BLOCK_KEY = re.compile(r'\s+data-block-key="[^"]*"')
# URLs and email addresses are the same in every language.
ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[^\s@]+@[^\s@]+")


@dataclass(frozen=True)
class Text:
    """One text of a page. Plain text is one part; rich text has the HTML of each paragraph, heading and list."""

    parts: tuple[str, ...]
    is_rich: bool = False

    @property
    def whole(self) -> str:
        return "".join(self.parts)


def page_texts(page: Page) -> dict[str, Text]:
    """A page's translatable text by path, in page order, without empty strings."""
    templates: dict[str, str] = {}
    strings: dict[str, list[StringSegmentValue]] = defaultdict(list)
    for segment in extract_segments(fill_blank_texts(page)):
        if segment.path in NOT_TRANSLATED:
            continue
        if isinstance(segment, TemplateSegmentValue):
            templates[segment.path] = segment.template
            strings[segment.path] = []
        elif isinstance(segment, StringSegmentValue):
            strings[segment.path].append(segment)
    return {path: _text(templates.get(path), found) for path, found in strings.items()}


def _text(template: str | None, segments: list[StringSegmentValue]) -> Text:
    if template is None:
        return Text((segments[0].render_text(),))
    html = restore_strings(template, [(segment.string, segment.attrs or {}) for segment in segments])
    return rich_text(html)


def rich_text(html: str) -> Text:
    parts = tuple(str(node) for node in BeautifulSoup(html, "html.parser").contents if str(node).strip())
    return Text(parts, is_rich=True)


def write_texts(page: Page, texts: Mapping[str, Text]) -> None:
    """Set the text of a page at its paths, in memory."""
    segments: list[Any] = []
    for path, text in texts.items():
        if text.is_rich:
            template, strings = extract_strings(text.whole)
            segments.append(TemplateSegmentValue(path, "html", template, len(strings)))
            segments += [StringSegmentValue(path, string, attrs=attrs) for string, attrs in strings]
        else:
            segments.append(StringSegmentValue(path, text.whole))
    ordered = [segment.with_order(number) for number, segment in enumerate(segments)]
    locale = Locale(pk=page.locale_id)
    ingest_segments(page, page, locale, locale, ordered)


def renew_untranslated(draft: Page, before: Page, after: Page) -> None:
    """Replace untranslated parts of the draft. They equal the original's version `before`, and get that of `after`."""
    old, new, texts = page_texts(before), page_texts(after), page_texts(draft)
    renewed = {}
    for path, text in texts.items():
        first, second = old.get(path), new.get(path)
        if first is None or second is None or not len(first.parts) == len(second.parts) == len(text.parts):
            continue
        parts = tuple(
            next_one if plain(part, text.is_rich) == plain(original, text.is_rich) else part
            for part, original, next_one in zip(text.parts, first.parts, second.parts, strict=True)
        )
        if parts != text.parts:
            renewed[path] = Text(parts, text.is_rich)
    write_texts(draft, renewed)


def plain(part: str, is_rich: bool) -> str:
    """The words of a part on one line."""
    text = unescape(strip_tags(BREAK.sub(" ", part))) if is_rich else part
    return " ".join(text.split())


def has_words(words: str) -> bool:
    """Whether there are words other than numbers and addresses."""
    return any(letter.isalpha() for letter in ADDRESS.sub("", words))


def normal_form(part: str, is_rich: bool) -> str:
    """The form in which two versions of a part are compared."""
    return BLOCK_KEY.sub("", part).strip() if is_rich else part.replace("\r\n", "\n").strip()


def fingerprint(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()
