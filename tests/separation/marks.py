"""Words that stand nowhere else: planted in what belongs to a site, and looked for in what others are told."""

import re
from typing import Any

from django.contrib.messages import get_messages

# Stands beside the mark wherever there is room, so that a search can find it without repeating the mark: a word of its
# own, and the beginning of every mark.
COMMON = "Zz"


def mark(kind: str, owner: str) -> str:
    """The word for one kind of record of one owner: letters only, so that no slug, title or JSON changes it."""
    return f"zz{kind}{owner}zz"


def marks_in(text: str, owner: str) -> set[str]:
    """The kinds of this owner's records whose words stand in a text."""
    return set(re.findall(rf"zz([a-z]+?){owner}zz", text.lower()))


def told(response: Any) -> str:
    """All that a response says: its headers, its body even where that is streamed, and its messages for the next page."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    said = [*response.headers.values(), *get_messages(response.wsgi_request), body.decode("utf-8", "replace")]
    return "\n".join(map(str, said))
