"""Reads new and replaced files in the background, and indexes the pages that link to them."""

from collections.abc import Iterable
from typing import Any

from wagtail.documents import get_document_model
from wagtail.models import ReferenceIndex

from portal.platform.tasks.durable import durable
from search.indexing.files import update_file_text
from search.indexing.index import index_drafts_later, index_keys


@durable
def read_file(key: int) -> None:
    document = get_document_model().objects.filter(pk=key).first()
    if document and update_file_text(document):
        pages = pages_linking([document])
        index_keys(pages)
        index_drafts_later(pages)


def pages_linking(documents: Iterable[Any]) -> set[int]:
    pages = set()
    for document in documents:
        for reference in ReferenceIndex.get_references_to(document):
            if reference.object_id.isdigit():
                pages.add(int(reference.object_id))
    return pages
