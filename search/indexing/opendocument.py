"""The visible text of an OpenDocument file, by its elements (ODF 1.3, part 3)."""

from dataclasses import dataclass, field

from search.indexing.parts import Attributes, XmlPart, value

_DISPLAY = "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}display"
# The attribute and value with which a style element hides text.
_HIDING = {
    "text-properties": ("display", "none"),
    "table-properties": ("display", "false"),
    "drawing-page-properties": ("visibility", "hidden"),
}
_CELLS = {"table-cell", "covered-table-cell"}
_PARAGRAPHS = {"p", "h"}


@dataclass(slots=True)
class _Style:
    parent: str
    hides: bool | None = None


@dataclass(slots=True)
class _Table:
    # Ranges of columns, each with its last column.
    hidden: list[tuple[int, int]] = field(default_factory=list)
    # The next column to read.
    column: int = 0


class OpenDocument(XmlPart):
    """The text of paragraphs and headings. Read `styles.xml` first: styles hide some of them.

    With `by_row` a table row is one line.
    """

    # Deleted text, comments, scripts, speaker's notes, footnote numbers, messages of forms and cells.
    skipped = frozenset(
        "tracked-changes annotation script scripts hidden-text notes note-citation forms content-validations "  # noqa: SIM905
        "dde-links".split()
    )

    def __init__(self, *, by_row: bool) -> None:
        super().__init__()
        separators = frozenset({"s", "tab", "line-break"})
        self.spaces = separators | _PARAGRAPHS if by_row else separators
        self.breaks = frozenset({"table-row"}) if by_row else frozenset(_PARAGRAPHS)
        self.styles: dict[tuple[str, str], _Style] = {}
        self.style = _Style("")
        self.tables: list[_Table] = []
        # For each open paragraph and span: whether it is hidden.
        self.paragraphs: list[bool] = []

    def begin(self, name: str, attributes: Attributes) -> None:
        if name in _PARAGRAPHS:
            self.paragraphs.append(self._is_hidden("paragraph", attributes) or self._is_in_hidden_text)
        elif name == "span":
            by_style = self._is_hidden("text", attributes)
            self.paragraphs.append(self._is_in_hidden_text if by_style is None else by_style)
        elif name == "table":
            self.tables.append(_Table())
            if self._is_hidden("table", attributes):
                self.hide()
        elif name in _CELLS or name in {"table-column", "table-row"}:
            self._table_part(name, attributes)
        elif name == "style":
            self.style = _Style(value(attributes, "parent-style-name"))
            self.styles[value(attributes, "family"), value(attributes, "name")] = self.style
        elif name in _HIDING:
            attribute, hiding = _HIDING[name]
            if self.trail[-2:-1] == ["style"] and (stated := value(attributes, attribute)):
                self.style.hides = stated == hiding
        elif name == "hidden-paragraph" and value(attributes, "is-hidden") == "true":
            self._hide_paragraph()
        elif self._is_hidden_by_itself(name, attributes):
            self.hide()

    def end(self, name: str) -> None:
        if name in _PARAGRAPHS or name == "span":
            self.paragraphs.pop()
        elif name == "table":
            self.tables.pop()

    def text(self, data: str) -> None:
        if self.paragraphs and not self.paragraphs[-1] and not self.hidden:
            self.add(data)

    @property
    def _is_in_hidden_text(self) -> bool:
        return bool(self.paragraphs) and self.paragraphs[-1]

    def _is_hidden_by_itself(self, name: str, attributes: Attributes) -> bool:
        if name == "section":
            return value(attributes, "display") == "none" or value(attributes, "is-hidden") == "true"
        if name == "page":
            return self._is_hidden("drawing-page", attributes) is True
        return attributes.get(_DISPLAY) == "none"

    def _table_part(self, name: str, attributes: Attributes) -> None:
        if not self.tables:
            return
        table = self.tables[-1]
        is_hidden = value(attributes, "visibility") in {"collapse", "filter"}
        if name == "table-row":
            table.column = 0
            if is_hidden:
                self.hide()
            return
        first = table.column
        repeated = value(attributes, "number-columns-repeated")
        table.column += int(repeated) if repeated.isdecimal() else 1
        if name == "table-column":
            if is_hidden:
                table.hidden.append((first, table.column - 1))
        elif any(left <= first <= right for left, right in table.hidden):
            self.hide()

    def _hide_paragraph(self) -> None:
        above = next((level for level, name in enumerate(reversed(self.trail)) if name in _PARAGRAPHS), None)
        if above is not None and not self.hidden:
            self.drop_line()
            self.hide(above)

    def _is_hidden(self, family: str, attributes: Attributes) -> bool | None:
        """Whether an element's style, or a parent of the style, hides it; None if no style sets this."""
        name, seen = value(attributes, "style-name"), set[str]()
        while name and name not in seen:
            style = self.styles.get((family, name))
            if style is None or style.hides is not None:
                return style.hides if style else None
            seen.add(name)
            name = style.parent
        return None
