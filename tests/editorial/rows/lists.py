"""Goes through the lists in an open form as a writer does: adds rows, fills them slowly, moves and deletes them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from wagtail.blocks import StreamBlock

from tests.editorial.rows.streams import Lists, appended, entries, fields_in, kinds_in, lists_in, typed_into
from tests.editorial.rows.window import OpenForm

# New rows in a list, if it has room for them.
NEW = 3


@dataclass(frozen=True, eq=False)
class Rows:
    """An inline list; the keys of its rows come from the server."""

    window: OpenForm
    name: str

    def __repr__(self) -> str:
        return self.name

    @property
    def whole(self) -> str:
        """The form field that contains the list."""
        return self.name

    def shown(self) -> list[int]:
        return self.window.rows(self.name)

    def has_room(self) -> bool:
        formset = self.window.formsets[self.name]
        return len(self.shown()) < formset.max_num + formset.extra

    def least(self) -> int:
        return self.window.formsets[self.name].min_num

    def add(self) -> int:
        """Add rows, or use those that the form offers; return their number."""
        formset = self.window.formsets[self.name]
        count = min(NEW, formset.max_num - len(self.shown()) + formset.extra)
        for _row in range(count - formset.extra):
            self.window.add_row(self.name)
        return count

    def steps(self, number: int) -> int:
        return len(self.window.required(self.name))

    def fill(self, number: int, step: int) -> None:
        self.window.fill(self.name, number, self.window.required(self.name)[step])

    def swap(self, one: int, other: int) -> None:
        if self.window.formsets[self.name].can_order:
            swap(self.window, f"{self.name}-{one}-ORDER", f"{self.name}-{other}-ORDER")

    def delete(self, number: int) -> None:
        self.window.data[f"{self.name}-{number}-DELETE"] = "on"

    def typed(self) -> list[str]:
        return [typed for number in self.shown() if (typed := self.window.typed(self.name, number))]

    def stored(self) -> list[str]:
        return self.window.stored(self.name)

    def lists_within(self, numbers: Iterable[int]) -> list["Blocks"]:
        inner = [form.formsets for form in self.window.formsets[self.name] if getattr(form, "formsets", None)]
        assert not inner, f"The test does not walk the lists in the rows of {self}."
        return []


@dataclass(frozen=True, eq=False)
class Blocks:
    """The blocks of a stream, or the entries of a list in one of its blocks; their keys come from the browser."""

    window: OpenForm
    block: Lists
    prefix: str
    stream: str
    root: StreamBlock

    def __repr__(self) -> str:
        return self.prefix

    @property
    def whole(self) -> str:
        return self.stream

    def shown(self) -> list[int]:
        return entries(self.window.data, self.prefix)

    def has_room(self) -> bool:
        return self.block.meta.max_num is None or len(self.shown()) < self.block.meta.max_num

    def least(self) -> int:
        return self.block.meta.min_num or (1 if getattr(self.block, "required", False) else 0)

    def add(self) -> int:
        """Add one block of each type and another of the first that may occur twice; return their number."""
        kinds = list(kinds_in(self.block))
        once = getattr(self.block.meta, "block_counts", {})
        again = next(kind for kind in kinds if kind not in once)
        kinds = [*kinds, *[again] * max(1, NEW - len(kinds))]
        most = self.block.meta.max_num
        new = kinds if most is None else kinds[: most - len(self.shown())]
        for kind in new:
            self._add(self.block, self.prefix, kind)
        return len(new)

    def _add(self, block: Lists, prefix: str, kind: str) -> None:
        child, data = kinds_in(block)[kind], self.window.data
        entry = f"{prefix}-{data[f'{prefix}-count']}-value"
        data |= appended(data, prefix, kind, child, child.get_default())
        for inner, inner_prefix in lists_in(child, entry):
            while len(entries(data, inner_prefix)) < (inner.meta.min_num or 0):
                self._add(inner, inner_prefix, next(iter(kinds_in(inner))))

    def _child(self, number: int) -> tuple[Any, str]:
        kind = self.window.data[f"{self.prefix}-{number}-type"]
        return kinds_in(self.block)[kind], f"{self.prefix}-{number}-value"

    def steps(self, number: int) -> int:
        return len(self._fields(number))

    def _fields(self, number: int) -> list[tuple[Any, str]]:
        return list(fields_in(*self._child(number), self.window.data))

    def fill(self, number: int, step: int) -> None:
        field, prefix = self._fields(number)[step]
        self.window.data |= typed_into(field, prefix, self.window.data, number)

    def swap(self, one: int, other: int) -> None:
        swap(self.window, f"{self.prefix}-{one}-order", f"{self.prefix}-{other}-order")

    def delete(self, number: int) -> None:
        self.window.data[f"{self.prefix}-{number}-deleted"] = "1"

    def typed(self) -> list[Any]:
        """The whole stream, as stored in a draft."""
        typed = self.root.clean_deferred(self.root.value_from_datadict(self.window.data, {}, self.stream))
        return list(json.loads(json.dumps(self.root.get_prep_value(typed), cls=DjangoJSONEncoder)))

    def stored(self) -> list[Any]:
        return list(self.root.get_prep_value(getattr(self.window.stored_record(), self.stream)))

    def lists_within(self, numbers: Iterable[int]) -> list["Blocks"]:
        found = [each for number in numbers for each in lists_in(*self._child(number))]
        return [Blocks(self.window, block, prefix, self.stream, self.root) for block, prefix in found]


def swap(window: OpenForm, one: str, other: str) -> None:
    window.data[one], window.data[other] = window.data[other], window.data[one]


def lists_of(window: OpenForm) -> list[Rows | Blocks]:
    streams = [Blocks(window, field.block, name, name, field.block) for name, field in window.streams.items()]
    return [*(Rows(window, name) for name in window.lists), *streams]


def walk(window: OpenForm, lists: Sequence[Rows | Blocks]) -> None:
    """Add rows to the lists; save them empty, after their first fields and half filled; move, and delete.

    Then do so in their own lists. Whenever the rows are complete, the database has the same rows as the form: none
    twice, and none lost.
    """
    for each in lists:
        if not each.has_room():
            each.delete(each.shown()[-1])
    before = {each: len(each.shown()) - blank_rows(each) for each in lists}
    added = {each: each.add() for each in lists}

    def new(each: Rows | Blocks) -> list[int]:
        return each.shown()[before[each] :][: added[each]]

    window.save()
    steps = max(each.steps(number) for each in lists for number in new(each))
    for step in range(steps):
        for each in lists:
            for number in new(each):
                if step < each.steps(number):
                    each.fill(number, step)
        if step not in {0, 1, steps // 4, steps // 2, steps - 1}:
            continue
        window.save()
        doubled = [name for name, each in {each.whole: each for each in lists}.items() if has_doubles(each.stored())]
        assert not doubled, f"A row is in the database twice: {doubled}"
    compare(window, lists)
    for each in lists:
        first, *_others, last = [*new(each), new(each)[-1]]
        each.swap(first, last)
    compare(window, lists)
    if inner := [found for each in lists for found in each.lists_within(new(each))]:
        walk(window, inner)
    for each in lists:
        if len(each.shown()) > each.least():
            each.delete(new(each)[0])
    compare(window, lists)


def blank_rows(each: Rows | Blocks) -> int:
    return each.window.formsets[each.name].extra if isinstance(each, Rows) else 0


def has_doubles(values: Sequence[Any]) -> bool:
    return len({str(value) for value in values}) < len(values)


def compare(window: OpenForm, lists: Sequence[Rows | Blocks]) -> None:
    wholes = {each.whole: each for each in lists}
    for _time in range(2):
        errors = window.save()
        assert not errors, errors
        for name, each in wholes.items():
            stored, typed = each.stored(), each.typed()
            assert stored == typed, f"{name} is saved as {stored}, and was typed as {typed}."
