"""Extracts the visible text of a PDF: no hidden layers, and no invisible text except that of OCR."""

import re
from collections.abc import Iterator
from typing import IO, Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, TextStringObject

# The text rendering mode for invisible text.
INVISIBLE = 3
_SETS_INVISIBLE = re.compile(rb"\b3\s+Tr\b")
_SHOWS_TEXT = (b"Tj", b"TJ", b"'", b'"')
# For each policy of a membership dictionary, whether content is hidden, given which layers are off. By default, it is
# hidden if all layers are off.
_RULES = {"/AllOn": any, "/AnyOff": lambda are_off: not any(are_off), "/AllOff": lambda are_off: not all(are_off)}


def pdf_pages(file: IO[bytes]) -> Iterator[str]:
    reader = PdfReader(file)
    off = _layers_off(_dictionary(reader.root_object.get("/OCProperties")))
    for page in reader.pages:
        content = page.get_contents() if "/Contents" in page else None
        has_invisible = content is not None and _SETS_INVISIBLE.search(content.get_data()) is not None
        if off or has_invisible:
            yield page.extract_text(visitor_operand_before=_HiddenTextEraser(page, off))
        else:
            yield page.extract_text()


class _HiddenTextEraser:
    """pypdf calls this before each operator of a page and of its forms. It empties operands with hidden text.

    On a page with a picture, such as a scan, invisible text comes from OCR and is not hidden.
    """

    def __init__(self, page: DictionaryObject, off: set[int]):
        self.off = off
        self.has_picture = False
        # A name may refer to several layers or forms, because each form on a page has its own names.
        self.layers: dict[str, list[Any]] = {}
        self.layers_of_forms: dict[str, list[Any]] = {}
        self._collect_layers(_dictionary(page.get("/Resources")), set())
        self.marked: list[bool] = []
        self.mode = 0
        self.modes: list[int] = []

    def _collect_layers(self, resources: DictionaryObject, seen: set[int | None]) -> None:
        for name, layer in _dictionary(resources.get("/Properties")).items():
            self.layers.setdefault(name, []).append(layer)
        for name, value in _dictionary(resources.get("/XObject")).items():
            key, drawn = _key(value), _dictionary(value)
            self.layers_of_forms.setdefault(name, []).append(drawn.raw_get("/OC") if "/OC" in drawn else None)
            self.has_picture |= drawn.get("/Subtype") == "/Image"
            if key not in seen:
                seen |= {key}
                self._collect_layers(_dictionary(drawn.get("/Resources")), seen)

    def __call__(self, operator: bytes, operands: Any, _current: Any, _text: Any) -> None:
        match operator:
            case b"q":
                self.modes.append(self.mode)
            case b"Q" if self.modes:
                self.mode = self.modes.pop()
            case b"Tr" if operands:
                self.mode = operands[0]
            case b"BMC" | b"BDC":
                is_layer = operator == b"BDC" and operands[:1] == ["/OC"]
                self.marked.append(is_layer and self._is_off(self.layers, operands[-1]))
            case b"EMC" if self.marked:
                self.marked.pop()
            case b"Do" if operands and (any(self.marked) or self._is_off(self.layers_of_forms, operands[0])):
                operands.clear()
            case _ if operator in _SHOWS_TEXT and operands and self._is_hidden:
                operands[-1] = ArrayObject() if operator == b"TJ" else TextStringObject("")

    @property
    def _is_hidden(self) -> bool:
        return any(self.marked) or (self.mode == INVISIBLE and not self.has_picture)

    def _is_off(self, layers: dict[str, list[Any]], name: Any) -> bool:
        found = layers.get(name, []) if isinstance(name, str) else []
        return bool(found) and all(map(self._is_layer_off, found))

    def _is_layer_off(self, layer: Any) -> bool:
        membership = _dictionary(layer)
        groups = membership.get("/OCGs") if membership.get("/Type") == "/OCMD" else layer
        are_off = [key in self.off for key in _keys(groups)]
        rule = _RULES.get(str(membership.get("/P")), all)
        return bool(are_off) and rule(are_off)


def _layers_off(properties: DictionaryObject) -> set[int]:
    """The numbers of the layers that are off when the file is opened."""
    initial = _dictionary(properties.get("/D"))
    if initial.get("/BaseState") == "/OFF":
        return _keys(properties.get("/OCGs")) - _keys(initial.get("/ON"))
    return _keys(initial.get("/OFF"))


def _dictionary(value: Any) -> DictionaryObject:
    found = value.get_object() if isinstance(value, IndirectObject) else value
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _key(value: Any) -> int | None:
    return value.idnum if isinstance(value, IndirectObject) else None


def _keys(value: Any) -> set[int]:
    """The object numbers of the references in an array, or of a single reference."""
    found = value.get_object() if isinstance(value, IndirectObject) else value
    values = found if isinstance(found, ArrayObject) else [value]
    return {key for each in values if (key := _key(each)) is not None}
