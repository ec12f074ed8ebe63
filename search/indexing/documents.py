"""The text of documents, read by a process of its own: `search.indexing.reading`."""

import logging
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import Any

from portal import bounded
from search.indexing.reading import MAX_TEXT_LENGTH, READERS

MAX_FILE_SIZE = 25 * 1024 * 1024
# On a busy machine a process waits for its processor longer than it has it.
DEADLINE = 60

logger = logging.getLogger(__name__)


def document_text(document: Any) -> str:
    """The text of the file, at most MAX_TEXT_LENGTH characters; empty if it is broken, encrypted or too large.

    Of a file that needs too much memory or time it is what was read until then. Raise OSError if no process starts.
    """
    extension = document.file_extension.lower()
    if extension not in READERS:
        return ""
    with TemporaryFile() as copy:
        try:
            if document.file.size > MAX_FILE_SIZE:
                return ""
            with document.open_file() as file:
                copyfileobj(file, copy)
        except (OSError, ValueError) as problem:
            # Pages can link to a file that cannot be read.
            logger.info("No text in document %s: %s", document.pk, problem)
            return ""
        copy.seek(0)
        return _text_of(copy, extension, document.pk)[:MAX_TEXT_LENGTH]


def _text_of(file: Any, extension: str, key: Any) -> str:
    read, is_whole = bounded.run("search.indexing.reading", extension, file=file, deadline=DEADLINE)
    if not is_whole:
        logger.info("Document %s was not read to its end", key)
    return read.decode("utf-8", "ignore").strip()
