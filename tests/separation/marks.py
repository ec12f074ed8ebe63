"""Words that stand nowhere else: planted in what belongs to a site, and looked for in what others are told."""

import re
from typing import Any

# Stands beside the mark wherever there is room, so that a search can find it without repeating the mark.
COMMON = "Kobold"


def mark(kind: str, owner: str) -> str:
    """The word for one kind of record of one owner: letters only, so that no slug, title or JSON changes it."""
    return f"zz{kind}{owner}zz"


def marks_in(text: str, owner: str) -> set[str]:
    """The kinds of this owner's records whose words stand in a text."""
    return set(re.findall(rf"zz([a-z]+?){owner}zz", text.lower()))


def told(response: Any) -> str:
    """All that a response says: its headers, and its body even where that is streamed."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = "\n".join(str(value) for value in response.headers.values())
    return headers + "\n" + body.decode("utf-8", "replace")
