"""Collects what could not be read from a partner's file: each failure once, with the lines that it concerns."""

import re
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

MAX_NAMED = 5
MAX_PROBLEMS = 200
# What a library says of a line may contain all of it.
MAX_LENGTH = 300
_MARKS = re.compile(r"[«»„“”‟\"‹›]")


def quoted(title: str) -> str:
    """Return a title in quotation marks, unless it has some itself: two kinds within each other are hard to read."""
    return title if _MARKS.search(title) else _("“%(title)s”") % {"title": title}


def first_ones(names: Sequence[str]) -> str:
    """Return the first names as a list in words, and how many others there are."""
    named, others = ", ".join(names[:MAX_NAMED]), len(names) - MAX_NAMED
    return _("%(named)s and %(n)d more") % {"named": named, "n": others} if others > 0 else named


class Problems:
    """Sentences in the order in which they were found; an equal one adds only its line.

    `titles` are those of the events by the line on which each begins: people know them better than lines.
    """

    def __init__(self) -> None:
        self.titles: dict[int, str] = {}
        # By sentence, and by whether its lines are those of properties: the line of each, and where its event begins.
        self._lines: dict[tuple[str, bool], dict[int, int]] = {}

    def add(self, words: str, line: int = 0, at: int = 0) -> None:
        """Add a sentence about the event that begins at `line`, and in it about the property at the line `at`."""
        words = words if len(words) <= MAX_LENGTH else f"{words[:MAX_LENGTH]}…"
        lines = self._lines.setdefault((words, bool(at)), {})
        if line:
            lines[at or line] = line

    def __iter__(self) -> Iterator[str]:
        for number, ((words, is_exact), lines) in enumerate(self._lines.items()):
            if number == MAX_PROBLEMS:
                yield _("%(n)d further problems") % {"n": len(self._lines) - MAX_PROBLEMS}
                return
            yield self._sentence(words, lines, is_exact=is_exact)

    def _sentence(self, words: str, lines: dict[int, int], *, is_exact: bool) -> str:
        if not lines:
            return words
        numbers = {"lines": first_ones([str(line) for line in lines])}
        if len(lines) > 1:
            where = _("lines %(lines)s") if is_exact else _("events beginning at lines %(lines)s")
            return _("%(where)s: %(words)s") % {"where": where % numbers, "words": words}
        where = (_("line %(lines)s") if is_exact else _("event beginning at line %(lines)s")) % numbers
        if title := self.titles.get(next(iter(lines.values()))):
            return _("%(where)s, %(title)s: %(words)s") % {"where": where, "title": quoted(title), "words": words}
        return _("%(where)s: %(words)s") % {"where": where, "words": words}
