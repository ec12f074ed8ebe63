"""Scope tokens: indexed with an entry and matched by filters, never by the words of a query.

An entry has tokens for its home page (`h3`), language (`lfr`), kind (`karticle`), year (`y2026`), topics (`t7`) and
sections.
"""

# What stands before the title of a document in the text of an entry, and between the pages of one that has pages.
DOCUMENT, NEXT_PAGE = "\x1c", "\f"
# The token of a page that another site shares with this one.
COPY = "c"


def section_token(path: str) -> str:
    return f"n{path.lower()}"
