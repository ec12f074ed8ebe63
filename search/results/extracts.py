"""The part of a text that shows why it was found, with the found words marked."""

from collections import Counter
from collections.abc import Callable, Collection
from itertools import islice

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from search.analysis import terms_of, words

WIDTH = 240
# Before the first found word, so that the extract can be read.
LEAD = 60
MOST_FOUND = 200

Span = tuple[int, int, str]
"""Where a found word stands, and its term."""


def found_in(text: str, wanted: Collection[str], language: str) -> list[Span]:
    known = terms_of(language)
    matches = ((match, its) for match in words(text, language) if (its := known[match[1]]) in wanted)
    return [(*match.span(1), its) for match, its in islice(matches, MOST_FOUND)]


def marked(text: str, wanted: Collection[str], language: str, typeset: Callable[[str], str] = str) -> SafeString:
    """A whole text as HTML with the found words marked; it is escaped first, whatever it holds."""
    return _with_marks(text, found_in(text, wanted, language), 0, len(text), typeset)


def extract(text: str, wanted: Collection[str], language: str) -> SafeString:
    """Some two lines of a text around most of the found words; empty where it has none of them."""
    found = found_in(text, wanted, language)
    if not found:
        return mark_safe("")
    first = max(range(len(found)), key=lambda number: (_worth(found, number), -number))
    start, end = _bounds(text, found[first][0])
    html = _with_marks(text, [span for span in found if start <= span[0] and span[1] <= end], start, end, str)
    return format_html("{}{}{}", "… " if start else "", html, " …" if end < len(text) else "")


def _worth(found: list[Span], first: int) -> int:
    """How many different words an extract from this one on has, then how many in all."""
    reach = found[first][0] + WIDTH - LEAD
    terms = Counter(its for start, _end, its in found[first:] if start < reach)
    return len(terms) * MOST_FOUND + terms.total()


def _bounds(text: str, place: int) -> tuple[int, int]:
    """From the beginning of the sentence or some words before the place, to the end of a word."""
    start = max(0, place - LEAD)
    line = text.rfind("\n", start, place) + 1
    sentence = max(
        text.rfind(stop, start, place) + 2 if stop in text[start:place] else 0 for stop in (". ", "! ", "? ")
    )
    if line or sentence:
        start = max(line, sentence)
    elif start:
        space = text.find(" ", start, place)
        start = space + 1 if space >= 0 else place
    end = min(len(text), max(start, place) + WIDTH - (place - start))
    if end < len(text):
        space = text.rfind(" ", place + 1, end)
        end = space if space > place else end
    return start, end


def _with_marks(text: str, found: list[Span], start: int, end: int, typeset: Callable[[str], str]) -> SafeString:
    parts, place = [], start
    for begin, stop, _term in found:
        parts += [escape(typeset(text[place:begin])), format_html("<mark>{}</mark>", text[begin:stop])]
        place = stop
    parts.append(escape(typeset(text[place:end])))
    return mark_safe("".join(parts).replace("\n", " · "))
