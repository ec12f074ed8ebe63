"""Scope tokens: indexed with an entry and matched by filters, never by the words of a query.

An entry has tokens for its home page (`h3`), language (`lfr`), kind (`karticle`), year (`y2026`), topics (`t7`) and
sections.
"""

import re

# Precedes the title of a document in the text of an entry, and separates the pages of a document.
DOCUMENT, NEXT_PAGE = "\x1c", "\f"
# The token of an alias that another site shares.
COPY = "c"

# Words that may also be a token, or a part of one.
_MAY_BE_TOKEN = re.compile(r"\w{1,3}|[hnty]\d\w*|k\w+")


def section_token(path: str) -> str:
    return f"n{path.lower()}"


def may_be_token(term: str) -> bool:
    return _MAY_BE_TOKEN.fullmatch(term) is not None
