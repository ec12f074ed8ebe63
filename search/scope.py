"""The tokens by which an entry is found within something: below a section, or as a copy of another site's page."""

# The token of a page that shows another site's.
COPY = "c"


def section_token(path: str) -> str:
    return f"n{path.lower()}"
