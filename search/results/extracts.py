"""Extracts: a text's passage with the most matched words, highlighted."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from search.analysis import term_by_word, word_matches
from search.query.parse import BEGINNING
from search.scope import DOCUMENT, NEXT_PAGE

WIDTH = 240
# The characters before the first matched word, if its sentence begins far before it.
LEAD_IN = 60
MAX_SPANS = 200
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”»’)]*\s+(?=[^\W\d_a-zß-ÿ]|[«“„\"(–—]|\d)")
_SENTENCE_MARKS = (".", "!", "?", "…", "»", "“", "”", '"')
# Extracts do not contain the separators between a text's parts.
_LINE = re.compile(rf"[^\n{NEXT_PAGE}{DOCUMENT}]+")

Span = tuple[int, int, str]
"""Start and end of a matched word, and its term."""


@dataclass(frozen=True)
class Extract:
    """HTML of part of a text. `document` is the title of the file it comes from, `page` its page there, or 0."""

    html: SafeString
    document: str = ""
    page: int = 0


def spans_of(text: str, terms: Collection[str], language: str) -> list[Span]:
    term_of = term_by_word(language)
    beginnings = tuple(term.removesuffix(BEGINNING) for term in terms if term.endswith(BEGINNING))
    matches = (
        (match, term)
        for match in word_matches(text, language)
        if (term := term_of[match[1]]) in terms or term.startswith(beginnings)
    )
    return [(*match.span(1), term) for match, term in islice(matches, MAX_SPANS)]


def highlight(text: str, terms: Collection[str], language: str) -> SafeString:
    """The whole text, escaped, with `<mark>` around words that have one of the terms."""
    return _highlighted(text, spans_of(text, terms, language), 0, len(text))


def extract(text: str, terms: Collection[str], language: str) -> Extract | None:
    """About two lines from the part of the text with the most terms, escaped and highlighted; None without any."""
    spans = spans_of(text, terms, language)
    best, best_rank = None, (0, False, 0)
    for passage in _passages(text, spans):
        found = Counter(term for begin, stop, term in spans if passage.start <= begin and stop <= passage.end)
        # A heading or caption is less informative than a sentence.
        is_sentence = text[passage.start : passage.end].rstrip().endswith(_SENTENCE_MARKS)
        if found and (rank := (len(found), is_sentence or passage.goes_on, found.total())) > best_rank:
            best, best_rank = passage, rank
    if best is None:
        return None
    inside = [span for span in spans if best.start <= span[0] and span[1] <= best.end]
    html = _highlighted(text, inside, best.start, best.end)
    shown = format_html("{}{}{}", "… " if best.is_begun else "", html, " …" if best.goes_on else "")
    return Extract(shown, *_place(text, best.start))


class _Passage(NamedTuple):
    """Part of a line. `is_begun` means that the line has text before it; `goes_on`, that it has text after it."""

    start: int
    end: int
    is_begun: bool
    goes_on: bool


def _passages(text: str, spans: Sequence[Span]) -> Iterator[_Passage]:
    """Yield the candidate passages: one starting at each sentence with a matched word."""
    for line in _LINE.finditer(text):
        first, last = line.span()
        begins = [span[0] for span in spans if first <= span[0] < last]
        if not begins:
            continue
        starts = [first, *(found.end() for found in _SENTENCE_END.finditer(text, first, last))]
        ends = [*starts[1:], last]
        for number, start in enumerate(starts):
            inside = [begin for begin in begins if start <= begin < ends[number]]
            if inside:
                start = start if inside[0] - start < WIDTH - LEAD_IN else _word_after(text, inside[0] - LEAD_IN)
                fitting = [end for end in ends[number:] if end - start <= WIDTH]
                end = fitting[-1] if fitting else _word_before(text, start + WIDTH, last, inside[0])
                yield _Passage(start, end, start > first, end < last)


def _word_after(text: str, position: int) -> int:
    space = text.find(" ", position, position + LEAD_IN)
    return space + 1 if space >= 0 else position + LEAD_IN


def _word_before(text: str, position: int, last: int, least: int) -> int:
    if position >= last:
        return last
    space = text.rfind(" ", least + 1, position)
    return space if space > least else position


def _place(text: str, position: int) -> tuple[str, int]:
    """The title of the document at a position, and the page there; empty in the text of the page itself."""
    begin = text.rfind(DOCUMENT, 0, position)
    if begin < 0:
        return "", 0
    title_end = text.find("\n", begin)
    following = text.find(DOCUMENT, position)
    has_pages = NEXT_PAGE in text[title_end : following if following >= 0 else len(text)]
    page = text.count(NEXT_PAGE, title_end, position) + 1 if has_pages else 0
    return text[begin + 1 : title_end], page


def _highlighted(text: str, spans: Sequence[Span], start: int, end: int) -> SafeString:
    parts, position = [], start
    for begin, stop, _term in spans:
        parts += [escape(text[position:begin]), format_html("<mark>{}</mark>", text[begin:stop])]
        position = stop
    parts.append(escape(text[position:end].rstrip() if end < len(text) else text[position:end]))
    return mark_safe("".join(parts).replace("\n", " · "))
