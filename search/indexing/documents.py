"""Reads the text inside documents: PDF, and the formats of office programs, which are archives of XML."""

import logging
import re
from collections.abc import Callable, Iterator
from typing import IO, Any
from xml.etree.ElementTree import ParseError, iterparse
from zipfile import BadZipFile, ZipFile

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from search.analysis import clean

LONGEST_TEXT = 100_000
MOST_PAGES = 200
LARGEST_FILE = 25 * 1024 * 1024
# What an archive may hold once it is unpacked.
LARGEST_PART = 60 * 1024 * 1024

UNREADABLE = (
    PyPdfError, BadZipFile, ParseError, OSError, ValueError, KeyError, RecursionError, NotImplementedError,
)  # fmt: skip

logger = logging.getLogger(__name__)

# The parts of each format that hold words.
PARTS = {
    "docx": re.compile(r"word/(document|footnotes|endnotes)\.xml"),
    "pptx": re.compile(r"ppt/slides/slide\d+\.xml"),
    "xlsx": re.compile(r"xl/sharedStrings\.xml"),
    "odt": re.compile(r"content\.xml"),
    "ods": re.compile(r"content\.xml"),
    "odp": re.compile(r"content\.xml"),
}
# An element after which a new line begins: a paragraph, a heading, a cell.
_BREAKS = ("}p", "}h", "}si", "}tr")


def text_of(document: Any) -> str:
    """The words inside the file, as far as they can be read; a broken or locked file has none."""
    extension = document.file_extension.lower()
    read: Callable[[IO[bytes], str], Iterator[str]] | None = READERS.get(extension)
    try:
        if read is None or document.file.size > LARGEST_FILE:
            return ""
        with document.open_file() as file:
            return _gathered(read(file, extension))
    except UNREADABLE as problem:
        # A file that cannot be read is still a file that can be offered.
        logger.info("No text in document %s: %s", document.pk, problem)
        return ""
    except Exception:
        # What a parser of foreign files may raise has no end; publishing must not fail by it.
        logger.exception("Reading document %s failed", document.pk)
        return ""


def _gathered(parts: Iterator[str]) -> str:
    found: list[str] = []
    room = LONGEST_TEXT
    for part in parts:
        if text := " ".join(clean(part).split()):
            found.append(text[:room])
            room -= len(text)
        if room <= 0:
            break
    return "\n".join(found)


def _pdf(file: IO[bytes], extension: str) -> Iterator[str]:
    reader = PdfReader(file)
    for number, page in enumerate(reader.pages):
        if number == MOST_PAGES:
            return
        yield page.extract_text()


def _office(file: IO[bytes], extension: str) -> Iterator[str]:
    with ZipFile(file) as archive:
        for part in archive.infolist():
            if PARTS[extension].fullmatch(part.filename) and part.file_size <= LARGEST_PART:
                with archive.open(part) as xml:
                    yield from _paragraphs(xml)


def _paragraphs(xml: IO[bytes]) -> Iterator[str]:
    line: list[str] = []
    for _event, element in iterparse(xml):  # noqa: S314 - expat bounds what entities may grow to
        if element.text:
            line.append(element.text)
        if element.tag.endswith(_BREAKS):
            yield "".join(line)
            line = []
        if element.tail:
            line.append(element.tail)
        element.clear()
    yield "".join(line)


def _plain(file: IO[bytes], extension: str) -> Iterator[str]:
    yield file.read(4 * LONGEST_TEXT).decode("utf-8", "replace")


READERS: dict[str, Callable[[IO[bytes], str], Iterator[str]]] = {
    "pdf": _pdf,
    "txt": _plain,
    "csv": _plain,
    **dict.fromkeys(PARTS, _office),
}
