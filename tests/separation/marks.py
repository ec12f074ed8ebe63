"""Unique words as markers: planted in a site's records, and searched for in responses to others."""

import re
from typing import Any

from django.contrib.messages import get_messages

# Planted beside the marker wherever possible, so that a search can find it without the marker itself: a separate word,
# and the prefix of every marker.
COMMON = "Zz"

_planted_kinds: set[str] = set()


def mark(kind: str, owner: str) -> str:
    """The marker for one owner's records of one kind: letters only, so that no slug, title or JSON changes it."""
    _planted_kinds.add(kind)
    return f"zz{kind}{owner}zz"


def marks_in(text: str, owner: str) -> set[str]:
    """The kinds of this owner's records whose markers are in a text.

    Of the many random tokens in responses, some contain what looks like a marker of a kind that was never planted.
    """
    return set(re.findall(rf"zz([a-z]+?){owner}zz", text.lower())) & _planted_kinds


def whole_text(response: Any) -> str:
    """The whole response as text: headers, body (streamed or not), and messages for the next page."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    parts = [*response.headers.values(), *get_messages(response.wsgi_request), body.decode("utf-8", "replace")]
    return "\n".join(map(str, parts))
