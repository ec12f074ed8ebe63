"""Reads the visible text of office files: no deleted or hidden text, comments, speaker's notes or field codes.

Each kind of file has an `XmlPart`. Elements are matched by local name, which is the same in the transitional and strict
namespaces. XML is parsed without a tree, and all parts of a file share one limit.
"""

import re
from collections.abc import Callable, Iterator
from itertools import chain
from posixpath import dirname, join, normpath
from typing import IO
from xml.parsers.expat import ParserCreate
from zipfile import ZipFile

from search.indexing.opendocument import OpenDocument
from search.indexing.parts import MAX_TEXT_LENGTH, Attributes, TooMuchError, XmlPart, value

# The limits for the parts of an archive: their total unpacked size, and the number of their elements.
MAX_UNPACKED = 40 * 1024 * 1024
MAX_ELEMENTS = 1_000_000
CHUNK = 64 * 1024
# The total length of shared strings, in the order of their first use.
MAX_SHARED = 40 * MAX_TEXT_LENGTH

_OFF = {"0", "false", "off"}
_ON = {"1", "true", "on"}
_TEXT_DOCUMENT = re.compile(r"word/document\d*\.xml")


class OfficeFile:
    def __init__(self, file: IO[bytes]) -> None:
        self.zip = ZipFile(file)
        self.names = set(self.zip.namelist())
        self.elements = self.unpacked = 0

    def lines(self, name: str, part: XmlPart) -> Iterator[str]:
        """The lines of a part during parsing; none if the archive has no such part."""
        if name not in self.names:
            return
        parser = ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = part.element_begins, part.element_ends
        parser.CharacterDataHandler = part.text
        with self.zip.open(name) as xml:
            while chunk := xml.read(CHUNK):
                self.unpacked += len(chunk)
                if self.unpacked > MAX_UNPACKED:
                    raise TooMuchError
                part.allowed = MAX_ELEMENTS - self.elements
                parser.Parse(chunk, False)
                self.elements = MAX_ELEMENTS - part.allowed
                yield from part.take_lines()
                if part.is_complete:
                    return
        parser.Parse(b"", True)
        part.end_line()
        yield from part.take_lines()

    def read[P: XmlPart](self, name: str, part: P) -> P:
        """Parse a part for the data it collects instead of lines, and return it."""
        for _line in self.lines(name, part):
            pass
        return part

    def related(self, name: str) -> dict[str, str]:
        """The names of related parts, by relationship id."""
        folder = dirname(name)
        targets = self.read(f"{folder}/_rels/{name.removeprefix(folder + '/')}.rels", _Relationships()).targets
        return {key: normpath(join("/", folder, target)).lstrip("/") for key, target in targets.items()}


class _Relationships(XmlPart):
    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, str] = {}

    def begin(self, name: str, attributes: Attributes) -> None:
        if name == "Relationship":
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")


class _References(XmlPart):
    """The relationship ids in elements of one name, in order, except those of hidden sheets."""

    def __init__(self, element: str) -> None:
        super().__init__()
        self.element = element
        self.keys: list[str] = []

    def begin(self, name: str, attributes: Attributes) -> None:
        if name == self.element and attributes.get("state", "visible") == "visible":
            self.keys += [key for attribute, key in attributes.items() if attribute.endswith("}id")]


class _Styles(XmlPart):
    """A text document's styles that hide text (`w:vanish`), by themselves or through their base style."""

    def __init__(self) -> None:
        super().__init__()
        self.vanish: dict[str, bool] = {}
        self.based_on: dict[str, str] = {}
        self.paragraph = self.style = ""

    def begin(self, name: str, attributes: Attributes) -> None:
        if name == "style":
            self.style = value(attributes, "styleId")
            if value(attributes, "type") == "paragraph" and value(attributes, "default") in _ON:
                self.paragraph = self.style
        elif name == "basedOn":
            self.based_on[self.style] = value(attributes, "val")
        elif name == "vanish" and self.trail[-3:-1] == ["style", "rPr"]:
            self.vanish[self.style] = value(attributes, "val") not in _OFF

    def hides(self, style: str) -> bool:
        seen: set[str] = set()
        while style and style not in seen:
            if style in self.vanish:
                return self.vanish[style]
            seen.add(style)
            style = self.based_on.get(style, "")
        return False


