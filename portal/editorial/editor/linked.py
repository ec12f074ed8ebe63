"""The pages and documents that the texts of a page link to, read at once: Wagtail's editor reads each by itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.utils.functional import cached_property
from wagtail.admin.rich_text.converters.contentstate import link_entity
from wagtail.admin.rich_text.converters.html_to_contentstate import (
    ExternalLinkElementHandler,
    PageLinkElementHandler,
)
from wagtail.documents import get_document_model
from wagtail.documents.rich_text.contentstate import DocumentLinkElementHandler, document_link_entity
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from portal.content.forms import set_parents
from portal.content.shown import once_shown


class LinkedRecords:
    """What the texts of a page link to, by kind and key."""

    def __init__(self, page: Any):
        self.source = page

    @cached_property
    def keys(self) -> dict[Any, set[str]]:
        """By model, from the texts alone: related records have none."""
        found: dict[Any, set[str]] = {}
        for field in self.source._meta.get_fields():
            if isinstance(field, StreamField | RichTextField):
                for model, key, _path, _place in field.extract_references(getattr(self.source, field.name)):
                    # A text that was pasted or imported may name anything.
                    if str(key).isdecimal():
                        found.setdefault(model, set()).add(str(key))
        return found

    @cached_property
    def pages(self) -> dict[str, Page]:
        keys = {key for model, keys in self.keys.items() if issubclass(model, Page) for key in keys}
        return {str(page.pk): page for page in Page.objects.filter(pk__in=keys)} if keys else {}

    @cached_property
    def pages_with_parents(self) -> dict[str, Page]:
        pages = {key: page.specific_deferred for key, page in self.pages.items()}
        set_parents(pages.values(), {page.path: page for page in getattr(self.source, "pages_above", ())})
        return pages

    @cached_property
    def documents(self) -> dict[str, Any]:
        model = get_document_model()
        keys = self.keys.get(model, set())
        return {str(each.pk): each for each in model.objects.filter(pk__in=keys)} if keys else {}


def linked_records(page: Any) -> LinkedRecords:
    """Of a page that is only shown they are read once."""
    return once_shown(page, "linked records", lambda: LinkedRecords(page))


_shown: ContextVar[LinkedRecords | None] = ContextVar("records that the texts of the form link to", default=None)


@contextmanager
def knowing_links_of(page: Any) -> Iterator[None]:
    """Let the texts of a form that is rendered meanwhile find what they link to."""
    token = _shown.set(linked_records(page))
    try:
        yield
    finally:
        _shown.reset(token)


class KnownPageLink(PageLinkElementHandler):
    def get_attribute_data(self, attrs: Any) -> dict[str, Any]:
        known = _shown.get()
        page = known.pages_with_parents.get(str(attrs["id"])) if known else None
        if page is None:
            data: dict[str, Any] = super().get_attribute_data(attrs)
            return data
        parent = page.get_parent()
        return {"id": page.pk, "url": page.url, "parentId": parent.pk if parent else None}


class KnownDocumentLink(DocumentLinkElementHandler):
    def get_attribute_data(self, attrs: Any) -> dict[str, Any]:
        known = _shown.get()
        document = known.documents.get(str(attrs.get("id"))) if known else None
        if document is None:
            data: dict[str, Any] = super().get_attribute_data(attrs)
            return data
        return {"id": document.pk, "url": document.url, "filename": document.filename}


def register_links(features: Any) -> None:
    """Wagtail's own rules for links to pages and to documents, which look first among what is known."""
    from_database = {"a[href]": ExternalLinkElementHandler("LINK"), 'a[linktype="page"]': KnownPageLink("LINK")}
    to_database = {"entity_decorators": {"LINK": link_entity}}
    rule = {"from_database_format": from_database, "to_database_format": to_database}
    features.register_converter_rule("contentstate", "link", rule)
    rule = {
        "from_database_format": {'a[linktype="document"]': KnownDocumentLink("DOCUMENT")},
        "to_database_format": {"entity_decorators": {"DOCUMENT": document_link_entity}},
    }
    features.register_converter_rule("contentstate", "document-link", rule)
