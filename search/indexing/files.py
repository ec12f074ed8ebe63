"""The text inside the documents that pages offer."""

from collections.abc import Collection
from typing import Any

from wagtail.models import CollectionViewRestriction

from search.indexing.documents import text_of
from search.models import FileText


def texts_of_files(documents: Collection[int]) -> dict[int, str]:
    """The text of those documents that any reader may fetch, by their keys, as far as it has been read.

    What comes by mail only, or lies in a closed collection, is not told by extracts either.
    """
    if not documents:
        return {}
    found = FileText.objects.filter(document__in=documents, document__is_gated=False).exclude(text="")
    rows = list(found.values_list("document_id", "text", "document__collection__path"))
    if not rows:
        return {}
    closed = tuple(CollectionViewRestriction.objects.values_list("collection__path", flat=True))
    return {key: text for key, text, path in rows if not path.startswith(closed)}


def read_file(document: Any) -> bool:
    """Keep the text of a document; whether it was read, since its content was not known before."""
    if not document.file:
        return False
    file_hash = document.get_file_hash()
    if FileText.objects.filter(document=document.pk, file_hash=file_hash).exists():
        return False
    text = text_of(document)
    FileText.objects.update_or_create(document=document, defaults={"file_hash": file_hash, "text": text})
    return True
