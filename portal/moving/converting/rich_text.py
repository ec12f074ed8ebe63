"""Writes rich text as our editor stores it: paragraphs and lists with a few inline marks."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

MARKS = {
    **dict.fromkeys(("b", "strong"), "b"),
    **dict.fromkeys(("i", "em", "cite", "dfn"), "i"),
    **dict.fromkeys(("code", "kbd", "samp"), "code"),
    "sup": "sup",
    "sub": "sub",
}
CODE = "<code>"
_SPACES = re.compile(r"[ \t\r\n\f]+")
_TAG = re.compile(r"<[^<>]*>")
BREAK = "<br/>"


def words_in(html: str) -> list[str]:
    """The words of rich text that this module has written."""
    text = re.sub(r"</?(?:p|li|ul|ol|br)\b[^<>]*>", "\n", html)
    text = _TAG.sub("", text)
    for entity, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#x27;", "'"), ("&amp;", "&")):
        text = text.replace(entity, letter)
    return text.split()


class RichText:
    """Writes text, with the open inline marks, into one paragraph after another."""

    def __init__(self) -> None:
        self.paragraphs: list[str] = []
        self._pieces: list[str] = []
        # The opening tags that the next text needs, and those already written.
        self._wanted: list[str] = []
        self._open: list[str] = []

    @contextmanager
    def marked(self, opening: str) -> Iterator[None]:
        """Write the following text within this tag, such as `<b>`. A tag nested in an equal tag is ignored."""
        if opening in self._wanted or (opening.startswith("<a ") and any(tag[:3] == "<a " for tag in self._wanted)):
            yield
            return
        self._wanted.append(opening)
        try:
            yield
        finally:
            self._wanted.remove(opening)

    def write(self, text: str) -> None:
        # In code, each space counts.
        text = re.sub(r"[\r\n\f]+", " ", text) if CODE in self._wanted else self._spaced(text)
        if not text:
            return
        self._follow()
        self._pieces.append(escape(text, quote=False))

    def _spaced(self, text: str) -> str:
        text = _SPACES.sub(" ", text)
        follows_space = not self._pieces or self._pieces[-1].endswith(" ")
        return text[1:] if follows_space and text.startswith(" ") else text

    def line_break(self) -> None:
        if self._pieces and self._pieces[-1] == BREAK:
            self.end_paragraph()
        elif self._pieces:
            self._pieces.append(BREAK)

    def end_paragraph(self) -> None:
        self._close(0)
        html, self._pieces = "".join(self._pieces), []
        if words_in(html):
            self.paragraphs.append(f"<p>{_trimmed(html)}</p>")

    def _follow(self) -> None:
        same = 0
        while same < min(len(self._open), len(self._wanted)) and self._open[same] == self._wanted[same]:
            same += 1
        self._close(same)
        for opening in self._wanted[same:]:
            self._pieces.append(opening)
            self._open.append(opening)

    def _close(self, depth: int) -> None:
        while len(self._open) > depth:
            name = self._open.pop()[1:].split(" ")[0].rstrip(">")
            self._pieces.append(f"</{name}>")


_EMPTY = re.compile(r"<(b|i|sup|sub|code|a)(?: [^<>]*)?></\1>")
_CODE = re.compile(r"(<code>.*?</code>)")
_START = re.compile(r"^(?:\s|<br/>)+|(?:\s|<br/>)+$")


def _trimmed(html: str) -> str:
    """The text without empty marks, without spaces and line breaks at both ends, and without spaces around line breaks.

    Spaces in code stay.
    """
    pieces = _CODE.split(html)
    pieces[::2] = [re.sub(r" *<br/> *", BREAK, piece) for piece in pieces[::2]]
    html = "".join(pieces)
    before = None
    while before != html:
        before = html
        html = _START.sub("", _EMPTY.sub("", html))
    return html
