"""Stores the text of documents, and returns that of public ones."""

from collections.abc import Collection
from typing import Any

from django.db import models, transaction
from wagtail.models import CollectionViewRestriction

from search.indexing.documents import document_text
from search.indexing.reading import READING_VERSION
from search.models import FileText
from search.scope import DOCUMENT

HASH_LENGTH = FileText._meta.get_field("file_hash").max_length


def public_file_texts(documents: Collection[int]) -> dict[int, str]:
    """The stored texts of these documents by primary key, each after the title of its document.

    Gated documents and those in a private collection have none here, so that extracts do not disclose them.
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
    """Whether the document has a file of which the text is not stored yet."""
    if not document.file:
        return False
    return not FileText.objects.filter(document=document.pk, file_hash=_hash_of(document)).exists()


def texts_of_another_version() -> models.QuerySet[FileText]:
    """The texts that were read before an upgrade that reads files otherwise."""
    return FileText.objects.exclude(file_hash__startswith=f"{READING_VERSION}:").order_by("pk")


def _hash_of(document: Any) -> str:
    """By what the text of a file is known: its contents, and the version that reads them."""
    return f"{READING_VERSION}:{document.get_file_hash()}"[:HASH_LENGTH]


def update_file_text(document: Any) -> bool:
    """Store the text of a document; false if this version has stored that of the same contents already.

    It is false, too, if the document was deleted or had its file replaced while the former one was read.
    """
    if not is_unread(document):
        return False
    facts = {"file_hash": _hash_of(document), "text": document_text(document)}
    with transaction.atomic():
        present = type(document).objects.select_for_update().filter(pk=document.pk, file=document.file.name)
        if present.first() is None:
            return False
        FileText.objects.update_or_create(document=document, defaults=facts)
    return True
