"""The links to other sites in a version of a page."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urldefrag, urlsplit

from wagtail import blocks
from wagtail.blocks.list_block import ListValue
from wagtail.fields import RichTextField, StreamField

from portal.editorial.approval.markup import markup_references
from portal.links.models import LONGEST


def outgoing_links(page: Any) -> dict[str, str]:
    """The addresses without fragments, each with the content path of its first occurrence."""
    found: dict[str, str] = {}
    for field in page._meta.get_fields():
        if isinstance(field, RichTextField):
            _add(found, _in_markup(getattr(page, field.name)), field.name)
        elif isinstance(field, StreamField):
            for child in getattr(page, field.name):
                _of_block(found, child.block, child.value, f"{field.name}.{child.id}")
    return found


def _of_block(found: dict[str, str], block: Any, value: Any, path: str) -> None:
    if isinstance(block, blocks.StructBlock):
        for name, child in block.child_blocks.items():
            _of_block(found, child, value[name], f"{path}.{name}")
    elif isinstance(block, blocks.ListBlock):
        for item in value.bound_blocks if isinstance(value, ListValue) else ():
            _of_block(found, item.block, item.value, f"{path}.{item.id}")
    elif isinstance(block, blocks.StreamBlock):
        for child in value:
            _of_block(found, child.block, child.value, f"{path}.{child.id}")
    elif isinstance(block, blocks.RichTextBlock):
        _add(found, _in_markup(value.source if value else ""), path)
    elif isinstance(block, blocks.URLBlock):
        _add(found, [str(value or "")], path)


def _in_markup(html: str) -> Iterator[str]:
    for reference in markup_references(html or ""):
        if reference.kind == "address":
            yield reference.address


def _add(found: dict[str, str], urls: Any, path: str) -> None:
    for url in urls:
        if clean := checkable(url):
            found.setdefault(clean, path[:255])


def checkable(url: str) -> str:
    """The address without its fragment; empty unless it can be checked and belongs to another site."""
    try:
        address = urldefrag(url.strip()).url
        parts = urlsplit(address)
        is_complete = parts.scheme in ("http", "https") and parts.hostname and "." in parts.hostname
    except ValueError:
        return ""
    return address if is_complete and len(address) <= LONGEST else ""