class _TextDocument(XmlPart):
    """The text of a DOCX. `notes` are the footnotes and endnotes that visible text refers to, by element name.

    With `of_notes` the part contains notes, and only these are read.
    """

    spaces = frozenset({"tab", "ptab", "br", "cr"})
    breaks = frozenset({"p"})
    # Deleted and moved text, earlier formatting, and copies for older programs.
    skipped = frozenset({"del", "moveFrom", "Fallback", "rPrChange", "pPrChange", "trPrChange", "tcPrChange"})

    def __init__(self, styles: _Styles, of_notes: set[str] | None = None) -> None:
        super().__init__()
        self.styles = styles
        self.of_notes = of_notes
        self.notes: dict[str, set[str]] = {"footnote": set(), "endnote": set()}
        self.paragraphs: list[bool] = []
        # For each open run: whether its style hides it, and its own setting, if any.
        self.runs: list[tuple[bool, bool | None]] = []
        # For each open field: whether its code has not ended yet.
        self.fields: list[bool] = []

    def begin(self, name: str, attributes: Attributes) -> None:
        if name == "p":
            self.paragraphs.append(self.styles.hides(self.styles.paragraph))
        elif name == "r":
            self.runs.append((False, None))
        elif self.hidden:
            return
        elif name == "noBreakHyphen":
            self.add("-")
        elif name == "fldChar":
            self._field(value(attributes, "fldCharType"))
        elif name in {"footnoteReference", "endnoteReference"} and self.is_shown:
            self.notes[name.removesuffix("Reference")].add(value(attributes, "id"))
        elif name in {"footnote", "endnote"} and self.of_notes is not None:
            if value(attributes, "id") not in self.of_notes:
                self.hide()
        elif name == "docPr" and value(attributes, "hidden") in _ON:
            self.hide(1)
        else:
            self._property(name, attributes)

    def _property(self, name: str, attributes: Attributes) -> None:
        match self.trail[-3:-1]:
            case [_, "pPr"] if name == "pStyle" and self.paragraphs:
                self.paragraphs[-1] = self.styles.hides(value(attributes, "val"))
            case ["r", "rPr"] if name == "rStyle":
                self.runs[-1] = self.styles.hides(value(attributes, "val")), self.runs[-1][1]
            case ["r", "rPr"] if name == "vanish":
                self.runs[-1] = self.runs[-1][0], value(attributes, "val") not in _OFF
            case ["tr", "trPr"] if name in {"hidden", "del"} and value(attributes, "val") not in _OFF:
                self.hide(2)
            case ["tc", "tcPr"] if name == "cellDel":
                self.hide(2)

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self.fields.append(True)
        elif kind == "separate" and self.fields:
            self.fields[-1] = False
        elif kind == "end" and self.fields:
            self.fields.pop()

    def end(self, name: str) -> None:
        if name == "p":
            self.paragraphs.pop()
        elif name == "r":
            self.runs.pop()

    @property
    def is_shown(self) -> bool:
        if self.hidden or any(self.fields):
            return False
        if not self.runs:
            return True
        by_style, by_itself = self.runs[-1]
        if by_itself is not None:
            return not by_itself
        # A second hiding style shows the text again (ECMA-376, 17.7.3).
        return by_style == (bool(self.paragraphs) and self.paragraphs[-1])


class _Slide(XmlPart):
    spaces = frozenset({"br", "tab"})
    breaks = frozenset({"p"})
    skipped = frozenset({"Fallback"})

    def begin(self, name: str, attributes: Attributes) -> None:
        if name == "sld" and attributes.get("show") in _OFF:
            self.hide()
        elif name == "cNvPr" and attributes.get("hidden") in _ON:
            # The shape is two levels up.
            self.hide(2)


