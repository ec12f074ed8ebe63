"""Extracts the text of documents: PDF, plain text and office formats (ZIP archives of XML)."""

import logging
import re
from collections.abc import Callable, Iterator
from typing import IO, Any
from xml.etree.ElementTree import ParseError, iterparse
from zipfile import BadZipFile, ZipFile

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from search.analysis import clean

MAX_TEXT_LENGTH = 100_000
MAX_PDF_PAGES = 200
MAX_FILE_SIZE = 25 * 1024 * 1024
# The uncompressed size of a part of an archive.
MAX_PART_SIZE = 60 * 1024 * 1024

READ_ERRORS = (
    PyPdfError, BadZipFile, ParseError, OSError, ValueError, KeyError, RecursionError, NotImplementedError,
)  # fmt: skip

logger = logging.getLogger(__name__)

# The files inside an office document that hold its text.
TEXT_PARTS = {
    "docx": re.compile(r"word/(document|footnotes|endnotes)\.xml"),
    "pptx": re.compile(r"ppt/slides/slide\d+\.xml"),
    "xlsx": re.compile(r"xl/sharedStrings\.xml"),
    "odt": re.compile(r"content\.xml"),
    "ods": re.compile(r"content\.xml"),
    "odp": re.compile(r"content\.xml"),
}
# Elements that end a line: paragraphs, headings, shared strings, rows.
_BREAKS = ("}p", "}h", "}si", "}tr")


def document_text(document: Any) -> str:
    """The text of the file, at most MAX_TEXT_LENGTH characters; empty if it is broken, encrypted or too large."""
    extension = document.file_extension.lower()
    read: Callable[[IO[bytes], str], Iterator[str]] | None = READERS.get(extension)
    try:
        if read is None or document.file.size > MAX_FILE_SIZE:
            return ""
        with document.open_file() as file:
            return _limited(read(file, extension))
    except READ_ERRORS as problem:
        # Pages can link to a file that cannot be read.
        logger.info("No text in document %s: %s", document.pk, problem)
        return ""
    except Exception:
        # Parsers may raise anything on malformed files, and publishing must not fail.
        logger.exception("Reading document %s failed", document.pk)
        return ""


def _limited(parts: Iterator[str]) -> str:
    texts: list[str] = []
    remaining = MAX_TEXT_LENGTH
    for part in parts:
        if text := " ".join(clean(part).split()):
            texts.append(text[:remaining])
            remaining -= len(text)
        if remaining <= 0:
            break
    return "\n".join(texts)


def _pdf(file: IO[bytes], extension: str) -> Iterator[str]:
    reader = PdfReader(file)
    for number, page in enumerate(reader.pages):
        if number == MAX_PDF_PAGES:
            return
        yield page.extract_text()


def _office(file: IO[bytes], extension: str) -> Iterator[str]:
    with ZipFile(file) as archive:
        for part in archive.infolist():
            if TEXT_PARTS[extension].fullmatch(part.filename) and part.file_size <= MAX_PART_SIZE:
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
    yield file.read(4 * MAX_TEXT_LENGTH).decode("utf-8", "replace")


READERS: dict[str, Callable[[IO[bytes], str], Iterator[str]]] = {
    "pdf": _pdf,
    "txt": _plain,
    "csv": _plain,
    **dict.fromkeys(TEXT_PARTS, _office),
}
