"""Extracts one document's text in a separate process with limited memory and time.

`python -m search.indexing.reading docx < file` writes the text line by line. Without Django, it starts fast. A hostile
file can only break this process.
"""

import codecs
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from typing import IO

from portal.bounded import limit_this_process
from search.analysis import clean
from search.indexing.office import OFFICE_FILES, office_lines
from search.indexing.parts import MAX_TEXT_LENGTH
from search.scope import NEXT_PAGE

# Increment this when the same file yields different text: all files are then read again.
READING_VERSION = 3
MAX_PDF_PAGES = 200
# The limits of the process: bytes in addition to its code, and seconds of CPU time.
MEMORY, SECONDS = 80 * 1024 * 1024, 15


def _pdf(file: IO[bytes], extension: str) -> Iterator[str]:
    # This is imported here, because other kinds of files, and importers of `READERS`, do not need it.
    from search.indexing.pdf import pdf_pages

    for number, text in enumerate(islice(pdf_pages(file), MAX_PDF_PAGES)):
        yield (NEXT_PAGE if number else "") + text


def _plain(file: IO[bytes], extension: str) -> Iterator[str]:
    yield decode(file.read(4 * MAX_TEXT_LENGTH))


def decode(content: bytes) -> str:
    """Decode a file that does not declare its encoding: UTF-8, UTF-16 or Windows-1252."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    # In UTF-16, half the bytes of Latin letters are zero.
    zeros = content[::2].count(0), content[1::2].count(0)
    if max(zeros) > len(content) // 6:
        return content.decode("utf-16-be" if zeros[0] > zeros[1] else "utf-16-le", "replace")
    text = content.decode("utf-8-sig", "replace")
    broken = text.count("\N{REPLACEMENT CHARACTER}")
    # A few broken letters do not prove another encoding.
    is_utf8 = 2 * broken <= sum(not letter.isascii() for letter in text)
    return text if is_utf8 else content.decode("cp1252", "replace")


READERS: dict[str, Callable[[IO[bytes], str], Iterator[str]]] = {
    "pdf": _pdf,
    "txt": _plain,
    "csv": _plain,
    **dict.fromkeys(OFFICE_FILES, office_lines),
}


def lines_of(file: IO[bytes], extension: str) -> Iterator[str]:
    """A document's lines, at most MAX_TEXT_LENGTH characters. Errors of its parser are raised."""
    remaining = MAX_TEXT_LENGTH
    for part in READERS[extension](file, extension):
        text = " ".join(clean(part).split())
        # Empty pages count, too.
        separator = NEXT_PAGE if part.startswith(NEXT_PAGE) else ""
        if text or separator:
            yield separator + text[:remaining]
            remaining -= len(text)
        if remaining <= 0:
            return


if __name__ == "__main__":
    # This is imported before the limit is set, so that its memory does not count.
    import search.indexing.pdf  # noqa: F401

    limit_this_process(MEMORY, SECONDS)
    for each in lines_of(sys.stdin.buffer, sys.argv[1]):
        sys.stdout.write(each + "\n")
        sys.stdout.flush()
