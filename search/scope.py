"""Scope tokens: indexed with an entry and matched by filters, never by a query's words.

An entry has tokens for its home page (`h3`), language (`lfr`), kind (`karticle`), year (`y2026`), topics (`t7`) and
sections. Drafts have others (`search.indexing.drafts`).
"""

import re

from search.query.parse import BEGINNING

# The first precedes a document's title in an entry's text; the second separates the document's pages.
DOCUMENT, NEXT_PAGE = "\x1c", "\f"
# The token of an alias that another site shares.
COPY = "c"

# Words that may also be a token or part of one.
_MAY_BE_TOKEN = re.compile(r"\w{1,3}|[hntyo]\d\w*|k\w+")


def section_token(path: str) -> str:
    return f"n{path.lower()}"


def may_be_token(term: str) -> bool:
    """Whether a token may equal a term, or begin with one that ends with BEGINNING."""
    return term.endswith(BEGINNING) or _MAY_BE_TOKEN.fullmatch(term) is not None
