"""Scope tokens: indexed with an entry and matched by filters, never by the words of a query.

An entry has tokens for its home page (`h3`), language (`lfr`), kind (`karticle`), year (`y2026`), topics (`t7`) and
sections.
"""

# The token of a page that another site shares with this one.
COPY = "c"


def section_token(path: str) -> str:
    return f"n{path.lower()}"
