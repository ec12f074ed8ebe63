"""Serializes a page body for the API: blocks with their types and values, and links as the public sees them."""

from typing import Any

from django.utils import timezone
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtail.models import Page
from wagtail.rich_text import expand_db_html

from portal.content.feeds.prose import plain_html
from portal.content.serving.editions import Edition
from portal.content.visibility import is_public
from portal.media.picture import sources


def serialize(block: blocks.Block, value: Any, edition: Edition, page_url: str) -> Any:
    if isinstance(block, blocks.BaseStreamBlock):
        return [
            {"type": child.block_type, "id": child.id, "value": serialize(child.block, child.value, edition, page_url)}
            for child in value
        ]
    if isinstance(block, blocks.BaseStructBlock):
        return {
            name: serialize(child, value.get(name), edition, page_url) for name, child in block.child_blocks.items()
        }
    if isinstance(block, blocks.ListBlock):
        return [serialize(block.child_block, child, edition, page_url) for child in value]
    if isinstance(block, TypedTableBlock):
        return {
            "columns": [column["heading"] for column in value.columns],
            "rows": [[str(cell.value) for cell in row] for row in value.rows],
        }
    if isinstance(block, blocks.RichTextBlock):
        return plain_html(expand_db_html(value.source), page_url) if value else ""
    if isinstance(block, ImageChooserBlock):
        return image_data(value, edition)
    if isinstance(block, DocumentChooserBlock):
        return document_data(value, edition)
    if isinstance(block, blocks.PageChooserBlock):
        return page_data(value)
    return block.get_api_representation(value)


def image_data(image: Any, edition: Edition, place: str = "text") -> dict[str, Any] | None:
    """The rendition URLs and size of an image. The original file has no public URL."""
    if image is None:
        return None
    found = sources(image, place)
    return {
        "id": image.pk,
        "url": edition.full(found.src),
        "srcset": ", ".join(edition.full(part) for part in found.srcset.split(", ")),
        "width": found.width,
        "height": found.height,
        "credit": image.credit,
    }


def document_data(document: Any, edition: Edition) -> dict[str, Any] | None:
    """The data of a public document; None if the document is not public."""
    if document is None or document.is_gated:
        return None
    return {"id": document.pk, "title": document.title, "url": edition.full(document.url)}


def page_data(page: Page | None) -> dict[str, Any] | None:
    """The data of a linked page; None if the page is not public."""
    if page is None or not is_public(page, timezone.now()):
        return None
    return {"id": page.pk, "title": page.title, "url": page.full_url}
