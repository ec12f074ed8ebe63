"""Extracts the text of documents in a separate process, stores it, and returns that of public documents."""

import logging
from collections.abc import Collection
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import Any

from django.db import models, transaction
from wagtail.models import CollectionViewRestriction

from portal import bounded
from search.indexing.reading import MAX_TEXT_LENGTH, READERS, READING_VERSION
from search.models import FileText
from search.scope import DOCUMENT

MAX_FILE_SIZE = 25 * 1024 * 1024
# Wall-clock seconds, many of which the process may wait for a processor on a busy machine.
DEADLINE = 60
HASH_LENGTH = FileText._meta.get_field("file_hash").max_length

logger = logging.getLogger(__name__)


def document_text(document: Any) -> str:
    """The file's text, at most MAX_TEXT_LENGTH characters; empty if the file is broken, encrypted or too large.

    If the file needs too much memory or time, this is the text read so far. Raises OSError if the process cannot start.
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
            # Pages can link to an unreadable file.
            logger.info("No text in document %s: %s", document.pk, problem)
            return ""
        copy.seek(0)
        text, is_whole = bounded.run("search.indexing.reading", extension, file=copy, deadline=DEADLINE)
        if not is_whole:
            logger.info("Document %s was not read to its end", document.pk)
        return text.decode("utf-8", "ignore").strip()[:MAX_TEXT_LENGTH]


def public_file_texts(documents: Collection[int]) -> dict[int, str]:
    """The stored text of documents by primary key, each preceded by the document's title.

    Gated documents and those in private collections are omitted, because extracts would disclose them.
    """
    if not documents:
        return {}
    texts = FileText.objects.filter(document__in=documents, document__is_gated=False).exclude(text="")
    rows = list(texts.values_list("document_id", "document__title", "text", "document__collection__path"))
    if not rows:
        return {}
    private_paths = tuple(CollectionViewRestriction.objects.values_list("collection__path", flat=True))
    return {
        key: f"{DOCUMENT}{' '.join(title.split())}\n{text}"
        for key, title, text, path in rows
        if not path.startswith(private_paths)
    }


def is_unread(document: Any) -> bool:
    """Whether the document has a file whose text is not stored yet."""
    if not document.file:
        return False
    return not FileText.objects.filter(document=document.pk, file_hash=_hash_of(document)).exists()


def outdated_texts() -> models.QuerySet[FileText]:
    """Text read by another version of the extraction."""
    return FileText.objects.exclude(file_hash__startswith=f"{READING_VERSION}:").order_by("pk")


def _hash_of(document: Any) -> str:
    """The version of the extraction and the hash of the file."""
    return f"{READING_VERSION}:{document.get_file_hash()}"[:HASH_LENGTH]


def update_file_text(document: Any) -> bool:
    """Store a document's text; return False if it was already stored, or if the file was replaced meanwhile."""
    if not is_unread(document):
        return False
    facts = {"file_hash": _hash_of(document), "text": document_text(document)}
    with transaction.atomic():
        present = type(document).objects.select_for_update().filter(pk=document.pk, file=document.file.name)
        if present.first() is None:
            return False
        FileText.objects.update_or_create(document=document, defaults=facts)
    return True
