"""Saves the valid blocks of a stream. Invalid blocks get their former values."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Drop when Wagtail's autosave saves the valid blocks of a
# stream.

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from wagtail.blocks import StreamBlockValidationError, StreamValue
from wagtail.blocks.base import BlockField
from wagtail.blocks.list_block import ListValue

from portal.content.separation.references import OF_ANOTHER_SITE

Path = tuple[str, ...]


NONE: tuple[list[Any], Callable[[], None]] = ([], lambda: None)


@dataclass(frozen=True)
class InvalidBlock:
    """An invalid block; the path begins with its key."""

    path: Path
    label: str
    reason: str
    is_changed: bool


def invalid_blocks(form: Any, name: str, errors: list[Any]) -> tuple[list[InvalidBlock], Callable[[], None]]:
    """The invalid blocks of a field, and a function that resets existing ones and leaves out new ones.

    Empty if the errors do not belong to single blocks, or belong to a block that was reset.
    """
    own = form.fields[name]
    if not isinstance(own, BlockField) or own.disabled:
        return NONE
    typed = form[name].data
    stands: frozenset[int] = getattr(own, "stands", frozenset())
    wrong = _numbers(typed, errors)
    if not wrong or wrong.keys() & stands:
        return NONE
    former = {child.id: child for child in form.get_initial_for_field(own, name) or ()}
    unused = dict(former)
    remaining: list[tuple[Any, bool]] = [
        # `pop` restores a former block only once, even if two blocks have its key.
        (unused.pop(child.id, None), True) if number in wrong else (child, number in stands)
        for number, child in enumerate(typed)
    ]
    remaining = [(child, is_standing) for child, is_standing in remaining if child is not None]
    found = []
    for number, (inner, reason) in wrong.items():
        child = typed[number]
        before = former.get(child.id)
        is_changed = before is None or before.block_type != child.block_type or before.value != child.value
        found.append(InvalidBlock((str(child.id), *inner), str(child.block.label), reason, is_changed))
    value = _of(typed.stream_block, [child for child, _is_standing in remaining])
    standing = frozenset(number for number, (_child, is_standing) in enumerate(remaining) if is_standing)
    return found, partial(_put, own, value, standing)


def _numbers(typed: StreamValue, errors: list[Any]) -> dict[int, tuple[Path, str]]:
    """The positions of the invalid blocks, each with path and reason; empty if an error belongs to no block."""
    wrong: dict[int, tuple[Path, str]] = {}
    for error in errors:
        if error.code == OF_ANOTHER_SITE:
            for path in error.params["paths"]:
                _name, key, *inner = path.split(".")
                places = [number for number, child in enumerate(typed) if child.id and child.id == key]
                if not places:
                    return {}
                wrong |= dict.fromkeys(places, (tuple(inner), texts([error])))
        elif isinstance(error, StreamBlockValidationError) and not error.non_block_errors:
            wrong |= {number: _innermost(typed[number].value, each) for number, each in error.block_errors.items()}
        else:
            return {}
    return wrong


def _put(own: BlockField, value: StreamValue, standing: frozenset[int]) -> None:
    own.stands = standing
    own.widget.value_from_datadict = lambda *_args: value
    own.clean = partial(_clean, partial(type(own).clean, own), standing)


def _clean(clean: Callable[[StreamValue], StreamValue], standing: Collection[int], value: StreamValue) -> StreamValue:
    """Validate all blocks except reset ones, whose former values may be invalid."""
    try:
        return clean(value)
    except StreamBlockValidationError as error:
        refused = error.block_errors.keys()
        if error.non_block_errors or not refused <= set(standing):
            raise
    others = clean(_of(value.stream_block, [child for number, child in enumerate(value) if number not in refused]))
    rest = iter(others)
    return _of(value.stream_block, [child if number in refused else next(rest) for number, child in enumerate(value)])


def _of(block: Any, children: list[Any]) -> StreamValue:
    return StreamValue(block, [(child.block_type, child.value, child.id) for child in children])


def _innermost(value: Any, error: Any) -> tuple[Path, str]:
    """The path to the first error in a block, and the message."""
    path: list[str] = []
    while inner := getattr(error, "block_errors", None):
        part, error = next(iter(inner.items()))
        if isinstance(value, dict):
            name, value = part, value.get(part)
        else:
            child = value.bound_blocks[part] if isinstance(value, ListValue) else value[part]
            name, value = child.id, child.value
        path += [name] if name else []
    return tuple(path), texts([error])


def texts(errors: list[Any]) -> str:
    """The messages of errors. In a stream, Wagtail has messages only for errors outside of blocks."""
    words = [text for error in errors for text in _words(error)]
    return " ".join(dict.fromkeys(words))


def _words(error: ValidationError) -> list[str]:
    of_no_block = getattr(error, "non_block_errors", None)
    return [text for each in of_no_block.as_data() for text in each.messages] if of_no_block else error.messages
