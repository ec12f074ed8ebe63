"""The authored content of revisions, for comparison."""

import json
import re
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from wagtail.models import Revision

# A change of these fields makes nobody an author: tree position, state, schedule and comments.
NOT_AUTHORED = {
    "pk",
    "path",
    "depth",
    "numchild",
    "url_path",
    "content_type",
    "owner",
    "live",
    "has_unpublished_changes",
    "expired",
    "go_live_at",
    "expire_at",
    "first_published_at",
    "last_published_at",
    "latest_revision",
    "latest_revision_created_at",
    "live_revision",
    "draft_title",
    "locked",
    "locked_at",
    "locked_by",
    "alias_of",
    "translation_key",
    "wagtail_admin_comments",
    "comments",
    "words",
}

# A paragraph's key, which comments refer to. The editor adds it if it is missing.
BLOCK_KEY = re.compile(r'(<[a-z][a-z0-9]*) data-block-key=(\\?")[a-z0-9]{1,16}\2')

# A time with seconds, as in imported stories. Forms do not show the seconds.
ISO_DATETIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d):[\d.]+(Z|[+-]\d\d:\d\d)")


def has_same_text(one: Revision | None, other: Revision | None) -> bool:
    return one is not None and other is not None and text_of(one.content) == text_of(other.content)


def text_of(content: dict[str, Any]) -> str:
    """A revision's authored content, serialised for comparison."""
    return json.dumps(
        {name: _normalized(value) for name, value in content.items() if name not in NOT_AUTHORED},
        sort_keys=True,
        cls=DjangoJSONEncoder,
    )


def _normalized(value: Any) -> Any:
    """Undo changes that saving an unchanged form makes to a value.

    Saving adds keys and sort orders to related records, adds keys to paragraphs, replaces null with an empty string,
    drops the seconds of times, and uses the line breaks of browsers.
    """
    if isinstance(value, list):
        if all(isinstance(entry, dict) and "sort_order" in entry for entry in value):
            value = sorted(value, key=lambda row: row["sort_order"] or 0)
        return [_normalized(entry) for entry in value]
    if isinstance(value, dict):
        return {name: _normalized(entry) for name, entry in value.items() if name not in ("pk", "page", "sort_order")}
    if isinstance(value, str):
        found = ISO_DATETIME.fullmatch(value)
        return "".join(found.groups()) if found else remove_block_keys(value).replace("\r\n", "\n")
    return "" if value is None else value


def remove_block_keys(text: str) -> str:
    """Rich text, or JSON that contains it, without paragraph keys."""
    return BLOCK_KEY.sub(r"\1", text) if "data-block-key" in text else text
