"""The changed lines and words of an original. Pure: text is plain, with one line per part."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True)
class LineChange:
    """Replaced lines. `before` is empty for added lines, `after` for removed lines."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    # The line in each version next to which lines were added or removed.
    beside: tuple[str, ...] = ()

    def touches(self, lines: Iterable[str]) -> bool:
        """Whether the change is in one of these lines, or added or removed lines next to one."""
        found = set(lines)
        own = found & {*self.before, *self.after}
        return bool(own) or (not (self.before and self.after) and bool(found & set(self.beside)))


def line_changes(before: str, after: str) -> list[LineChange]:
    old, new = before.split("\n"), after.split("\n")
    found = []
    for kind, at, end, new_at, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            beside = (*old[max(at - 1, 0) : at], *new[max(new_at - 1, 0) : new_at])
            lines = tuple(old[at:end]), tuple(new[new_at:new_end])
            found.append(LineChange(*lines, beside or (*old[end : end + 1], *new[new_end : new_end + 1])))
    return found


def apply_settled(before: str, after: str, settled: Collection[LineChange]) -> str:
    """Apply the settled changes from `before` to `after` and return the text."""
    old, new = before.split("\n"), after.split("\n")
    lines: list[str] = []
    for kind, at, end, new_at, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        is_settled = any(
            (change.before, change.after) == (tuple(old[at:end]), tuple(new[new_at:new_end])) for change in settled
        )
        lines += new[new_at:new_end] if kind != "equal" and is_settled else old[at:end]
    return "\n".join(lines)


def word_differences(before: str, after: str) -> list[tuple[str, str]]:
    """The word runs of two texts, each as a pair of "same", "removed" or "added" and the text."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    found = []
    for kind, at, end, new_at, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(("same", "".join(old[at:end])))
        else:
            found += [("removed", "".join(old[at:end]))] if end > at else []
            found += [("added", "".join(new[new_at:new_end]))] if new_end > new_at else []
    return found
