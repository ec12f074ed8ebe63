"""Drawings of blocks for the insert menus: Wagtail icons in an app's `templates/drawings`.

A drawing is 32 wide and 24 high, in the colour of the surrounding text. Its id is `icon-drawing-` plus its name.
"""

from pathlib import Path


def drawings_of(app: Path) -> list[str]:
    """The templates of an app's drawings."""
    return [f"drawings/{file.name}" for file in sorted((app / "templates" / "drawings").glob("*.svg"))]
