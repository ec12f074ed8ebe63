"""Collects the problems in a partner's file, and lists each problem once with its lines."""

import re
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

MAX_NAMED = 5
MAX_PROBLEMS = 200
# A library's message may contain the whole line.
MAX_LENGTH = 300
_QUOTES = re.compile(r"[«»„“”‟\"‹›]")


def quoted(title: str) -> str:
    """Return a title in quotation marks, unless it already contains some."""
    return title if _QUOTES.search(title) else _("“%(title)s”") % {"title": title}


def first_ones(names: Sequence[str]) -> str:
    named, others = ", ".join(names[:MAX_NAMED]), len(names) - MAX_NAMED
    return _("%(named)s and %(n)d more") % {"named": named, "n": others} if others > 0 else named


class Problems:
    """Problems as sentences, in the order in which they were added. A repeated sentence only gets another line number.

    `titles` maps the first line of each event to its title.
    """

    def __init__(self) -> None:
        self.titles: dict[int, str] = {}
        # For each sentence: its lines, each with the first line of the event that contains it. The key also says
        # whether these are lines of properties (true) or first lines of events (false).
        self._lines: dict[tuple[str, bool], dict[int, int]] = {}

    def add(self, words: str, line: int = 0, at: int = 0) -> None:
        """Add a sentence about an event that begins at `line`, or about the property of that event at line `at`."""
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
