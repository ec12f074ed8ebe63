"""Reads the text of one document, in a process of its own that can take only so much memory and time.

`python -m search.indexing.reading docx < file` writes the text, line by line. It knows nothing of Django, so that it
starts fast; what a hostile file makes of a parser ends with this process.
"""

import re
import sys
from collections.abc import Callable, Iterator
from typing import IO
from xml.parsers.expat import ParserCreate
from zipfile import ZipFile

from portal.bounded import limit_this_process
from search.analysis import clean
from search.scope import NEXT_PAGE

MAX_TEXT_LENGTH = 100_000
MAX_PDF_PAGES = 200
# All text parts of an archive together, unpacked, and the elements in them.
MAX_UNPACKED = 40 * 1024 * 1024
MAX_ELEMENTS = 1_000_000
CHUNK = 64 * 1024
# What the process may take: bytes beyond what its programs are, and seconds of a processor.
MEMORY, SECONDS = 80 * 1024 * 1024, 15

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


class TooMuchError(Exception):
    """The file unpacks to more than is read."""


class _Lines:
    """Collects the lines of XML as it is parsed; no tree is kept."""

    def __init__(self) -> None:
        self.ready: list[str] = []
        self.line: list[str] = []
        self.length = self.elements = self.unpacked = 0

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if self.elements > MAX_ELEMENTS:
            raise TooMuchError

    def end(self, name: str) -> None:
        if name.endswith(_BREAKS):
            self.end_line()

    def end_line(self) -> None:
        self.ready.append("".join(self.line))
        self.line.clear()
        self.length = 0

    def text(self, data: str) -> None:
        # The rest of a line that is longer than all that is kept is not wanted.
        if self.length <= MAX_TEXT_LENGTH:
            self.line.append(data)
            self.length += len(data)

    def of(self, xml: IO[bytes]) -> Iterator[str]:
        parser = ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self.begin, self.end
        parser.CharacterDataHandler = self.text
        while chunk := xml.read(CHUNK):
            self.unpacked += len(chunk)
            if self.unpacked > MAX_UNPACKED:
                raise TooMuchError
            parser.Parse(chunk, False)
            yield from self.ready
            self.ready.clear()
        parser.Parse(b"", True)
        self.end_line()
        yield from self.ready
        self.ready.clear()


def _office(file: IO[bytes], extension: str) -> Iterator[str]:
    lines = _Lines()
    with ZipFile(file) as archive:
        for part in archive.infolist():
            if TEXT_PARTS[extension].fullmatch(part.filename):
                with archive.open(part) as xml:
                    yield from lines.of(xml)


def _pdf(file: IO[bytes], extension: str) -> Iterator[str]:
    # Other kinds need no time for it, and what only names the kinds has no need of it.
    from pypdf import PdfReader

    reader = PdfReader(file)
    for number, page in enumerate(reader.pages):
        if number == MAX_PDF_PAGES:
            return
        yield (NEXT_PAGE if number else "") + page.extract_text()


def _plain(file: IO[bytes], extension: str) -> Iterator[str]:
    yield file.read(4 * MAX_TEXT_LENGTH).decode("utf-8", "replace")


READERS: dict[str, Callable[[IO[bytes], str], Iterator[str]]] = {
    "pdf": _pdf,
    "txt": _plain,
    "csv": _plain,
    **dict.fromkeys(TEXT_PARTS, _office),
}


def lines_of(file: IO[bytes], extension: str) -> Iterator[str]:
    """The lines of a document, at most MAX_TEXT_LENGTH characters; raises what its parser raises."""
    remaining = MAX_TEXT_LENGTH
    for part in READERS[extension](file, extension):
        text = " ".join(clean(part).split())
        # An empty page counts as well.
        mark = NEXT_PAGE if part.startswith(NEXT_PAGE) else ""
        if text or mark:
            yield mark + text[:remaining]
            remaining -= len(text)
        if remaining <= 0:
            return


if __name__ == "__main__":
    # A part of what the process is at rest.
    import pypdf  # noqa: F401

    limit_this_process(MEMORY, SECONDS)
    for each in lines_of(sys.stdin.buffer, sys.argv[1]):
        sys.stdout.write(each + "\n")
        sys.stdout.flush()
