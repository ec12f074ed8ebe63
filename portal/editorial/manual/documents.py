"""The editors' manual: one Markdown file per language in docs/."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token
from PIL import Image

FOLDER = settings.BASE_DIR / "docs"
EDITIONS = {"fr": "redaction.md", "de": "redaktion.md", "en": "newsroom.md"}
LANGUAGES = {name: code for code, name in EDITIONS.items()}


@dataclass(frozen=True)
class Manual:
    """`sections` are pairs of anchor and heading; `body` is the text below the title as HTML."""

    language: str
    title: str
    sections: list[tuple[str, str]]
    body: SafeString


def manual(language: str) -> Manual:
    """The manual in this language. Raises KeyError if there is none."""
    return rendered(language, (FOLDER / EDITIONS[language]).read_text(encoding="utf-8"))


def rendered(language: str, text: str) -> Manual:
    """Render the Markdown. The title, and the paragraph that links other languages, are not part of the body."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    parsed = reader.parse(text)
    title, tokens = parsed[1], parsed[6:]
    sections = []
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "heading_open" and following:
            words = _words(following)
            token.attrSet("id", slugify(words, allow_unicode=True))
            if token.tag == "h2":
                sections.append((str(token.attrGet("id")), words))
        for child in token.children or []:
            _lead_into_the_newsroom(child)
    html = reader.renderer.render(tokens, reader.options, {})
    html = (
        html.replace("<th></th>", "<td></td>")
        .replace("<table>", '<div class="manual__table" tabindex="0"><table>')
        .replace("</table>", "</table></div>")
    )
    return Manual(language, _words(title), sections, mark_safe(html))


def _words(token: Token) -> str:
    return "".join(child.content for child in token.children or [] if child.type in ("text", "code_inline"))


def _lead_into_the_newsroom(token: Token) -> None:
    """Replace picture URLs with those of static files, and links to other languages with their newsroom pages."""
    if token.type == "image":
        path = FOLDER / str(token.attrGet("src"))
        with Image.open(path) as picture:
            # Without a size, a loading picture would move the target of a link.
            token.attrSet("width", str(picture.width))
            token.attrSet("height", str(picture.height))
        token.attrSet("src", static(f"manual/{path.name}"))
        token.attrSet("loading", "lazy")
    elif token.type == "link_open":
        address = urlsplit(str(token.attrGet("href")))
        if address.path in LANGUAGES:
            anchor = f"#{address.fragment}" if address.fragment else ""
            token.attrSet("href", reverse("manual", args=[LANGUAGES[address.path]]) + anchor)
