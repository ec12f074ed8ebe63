"""One XML part of an office file: turns parser events into lines, without a tree."""

type Attributes = dict[str, str]

MAX_TEXT_LENGTH = 100_000


class TooMuchError(Exception):
    """The file unpacks to more than the limit."""


def value(attributes: Attributes, name: str) -> str:
    """An attribute's value by local name; empty if there is none."""
    return next((found for key, found in attributes.items() if key[key.rfind("}") + 1 :] == name), "")


class XmlPart:
    """Collects the lines of a part. Subclasses override `begin`, `end` and `text` for their kind of file.

    `trail` has the local names of the open elements. `hidden` is the depth of the outermost hidden one, or 0. Reading
    stops when a part `is_complete`.
    """

    # The names of elements that represent a space, are a line, are hidden, or contain the text.
    spaces: frozenset[str] = frozenset()
    breaks: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset({"t"})

    def __init__(self) -> None:
        self.ready: list[str] = []
        self.line: list[str] = []
        self.length = self.hidden = 0
        # The number of elements that may still follow.
        self.allowed = 0
        self.trail: list[str] = []
        self.is_complete = False

    def begin(self, name: str, attributes: Attributes) -> None:
        """Called for every element. `trail` ends with its name."""

    def end(self, name: str) -> None:
        """Called at the end of every element. `trail` still ends with its name."""

    @property
    def is_shown(self) -> bool:
        return not self.hidden

    def text(self, data: str) -> None:
        """Add the text to the line if it is visible."""
        if self.trail[-1] in self.texts and self.is_shown:
            self.add(data)

    def element_begins(self, name: str, attributes: Attributes) -> None:
        self.allowed -= 1
        if self.allowed < 0:
            raise TooMuchError
        name = name[name.rfind("}") + 1 :]
        self.trail.append(name)
        self.begin(name, attributes)
        if name in self.skipped:
            self.hide()
        # Hidden elements do not separate words.
        if self.hidden:
            return
        if name in self.breaks:
            self.end_line()
        elif name in self.spaces:
            self.add(" ")

    def element_ends(self, name: str) -> None:
        name = self.trail[-1]
        self.end(name)
        if name in self.breaks and not self.hidden:
            self.end_line()
        if len(self.trail) == self.hidden:
            self.hidden = 0
        self.trail.pop()

    def hide(self, above: int = 0) -> None:
        """Hide the rest of this element, or of the ancestor this many levels above it."""
        if not self.hidden:
            self.hidden = max(len(self.trail) - above, 1)

    def add(self, text: str) -> None:
        if self.length <= MAX_TEXT_LENGTH:
            self.line.append(text)
            self.length += len(text)

    def end_line(self) -> None:
        if self.line:
            self.ready.append("".join(self.line))
        self.drop_line()

    def drop_line(self) -> None:
        self.line.clear()
        self.length = 0

    def take_lines(self) -> list[str]:
        """Remove and return the complete lines."""
        ready, self.ready = self.ready, []
        return ready
