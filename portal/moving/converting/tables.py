"""Reads a table as rows of plain texts of equal length."""

from bs4 import Tag

from portal.moving.converting.cleaning import attribute, plain
from portal.moving.wordpress.values import number_of

MOST_COLUMNS = 30
# A longer table becomes several.
MOST_ROWS = 2000


def rows_of(table: Tag) -> list[list[str]]:
    """All rows, the head first.

    If a cell spans several columns or rows, its text is in the first of them, and the others are empty.
    """
    rows: list[list[str]] = []
    # For each column, the number of further rows that the cell above spans.
    covered: dict[int, int] = {}
    for row in _rows(table):
        cells: list[str] = []
        for cell in row.find_all(["td", "th"], recursive=False):
            cells += _covered(covered, len(cells))
            width, height = _span(cell, "colspan"), _span(cell, "rowspan")
            for step in range(width):
                if height > 1:
                    covered[len(cells)] = height - 1
                cells.append(plain(cell) if step == 0 else "")
        cells += _covered(covered, len(cells))
        rows.append(cells)
    width = max((len(cells) for cells in rows), default=0)
    return [cells + [""] * (width - len(cells)) for cells in rows]


def is_layout(table: Tag, rows: list[list[str]]) -> bool:
    """Whether the table is only for layout: it has one column, or its cells contain whole parts of a page."""
    if not rows or len(rows[0]) < 2 or len(rows[0]) > MOST_COLUMNS:
        return True
    return (
        table.find(["table", "h1", "h2", "h3", "h4", "iframe", "blockquote", "form", "figure", "details"]) is not None
    )


def _rows(table: Tag) -> list[Tag]:
    head = [row for part in table.find_all("thead", recursive=False) for row in part.find_all("tr", recursive=False)]
    direct = table.find_all("tr", recursive=False)
    body = [row for part in table.find_all("tbody", recursive=False) for row in part.find_all("tr", recursive=False)]
    foot = [row for part in table.find_all("tfoot", recursive=False) for row in part.find_all("tr", recursive=False)]
    return [*head, *direct, *body, *foot]


def _covered(covered: dict[int, int], column: int) -> list[str]:
    cells = []
    while covered.get(column):
        covered[column] -= 1
        cells.append("")
        column += 1
    return cells


def _span(cell: Tag, name: str) -> int:
    return max(1, min(number_of(attribute(cell, name)) or 1, MOST_COLUMNS))
