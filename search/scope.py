"""Scope tokens: indexed with an entry and matched by filters, never by the words of a query.

An entry has tokens for its home page (`h3`), language (`lfr`), kind (`karticle`), year (`y2026`), topics (`t7`) and
sections.
"""

import re

# What stands before the title of a document in the text of an entry, and between the pages of one that has pages.
DOCUMENT, NEXT_PAGE = "\x1c", "\f"
# The token of a page that another site shares with this one.
COPY = "c"

# What may be a token, or a part of one such as the second half of a language code, and a word as well.
_MAY_BE_TOKEN = re.compile(r"\w{1,3}|[hnty]\d\w*|k\w+")


def section_token(path: str) -> str:
    return f"n{path.lower()}"


def may_be_token(term: str) -> bool:
    """Whether a term of a text may also stand among scope tokens."""
    return _MAY_BE_TOKEN.fullmatch(term) is not None
