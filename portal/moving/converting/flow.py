"""Walks a post's HTML in document order, and builds StreamField blocks.

The registry `TAGS` has a function per tag; the contents of other tags are passed through.
"""

from collections.abc import Callable
from html import escape

from bs4 import Tag

from portal.moving.converting.addresses import clean_address, host_of
from portal.moving.converting.cleaning import (
    BLOCKS,
    BUTTONS,
    attribute,
    classes_of,
    is_ornament,
    is_text,
    plain,
    spaced_text,
)
from portal.moving.converting.converted import PASSAGE, STRUCK, Block, Converted, Media, Note
from portal.moving.converting.rich_text import MARKS, RichText

MAX_DEPTH = 60
MAX_LABEL_LENGTH = 120

Handler = Callable[["Flow", Tag], None]
TAGS: dict[str, Handler] = {}


def tag[H: Callable[..., None]](*names: str) -> Callable[[H], H]:
    """Register the function that converts these tags."""

    def register(handler: H) -> H:
        TAGS.update(dict.fromkeys(names, handler))
        return handler

    return register


class Flow:
    """Collects blocks; `base` resolves relative URLs, `top_level` is the highest heading level."""

    def __init__(self, base: str, top_level: int = 2, *, in_list: bool = False, depth: int = 0):
        self.base = base
        self.top_level = top_level
        # In a list, headings become paragraphs, because a list item has no headings.
        self.in_list = in_list
        self.depth = depth
        self.result = Converted()
        self.rich = RichText()
        self.last_heading = ""
        # The URL of the enclosing link, if any.
        self.link = ""

    def below(self, *, in_list: bool = False) -> "Flow":
        """A nested flow, whose blocks the caller adds."""
        flow = Flow(self.base, self.top_level, in_list=in_list or self.in_list, depth=self.depth + 1)
        flow.last_heading = self.last_heading
        return flow

    def convert(self, node: Tag) -> Converted:
        self.walk(node)
        self.end_text()
        return self.result

    def walk(self, node: Tag) -> None:
        if self.depth > MAX_DEPTH:
            self.rich.write(spaced_text(node))
            return
        self.depth += 1
        for child in node.children:
            if isinstance(child, Tag):
                self._walk_tag(child)
            elif is_text(child):
                self.rich.write(str(child))
        self.depth -= 1

    def _walk_tag(self, node: Tag) -> None:
        name = node.name
        if name in MARKS:
            with self.rich.marked(f"<{MARKS[name]}>"):
                self.walk(node)
        elif name == "a":
            self._link(node)
        elif name == "br":
            self.rich.line_break()
        elif name == "img" and is_ornament(node):
            self.rich.write(" ")
        elif handler := TAGS.get(name):
            self.rich.end_paragraph()
            handler(self, node)
            self.rich.end_paragraph()
        elif name in BLOCKS:
            self.rich.end_paragraph()
            self.walk(node)
            self.rich.end_paragraph()
        else:
            self.walk(node)

    def _link(self, node: Tag) -> None:
        address = clean_address(attribute(node, "href"), self.base)
        before, self.link = self.link, address or self.link
        if not address:
            self.walk(node)
        elif classes_of(node) & BUTTONS and self._is_button(node, address):
            self.rich.end_paragraph()
            self.add("button", {"label": plain(node), "page": None, "url": address})
        else:
            # A word ends at a button, even if the button contains more than its label.
            gap = " " if classes_of(node) & BUTTONS and plain(node) else ""
            self.rich.write(gap)
            with self.rich.marked(f'<a href="{escape(address)}">'):
                self.walk(node)
            self.rich.write(gap)
        self.link = before

    def _is_button(self, node: Tag, address: str) -> bool:
        is_label = 0 < len(plain(node)) <= MAX_LABEL_LENGTH and node.find(list(BLOCKS | {"img"})) is None
        return is_label and address.startswith("http") and not self.in_list

    def end_text(self) -> None:
        """End the current paragraph block: the next text begins a new block."""
        self.rich.end_paragraph()
        if self.rich.paragraphs:
            self.result.blocks.append(Block("paragraph", "".join(self.rich.paragraphs)))
            self.rich.paragraphs = []

    def add(self, kind: str, value: dict[str, object] | str) -> None:
        self.end_text()
        self.result.blocks.append(Block(kind, value))

    def add_all(self, part: Converted) -> None:
        """Add the blocks of another flow. Adjacent paragraph blocks are merged."""
        for block in part.blocks:
            if block.kind == "paragraph":
                self.add_rich(str(block.value))
            else:
                self.add(block.kind, block.value)
        self.result.notes += part.notes

    def add_rich(self, html: str) -> None:
        self.rich.end_paragraph()
        if html:
            self.rich.paragraphs.append(html)

    def add_plain(self, text: str, tag: str = "") -> None:
        """Add a paragraph of plain text, perhaps in bold (`b`)."""
        if text.strip():
            html = escape(text.strip(), quote=False)
            self.add_rich(f"<p><{tag}>{html}</{tag}></p>" if tag else f"<p>{html}</p>")

    def add_link(self, address: str, label: str = "") -> None:
        shown = label or host_of(address) or address
        self.add_rich(f'<p><a href="{escape(address)}">{escape(shown, quote=False)}</a></p>')

    def add_unconverted(self, what: str, words: str = "") -> None:
        """Add unconverted content for people to check. Adjacent entries without text become one."""
        self.note(STRUCK, words) if what == STRUCK else self.note("passage", what)
        self.end_text()
        last = self.result.blocks[-1] if self.result.blocks else None
        if last is None or last.kind != PASSAGE or words or last.value["words"]:
            self.result.blocks.append(Block(PASSAGE, {"what": what, "words": words}))
        elif what not in last.value["what"].split(", "):
            last.value["what"] += f", {what}"

    def note(self, code: str, detail: str) -> None:
        self.result.notes.append(Note(code, detail[:300]))

    def media(self, node: Tag, name: str = "src") -> Media | None:
        """The image or file that a tag refers to, or None."""
        names = (name, "data-src", "data-lazy-src")
        address = next((found for key in names if (found := clean_address(attribute(node, key), self.base))), "")
        if not address.startswith("http"):
            address = ""
        raw_id = attribute(node, "data-id")
        if not raw_id.isdigit():
            shown = [each.removeprefix("wp-image-") for each in classes_of(node) if each.startswith("wp-image-")]
            raw_id = next((each for each in shown if each.isdigit()), "")
        wp_id = int(raw_id[:15]) if raw_id.isascii() and raw_id.isdigit() else 0
        return Media(address, wp_id) if address or wp_id else None