class _SharedStrings(XmlPart):
    skipped = frozenset({"rPh"})

    def __init__(self) -> None:
        super().__init__()
        self.strings: list[str] = []
        self.total = 0

    def end(self, name: str) -> None:
        if name == "si":
            string = "".join(self.line)[:MAX_TEXT_LENGTH]
            self.drop_line()
            self.strings.append(string)
            self.total += len(string)
            self.is_complete = self.total > MAX_SHARED


class _Sheet(XmlPart):
    """A sheet's text by row, without hidden rows and columns, and without numbers."""

    breaks = frozenset({"row"})
    skipped = frozenset({"rPh"})

    def __init__(self, strings: list[str]) -> None:
        super().__init__()
        self.strings = strings
        self.hidden_columns: list[tuple[int, int]] = []
        self.column = 0
        self.kind = self.number = ""

    def begin(self, name: str, attributes: Attributes) -> None:
        if name == "col" and attributes.get("hidden") in _ON:
            self.hidden_columns.append((int(attributes["min"]), int(attributes["max"])))
        elif name == "row":
            self.column = 0
            if attributes.get("hidden") in _ON:
                self.hide()
        elif name == "c":
            self.column = _column(attributes.get("r", "")) or self.column + 1
            self.kind, self.number = attributes.get("t", "n"), ""
            if any(first <= self.column <= last for first, last in self.hidden_columns):
                self.hide()

    def end(self, name: str) -> None:
        if name == "c" and not self.hidden:
            if self.kind == "s" and self.number.isdecimal() and int(self.number) < len(self.strings):
                self.add(self.strings[int(self.number)])
            self.add(" ")

    def text(self, data: str) -> None:
        if self.hidden:
            return
        if self.kind == "s" and self.trail[-1] == "v":
            self.number = (self.number + data)[:9]
        elif (self.kind == "str" and self.trail[-1] == "v") or (self.kind == "inlineStr" and self.trail[-1] == "t"):
            self.add(data)


def _column(cell: str) -> int:
    """A cell's column number: 28 for AB7; 0 if it has no letters."""
    number = 0
    for letter in cell[:3]:
        if not "A" <= letter <= "Z":
            break
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _docx(archive: OfficeFile) -> Iterator[str]:
    styles = archive.read("word/styles.xml", _Styles())
    document = _TextDocument(styles)
    for name in sorted(filter(_TEXT_DOCUMENT.fullmatch, archive.names)):
        yield from archive.lines(name, document)
    for kind, shown in document.notes.items():
        yield from archive.lines(f"word/{kind}s.xml", _TextDocument(styles, shown))


def _pptx(archive: OfficeFile) -> Iterator[str]:
    slides, names = archive.read("ppt/presentation.xml", _References("sldId")), archive.related("ppt/presentation.xml")
    return chain.from_iterable(archive.lines(names[key], _Slide()) for key in slides.keys if key in names)


def _xlsx(archive: OfficeFile) -> Iterator[str]:
    sheets, names = archive.read("xl/workbook.xml", _References("sheet")), archive.related("xl/workbook.xml")
    strings = archive.read("xl/sharedStrings.xml", _SharedStrings()).strings
    return chain.from_iterable(archive.lines(names[key], _Sheet(strings)) for key in sheets.keys if key in names)


def _opendocument(archive: OfficeFile, *, by_row: bool = False) -> Iterator[str]:
    document = OpenDocument(by_row=by_row)
    archive.read("styles.xml", document)
    yield from archive.lines("content.xml", document)


OFFICE_FILES: dict[str, Callable[[OfficeFile], Iterator[str]]] = {
    "docx": _docx,
    "pptx": _pptx,
    "xlsx": _xlsx,
    "odt": _opendocument,
    "ods": lambda archive: _opendocument(archive, by_row=True),
    "odp": _opendocument,
}


def office_lines(file: IO[bytes], extension: str) -> Iterator[str]:
    return OFFICE_FILES[extension](OfficeFile(file))
