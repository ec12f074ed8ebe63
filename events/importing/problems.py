"""Collects what could not be read from a partner's file: each failure once, with the lines that it concerns."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

MAX_LINES_NAMED = 5
MAX_PROBLEMS = 200
# What a library says of a line may contain all of it.
MAX_LENGTH = 300


class Problems:
    """Sentences in the order in which they were found; an equal one adds only its line.

    `titles` are those of the events by the line on which each begins: people know them better than lines.
    """

    def __init__(self) -> None:
        self.titles: dict[int, str] = {}
        self._lines: dict[str, list[int]] = {}

    def add(self, words: str, line: int = 0) -> None:
        words = words if len(words) <= MAX_LENGTH else f"{words[:MAX_LENGTH]}…"
        lines = self._lines.setdefault(words, [])
        if line and line not in lines[-1:]:
            lines.append(line)

    def __iter__(self) -> Iterator[str]:
        for number, (words, lines) in enumerate(self._lines.items()):
            if number == MAX_PROBLEMS:
                yield _("%(n)d further problems") % {"n": len(self._lines) - MAX_PROBLEMS}
                return
            yield self._sentence(words, lines)

    def _sentence(self, words: str, lines: list[int]) -> str:
        if not lines:
            return words
        if len(lines) == 1:
            if title := self.titles.get(lines[0]):
                return _("line %(line)d, “%(title)s”: %(words)s") % {"line": lines[0], "title": title, "words": words}
            return _("line %(line)d: %(words)s") % {"line": lines[0], "words": words}
        named = ", ".join(str(line) for line in lines[:MAX_LINES_NAMED])
        others = len(lines) - MAX_LINES_NAMED
        if others > 0:
            return _("lines %(lines)s and %(n)d more: %(words)s") % {"lines": named, "n": others, "words": words}
        return _("lines %(lines)s: %(words)s") % {"lines": named, "words": words}
