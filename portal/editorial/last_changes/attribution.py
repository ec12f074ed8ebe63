"""Finds the last change of each passage of a text in the ordered versions of the text."""

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class TextPassage:
    """A sentence or a line. `place` is the content path of its field or block, with the block's id.

    `line` is the number of its paragraph in that field, `label` the name of the field or block.
    """

    place: str
    text: str
    line: int = field(default=0, compare=False)
    label: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class TextVersion:
    """A saved version; `person` saved it, if known."""

    key: Hashable
    person: Any
    saved_at: datetime
    passages: Sequence[TextPassage] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Save:
    """A version without its text. `before` is the key of the previous version; None for the first one."""

    key: Hashable
    person: Any
    saved_at: datetime
    before: Hashable | None


@dataclass(frozen=True, slots=True)
class LastChange:
    """`save` brought the passage into the text. `written` is the first version that had it, if it was restored."""

    passage: TextPassage
    save: Save
    written: Save | None = None


def last_changes(versions: Iterable[TextVersion]) -> list[LastChange]:
    """The last change of each passage of the newest version, in its order; `versions` are ordered by age.

    A passage that only moves, even to another block, does not change. At most two versions and one copy of each
    sentence are in memory.
    """
    changes: list[LastChange] = []
    passages: Sequence[TextPassage] = ()
    written: dict[str, Save] = {}
    before = None
    for version in versions:
        if version.passages != passages:
            save = Save(version.key, version.person, version.saved_at, before)
            changes = _with_version(changes, version.passages, save, written)
        else:
            # Labels and lines are those of the newest version.
            changes = [_of(each, passage) for each, passage in zip(changes, version.passages, strict=True)]
        passages, before = version.passages, version.key
    return changes


def _with_version(
    changes: list[LastChange], passages: Sequence[TextPassage], save: Save, written: dict[str, Save]
) -> list[LastChange]:
    unchanged: dict[TextPassage, deque[int]] = defaultdict(deque)
    for number, change in enumerate(changes):
        unchanged[change.passage].append(number)
    found = [unchanged[passage].popleft() if unchanged.get(passage) else None for passage in passages]
    elsewhere: dict[str, deque[int]] = defaultdict(deque)
    for number in sorted(number for numbers in unchanged.values() for number in numbers):
        elsewhere[changes[number].passage.text].append(number)
    before = {change.passage.text for change in changes}
    after = []
    for passage, same in zip(passages, found, strict=True):
        if same is None and elsewhere.get(passage.text):
            same = elsewhere[passage.text].popleft()
        if same is None:
            # An additional copy of a sentence in the previous version does not count as restored.
            first = None if passage.text in before else written.get(passage.text)
            after.append(LastChange(passage, save, first))
        else:
            after.append(_of(changes[same], passage))
    for passage in passages:
        written.setdefault(passage.text, save)
    return after


def _of(change: LastChange, passage: TextPassage) -> LastChange:
    return LastChange(passage, change.save, change.written)
