"""Checks the values in the rows of a file: texts, choices, streams and rich text must be valid in the newsroom.

Empty values are valid, as in a draft.
"""

import re
from functools import cache
from html import unescape
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Field, FileField, JSONField, Model, UUIDField
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.embeds.blocks import EmbedBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.rich_text import features as registry
from wagtail.whitelist import check_url
from wagtail_localize.models import StringTranslation
from wagtail_localize.strings import StringValue

from portal.sites.data.errors import TransferError
from portal.sites.data.rows import Row
from portal.sites.transfer.references import Rewriter

# HTML only as Wagtail's editor writes it, so that a browser finds no tag that this pattern does not.
TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+="[^"<>]*")*)\s*/?>')
ATTRIBUTE = re.compile(r'([a-z-]+)="([^"<>]*)"')
SELECTOR = re.compile(r'([a-z0-9]+)(?:\[([a-z-]+)(?:="(\w+)")?\])?')
# Blocks of text have a key by which comments and changes are found.
KEY = "data-block-key"
ATTRIBUTES = {
    "href": {"href"},
    "linktype": {"linktype", "id"},
    "embedtype": {"embedtype", "id", "alt", "format", "url"},
}
ALWAYS: set[tuple[str, str | None, str | None]] = {("p", None, None), ("br", None, None)}
# The codes of errors that an unfinished draft may have.
TOLERATED = {"required", "min_length", "blank", "null"}


class CheckingRewriter(Rewriter):
    """Walks over the rows as the import does; raises TransferError for values that the newsroom could not create."""

    def row(self, model: type[Model], row: Row) -> Row | None:
        if issubclass(model, StringTranslation) and not (row["has_error"] or is_translated_text(row["data"])):
            raise _foreign(row["data"])
        return super().row(model, row)

    def value(self, field: Field[Any, Any], value: Any) -> Any:
        if not isinstance(field, StreamField | RichTextField | JSONField | FileField) and not field.is_relation:
            check_field(field, value)
        return super().value(field, value)

    def stream(self, block: blocks.BaseStreamBlock, items: Any) -> Any:
        for item in items if isinstance(items, list) else [items]:
            if not isinstance(item, dict) or not isinstance(item.get("type"), str) or "value" not in item:
                raise _wrong(block, item)
            if not isinstance(item.get("id"), str | None):
                raise _wrong(block, item)
        return super().stream(block, items)

    def block(self, block: Any, raw: Any) -> Any:
        _check_block(block, raw)
        return super().block(block, raw)

    def rich_text(self, html: Any, features: list[str] | None = None) -> Any:
        if html is not None:
            check_rich_text(html, features)
        return super().rich_text(html, features)


def check_field(field: Any, value: Any) -> None:
    """Check the value of a column by its model field."""
    if value in field.empty_values:
        return
    try:
        if isinstance(field, UUIDField) and value != str(UUID(value)):
            # In another format, an identity would not be recognised when a copy gets new ones.
            raise ValueError(value)
        found = field.to_python(value)
        field.run_validators(found)
        if field.choices:
            field.validate(found, None)
    except ValidationError as error:
        if not _is_tolerated(error):
            raise _wrong(field, value) from error
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise _wrong(field, value) from error


def is_translated_text(text: str) -> bool:
    """Whether wagtail-localize would take the text as the translation of a passage."""
    try:
        StringValue.from_translated_html(text)
    except ValueError:
        return False
    return True


def _check_block(block: Any, raw: Any) -> None:
    if isinstance(block, blocks.BaseStreamBlock | blocks.ListBlock):
        is_right = isinstance(raw, list)
    elif isinstance(block, blocks.BaseStructBlock):
        is_right = isinstance(raw, dict)
    elif isinstance(block, TypedTableBlock):
        is_right = raw is None or raw == {} or _is_table(block, raw)
    elif isinstance(block, blocks.RichTextBlock):
        is_right = isinstance(raw, str | None)
    elif isinstance(block, blocks.FieldBlock) and not isinstance(block, blocks.ChooserBlock):
        is_right = _is_right(block, raw)
    else:
        is_right = True
    if not is_right:
        raise _wrong(block, raw)


def _is_table(block: TypedTableBlock, raw: Any) -> bool:
    columns, rows = raw["columns"], raw["rows"]
    is_known = all(each["type"] in block.child_blocks and isinstance(each["heading"], str) for each in columns)
    return (
        is_known
        and all(len(row["values"]) == len(columns) for row in rows)
        and isinstance(raw.get("caption"), str | None)
    )


def _is_right(block: Any, raw: Any) -> bool:
    """Whether a field in a stream accepts the stored value."""
    if raw is None or raw == "":
        return True
    if isinstance(raw, dict | list):
        return False
    if isinstance(block, EmbedBlock):
        # The block's own validation would send a request to the provider.
        return isinstance(raw, str) and raw.startswith(("https://", "http://"))
    try:
        cleaned = block.clean(block.to_python(raw))
    except ValidationError as error:
        return _is_tolerated(error)
    except (ValueError, TypeError, AttributeError, OverflowError):
        return False
    return isinstance(raw, str) or not isinstance(cleaned, str)


def check_rich_text(html: Any, features: list[str] | None) -> None:
    """Raise TransferError for an element or an attribute that the editor with these features never makes."""
    if not isinstance(html, str):
        raise TransferError(f"The file has {html!r:.80} for a text.")
    allowed = _elements(tuple(registry.get_default_features() if features is None else features))
    place = 0
    for tag in TAG.finditer(html):
        if "<" in html[place : tag.start()] or not _is_allowed(tag, allowed):
            raise _foreign(html[place:])
        place = tag.end()
    if "<" in html[place:]:
        raise _foreign(html[place:])


def _is_allowed(tag: re.Match[str], allowed: set[tuple[str, str | None, str | None]]) -> bool:
    name, attributes = tag[2], ATTRIBUTE.findall(tag[3])
    if tag[1]:
        return not attributes and any(name == each[0] for each in allowed)
    values = {key: unescape(value) for key, value in attributes if key != KEY or name == "a"}
    if len(values) != len([key for key, _value in attributes if key != KEY or name == "a"]):
        return False
    if check_url(values.get("href", "")) is None:
        return False
    for element, attribute, value in allowed:
        is_kind = attribute is None or (attribute in values and value in (None, values[attribute]))
        if element == name and is_kind and values.keys() <= ATTRIBUTES.get(attribute or "", set()):
            return True
    # A link to a deleted page.
    return name == "a" and not values and any(element == "a" for element, _attribute, _value in allowed)


@cache
def _elements(features: tuple[str, ...]) -> set[tuple[str, str | None, str | None]]:
    """The elements of these features, each with the attribute, and its value, that makes it one of them."""
    found = set(ALWAYS)
    for feature in features:
        rule = registry.get_converter_rule("contentstate", feature) or {}
        for selector in rule.get("from_database_format", {}):
            if parts := SELECTOR.fullmatch(selector):
                found.add((parts[1], parts[2], parts[3]))
    return found


def _is_tolerated(error: ValidationError) -> bool:
    return all(each.code in TOLERATED for each in error.error_list)


def _foreign(html: str) -> TransferError:
    tag = html[html.index("<") :] if "<" in html else html
    return TransferError(f"A text of the file holds {tag!r:.80}, which its editor never makes.")


def _wrong(where: Any, value: Any) -> TransferError:
    name = str(where) if isinstance(where, Field) else where.name or type(where).__name__
    return TransferError(f"{name} cannot be {value!r:.80}.")
