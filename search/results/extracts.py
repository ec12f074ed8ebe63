"""Extracts: the part of a text around the matched words, which are highlighted."""

from collections import Counter
from collections.abc import Collection
from itertools import islice

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from search.analysis import term_by_word, word_matches

WIDTH = 240
# The characters before the first matched word, for context.
LEAD_IN = 60
MAX_SPANS = 200

Span = tuple[int, int, str]
"""Start and end of a matched word, and its term."""


def spans_of(text: str, terms: Collection[str], language: str) -> list[Span]:
    analysed = term_by_word(language)
    matches = ((match, term) for match in word_matches(text, language) if (term := analysed[match[1]]) in terms)
    return [(*match.span(1), term) for match, term in islice(matches, MAX_SPANS)]


def highlight(text: str, terms: Collection[str], language: str) -> SafeString:
    """The whole text, escaped, with `<mark>` around the words that have one of the terms."""
    return _highlighted(text, spans_of(text, terms, language), 0, len(text))


def extract(text: str, terms: Collection[str], language: str) -> SafeString:
    """About two lines of the text, escaped and highlighted, around most of the terms; empty if it has none."""
    spans = spans_of(text, terms, language)
    if not spans:
        return mark_safe("")
    first = max(range(len(spans)), key=lambda number: (_span_rank(spans, number), -number))
    start, end = _bounds(text, spans[first][0])
    html = _highlighted(text, [span for span in spans if start <= span[0] and span[1] <= end], start, end)
    return format_html("{}{}{}", "… " if start else "", html, " …" if end < len(text) else "")


def _span_rank(spans: list[Span], first: int) -> int:
    """Rank an extract that begins at this span: by the number of different terms, then of all matches."""
    limit = spans[first][0] + WIDTH - LEAD_IN
    terms = Counter(term for start, _end, term in spans[first:] if start < limit)
    return len(terms) * MAX_SPANS + terms.total()


def _bounds(text: str, position: int) -> tuple[int, int]:
    """Start and end of an extract: from the start of the sentence or a few words before, to the end of a word."""
    start = max(0, position - LEAD_IN)
    line = text.rfind("\n", start, position) + 1
    sentence = max(
        text.rfind(stop, start, position) + 2 if stop in text[start:position] else 0 for stop in (". ", "! ", "? ")
    )
    if line or sentence:
        start = max(line, sentence)
    elif start:
        space = text.find(" ", start, position)
        start = space + 1 if space >= 0 else position
    end = min(len(text), max(start, position) + WIDTH - (position - start))
    if end < len(text):
        space = text.rfind(" ", position + 1, end)
        end = space if space > position else end
    return start, end


def _highlighted(text: str, spans: list[Span], start: int, end: int) -> SafeString:
    parts, position = [], start
    for begin, stop, _term in spans:
        parts += [escape(text[position:begin]), format_html("<mark>{}</mark>", text[begin:stop])]
        position = stop
    parts.append(escape(text[position:end]))
    return mark_safe("".join(parts).replace("\n", " · "))
