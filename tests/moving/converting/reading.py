"""Converts a text and shows the result briefly."""

from typing import Any

from portal.moving.converting.bodies import convert_body
from portal.moving.converting.editor_blocks import Surroundings

OLD = "https://ancien.example"


def blocks(text: str, **around: Any) -> list[tuple[str, Any]]:
    return [(block.kind, block.value) for block in convert_body(text, OLD, Surroundings(**around)).blocks]


def kinds(text: str, **around: Any) -> list[str]:
    return [kind for kind, _value in blocks(text, **around)]


def only(text: str, **around: Any) -> Any:
    """The value of the only block of a text."""
    ((_kind, value),) = blocks(text, **around)
    return value


def notes(text: str) -> list[tuple[str, str]]:
    return [(note.code, note.detail) for note in convert_body(text, OLD).notes]
