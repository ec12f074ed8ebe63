"""Computes hashes by which a repeated import detects changes in the source and edits made here."""

import json
import re
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from portal.moving.wordpress.records import Item
from portal.moving.writing.pages import Draft

_BLOCK_KEY = re.compile(r' data-block-key="[^"]*"')
FIELDS = (
    *("title", "standfirst", "teaser", "introduction", "body", "lead_image_id", "lead_image_alt", "lead_image_caption"),
    *("publication_date", "seo_title", "search_description", "start", "end", "is_all_day", "time_zone", "venue_id"),
    *("organiser", "organiser_url", "contact_email", "contact_phone", "price", "price_amount", "price_currency"),
)
UNREAD = ("line", "comments", "order", "guid")


def hash_of(value: Any) -> str:
    return sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:24]


def hash_of_value(value: Any) -> str:
    """The hash of the value of a field."""
    return hash_of(_comparable(value))


def hash_of_item(item: Item) -> str:
    """The hash of the data of an item that an import reads. Its comments, for example, do not count."""
    facts = asdict(item)
    return hash_of({name: value for name, value in facts.items() if name not in UNREAD})


def hashes_of_draft(draft: Draft) -> dict[str, str]:
    return {name: hash_of_value(value) for name, value in draft.values.items() if name in FIELDS}


def hashes_of_page(page: Any, names: Any) -> dict[str, str]:
    return {name: hash_of_value(_value(page, name)) for name in names if name in FIELDS}


def _value(page: Any, name: str) -> Any:
    return list(page.body.raw_data) if name == "body" else getattr(page, name)


def _comparable(value: Any) -> Any:
    """The value without the keys that the editor gives to blocks and paragraphs."""
    if isinstance(value, list):
        return [_comparable(part) for part in value]
    if isinstance(value, dict):
        if value.get("type") == "item" and value.keys() <= {"type", "value", "id"}:
            return _comparable(value["value"])
        return {key: _comparable(part) for key, part in value.items() if key != "id"}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return _BLOCK_KEY.sub("", value) if isinstance(value, str) else value
