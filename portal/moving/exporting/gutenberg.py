"""Writes streams as the HTML of WordPress's block editor, which puts each block between two comments."""

import json
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any, Protocol

from bs4 import BeautifulSoup, Tag
from wagtail import blocks

from events.blocks import SessionBlock
from portal.content.blocks.charts import ChartBlock
from portal.content.blocks.facts import KeyFiguresBlock, TableBlock, TimelineBlock
from portal.content.blocks.links import ButtonBlock, DownloadBlock, RelatedLinksBlock
from portal.content.blocks.maps import MapBlock
from portal.content.blocks.pictures import GalleryBlock, GalleryImageBlock, VideoBlock
from portal.content.blocks.recordings import RecordingBlock
from portal.content.blocks.sheets import SheetBlock
from portal.content.blocks.text import (
    AccordionBlock,
    CallOutBlock,
    CodeBlock,
    ExchangeBlock,
    FactBoxBlock,
    HeadingBlock,
    ParagraphBlock,
    QuoteBlock,
)

INLINE = ("a", "b", "strong", "i", "em", "sup", "sub", "code", "br")
# Characters that would end the comment, or that HTML filters would change.
_ESCAPES = (("--", "\\u002d\\u002d"), ("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"))


class Attached(Protocol):
    """Numbers the attachments of an export and resolves URLs. Each is None for anything outside the export."""

    def picture(self, image: Any, alt: str = "", caption: str = "") -> tuple[int, str]: ...
    def document(self, document: Any) -> tuple[int, str] | None: ...
    def document_address(self, key: int) -> str | None: ...
    def page_address(self, key: int) -> str | None: ...


def comment_block(name: str, html: str, **attributes: Any) -> str:
    text = json.dumps(attributes, ensure_ascii=False)
    for letters, instead in _ESCAPES:
        text = text.replace(letters, instead)
    return f"<!-- wp:{name} {f'{text} ' if attributes else ''}-->\n{html}\n<!-- /wp:{name} -->"


def joined_blocks(*blocks: str) -> str:
    return "\n\n".join(filter(None, blocks))


def plain_paragraph(text: str) -> str:
    lines = "<br>".join(escape(line, quote=False) for line in text.strip().splitlines())
    return comment_block("paragraph", f"<p>{lines}</p>") if lines else ""


def bold_paragraph(text: str) -> str:
    return comment_block("paragraph", f"<p><strong>{escape(text, quote=False)}</strong></p>") if text else ""


def link_paragraph(address: str, text: str) -> str:
    return comment_block("paragraph", f'<p><a href="{escape(address)}">{escape(text, quote=False)}</a></p>')


def list_block(items: Iterable[str], tag: str = "ul") -> str:
    """A list of items that are HTML."""
    inside = "\n\n".join(comment_block("list-item", f"<li>{item}</li>") for item in items)
    attributes = {"ordered": True} if tag == "ol" else {}
    return comment_block("list", f'<{tag} class="wp-block-list">{inside}</{tag}>', **attributes) if inside else ""


def heading_block(text: str, level: int = 2) -> str:
    html = f'<h{level} class="wp-block-heading">{escape(text, quote=False)}</h{level}>'
    return comment_block("heading", html, **({"level": level} if level != 2 else {})) if text else ""


class Gutenberg:
    def __init__(self, attached: Attached):
        self.attached = attached

    def stream(self, stream: Any) -> str:
        return joined_blocks(*map(self._block, stream))

    def _block(self, child: Any) -> str:
        return self._written(child.block, child.value)

    def _written(self, block: blocks.Block, value: Any) -> str:
        writer = next((WRITERS[kind] for kind in type(block).mro() if kind in WRITERS), None)
        return writer(self, value) if writer else self._words_and_links(block, value)

    def _words_and_links(self, block: blocks.Block, value: Any) -> str:
        """What is exported of a block without a writer, such as those of other apps."""
        if isinstance(block, blocks.BaseStructBlock):
            if {"image", "alt"} <= block.child_blocks.keys():
                return self.image({"caption": "", **value}) if value.get("image") else ""
            parts = (self._written(part, value.get(name)) for name, part in block.child_blocks.items())
            return joined_blocks(*parts)
        if isinstance(block, blocks.ListBlock):
            return joined_blocks(*(self._written(block.child_block, each) for each in value or ()))
        if isinstance(block, blocks.BaseStreamBlock):
            return self.stream(value)
        if isinstance(block, blocks.RichTextBlock):
            return self.rich_text(value.source) if value else ""
        if isinstance(block, blocks.PageChooserBlock):
            address = self.attached.page_address(value.pk) if value else None
            return link_paragraph(address, value.title) if address else ""
        if isinstance(block, blocks.URLBlock):
            return link_paragraph(value, value) if value else ""
        if isinstance(block, blocks.ChoiceBlock):
            # An appearance or a filter is not text.
            return ""
        return joined_blocks(*map(plain_paragraph, block.get_searchable_content(value)))

    def rich_text(self, html: str) -> str:
        """Wagtail's rich text as paragraphs and lists."""
        tree = BeautifulSoup(html, "html.parser")
        self._resolve_links(tree)
        blocks = []
        for part in tree.children:
            if isinstance(part, Tag) and part.name in ("ul", "ol"):
                blocks.append(_list_of(part))
            elif isinstance(part, Tag) and part.name not in INLINE:
                inside = part.decode_contents().strip()
                blocks.append(comment_block("paragraph", f"<p>{inside}</p>") if inside else "")
            elif str(part).strip():
                blocks.append(comment_block("paragraph", f"<p>{_inline(part)}</p>"))
        return joined_blocks(*blocks)

    def _resolve_links(self, tree: BeautifulSoup) -> None:
        for link in tree.find_all("a", linktype=True):
            name, number = str(link.get("linktype")), str(link.get("id"))
            find = {"page": self.attached.page_address, "document": self.attached.document_address}.get(name)
            address = find(int(number)) if find and number.isdecimal() else None
            if address:
                link.attrs = {"href": address}
            else:
                link.unwrap()

    def heading(self, value: Any) -> str:
        return heading_block(value["text"], 3 if value["level"] == "h3" else 2)

    def paragraph(self, value: Any) -> str:
        return self.rich_text(value.source)

    def quote(self, value: Any) -> str:
        source = ", ".join(filter(None, (value["source"], value["role"])))
        cite = f"<cite>{escape(source, quote=False)}</cite>" if source else ""
        return comment_block(
            "quote", f'<blockquote class="wp-block-quote">{plain_paragraph(value["text"])}{cite}</blockquote>'
        )

    def image(self, value: Any) -> str:
        image = value["image"]
        if image is None:
            return plain_paragraph(value["caption"])
        number, address = self.attached.picture(image, value["alt"], value["caption"])
        credit = value.get("credit") or image.credit
        words = " ".join(filter(None, (value["caption"], f"© {credit.lstrip('© ')}" if credit else "")))
        picture = f'<img src="{escape(address)}" alt="{escape(value["alt"])}" class="wp-image-{number}"/>'
        html = f'<figure class="wp-block-image size-full">{picture}{_caption(words)}</figure>'
        return comment_block("image", html, id=number, sizeSlug="full", linkDestination="none")

    def gallery(self, value: Any) -> str:
        images = "\n\n".join(map(self.image, value["images"]))
        html = f'<figure class="wp-block-gallery has-nested-images columns-default is-cropped">{images}</figure>'
        return comment_block("gallery", html, linkTo="none")

    def video(self, value: Any) -> str:
        address = escape(value["url"] or "")
        wrapped = f'<div class="wp-block-embed__wrapper">\n{address}\n</div>{_caption(value["title"])}'
        html = f'<figure class="wp-block-embed is-type-video">{wrapped}</figure>'
        transcript = self.rich_text(value["transcript"].source) if value["transcript"] else ""
        return "\n\n".join(
            filter(None, (comment_block("embed", html, url=value["url"] or "", type="video"), transcript))
        )

    def recording(self, value: Any) -> str:
        file = value["file"]
        found = self.attached.document(file) if file else None
        transcript = self.rich_text(value["transcript"].source) if value["transcript"] else ""
        chapters = list_block(f"{time} {_html(title)}" for _start, time, title in value.parts)
        player = plain_paragraph(value["title"])
        if found and value.kind:
            (number, address), kind = found, value.kind
            html = f'<{kind} controls src="{escape(address)}"></{kind}>{_caption(value["title"])}'
            player = comment_block(kind, f'<figure class="wp-block-{kind}">{html}</figure>', id=number)
        return joined_blocks(player, chapters, transcript)

    def group(self, value: Any) -> str:
        inside = joined_blocks(bold_paragraph(value["title"]), self.rich_text(value["text"].source))
        return comment_block("group", f'<div class="wp-block-group">{inside}</div>')

    def code(self, value: str) -> str:
        # These are not shortcodes. The editor stores them in the same way.
        text = _html(value).replace("[", "&#91;")
        return comment_block("code", f'<pre class="wp-block-code"><code>{text}</code></pre>')

    def accordion(self, value: Any) -> str:
        return "\n\n".join(
            comment_block(
                "details",
                f'<details class="wp-block-details"><summary>{escape(item["question"], quote=False)}</summary>'
                f"{self.rich_text(item['answer'].source)}</details>",
            )
            for item in value["items"]
        )

    def exchange(self, value: Any) -> str:
        words = (bold_paragraph(value["question"]), plain_paragraph(value["speaker"]))
        return joined_blocks(*words, self.rich_text(value["answer"].source))

    def table(self, value: Any) -> str:
        table = value["table"]
        heads = [column["heading"] or "" for column in table.columns]
        return table_block(heads, [[str(cell.value) for cell in row] for row in table.rows], value["caption"])

    def chart(self, value: Any) -> str:
        """The numbers as a table; WordPress has no charts of its own."""
        drawn = value.drawn()
        if not drawn:
            return joined_blocks(bold_paragraph(value["title"]), plain_paragraph(value["data"]))
        rows = [(label, *cells) for label, cells in drawn["table"]]
        caption = " – ".join(filter(None, (value["title"], value["unit"], value["source"])))
        return table_block((drawn["corner"], *drawn["series"]), rows, caption)

    def map(self, value: Any) -> str:
        """The list of the points; WordPress has no maps of its own."""
        items = []
        for point in value["points"]:
            address = self.address_of(point)
            name = f'<a href="{escape(address)}">{_html(point["name"])}</a>' if address else _html(point["name"])
            items.append(f"{name}<br>{_html(point['text'])}" if point["text"] else name)
        credit = value["outline"].credit if value["outline"] else ""
        words = " – ".join(filter(None, (value["source"], credit)))
        return joined_blocks(bold_paragraph(value["title"]), list_block(items, "ol"), plain_paragraph(words))

    def key_figures(self, value: Any) -> str:
        figures = (f"<strong>{_html(figure['value'])}</strong> {_html(figure['label'])}" for figure in value["figures"])
        return joined_blocks(bold_paragraph(value["title"]), list_block(figures))

    def timeline(self, value: Any) -> str:
        entries = (
            f"<strong>{_html(entry['date'])}</strong> {_html(entry['title'])}"
            + (f"<br>{_html(entry['text'])}" if entry["text"] else "")
            for entry in value["entries"]
        )
        return joined_blocks(bold_paragraph(value["title"]), list_block(entries))

    def download(self, value: Any) -> str:
        document = value["document"]
        found = self.attached.document(document) if document else None
        title = value["title"] or (document.title if document else "")
        if found is None:
            return plain_paragraph(title)
        number, address = found
        html = f'<div class="wp-block-file"><a href="{escape(address)}">{_html(title)}</a></div>'
        return comment_block("file", html, id=number, href=address, showDownloadButton=False)

    def link(self, value: Any) -> tuple[str, str]:
        return self.address_of(value), value.text

    def address_of(self, value: Any) -> str:
        page = value["page"]
        return self.attached.page_address(page.pk) or "" if page else value["url"] or ""

    def button(self, value: Any) -> str:
        address, label = self.link(value)
        if not address:
            return plain_paragraph(label)
        link = f'<a class="wp-block-button__link wp-element-button" href="{escape(address)}">{_html(label)}</a>'
        button = comment_block("button", f'<div class="wp-block-button">{link}</div>')
        return comment_block("buttons", f'<div class="wp-block-buttons">{button}</div>')

    def related_links(self, value: Any) -> str:
        links = [self.link(link) for link in value["links"]]
        items = (
            f'<a href="{escape(address)}">{_html(label)}</a>' if address else _html(label) for address, label in links
        )
        return joined_blocks(bold_paragraph(value["title"]), list_block(items))

    def sheet(self, value: Any) -> str:
        return joined_blocks(bold_paragraph(value["title"]), plain_paragraph(value["text"]))

    def session(self, value: Any) -> str:
        hours = "–".join(f"{hour:%H:%M}" for hour in (value["start"], value["end"]) if hour)
        title = " ".join(filter(None, (f"{value['day']:%Y-%m-%d}" if value["day"] else "", hours, value["title"])))
        return "\n\n".join(
            filter(
                None,
                (bold_paragraph(title), plain_paragraph("\n".join(filter(None, (value["speakers"], value["text"]))))),
            )
        )


WRITERS: dict[type, Callable[[Gutenberg, Any], str]] = {
    AccordionBlock: Gutenberg.accordion,
    ButtonBlock: Gutenberg.button,
    CallOutBlock: Gutenberg.group,
    ChartBlock: Gutenberg.chart,
    CodeBlock: Gutenberg.code,
    DownloadBlock: Gutenberg.download,
    ExchangeBlock: Gutenberg.exchange,
    FactBoxBlock: Gutenberg.group,
    GalleryBlock: Gutenberg.gallery,
    GalleryImageBlock: Gutenberg.image,
    HeadingBlock: Gutenberg.heading,
    KeyFiguresBlock: Gutenberg.key_figures,
    MapBlock: Gutenberg.map,
    ParagraphBlock: Gutenberg.paragraph,
    QuoteBlock: Gutenberg.quote,
    RecordingBlock: Gutenberg.recording,
    RelatedLinksBlock: Gutenberg.related_links,
    SessionBlock: Gutenberg.session,
    SheetBlock: Gutenberg.sheet,
    TableBlock: Gutenberg.table,
    TimelineBlock: Gutenberg.timeline,
    VideoBlock: Gutenberg.video,
}


def table_block(heads: Sequence[str], rows: Iterable[Sequence[str]], caption: str) -> str:
    head = "".join(f"<th>{escape(text, quote=False)}</th>" for text in heads)
    body = "".join(f"<tr>{''.join(f'<td>{escape(text, quote=False)}</td>' for text in row)}</tr>" for row in rows)
    # The editor chooses this layout itself. Without the class, it would convert the block when somebody opens it.
    html = f'<table class="has-fixed-layout"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return comment_block("table", f'<figure class="wp-block-table">{html}{_caption(caption)}</figure>')


def _html(text: str) -> str:
    return escape(text or "", quote=False)


def _caption(text: str) -> str:
    return f'<figcaption class="wp-element-caption">{_html(text)}</figcaption>' if text else ""


def _list_of(tag: Tag) -> str:
    items = []
    for item in tag.find_all("li", recursive=False):
        parts = [
            _list_of(part) if isinstance(part, Tag) and part.name in ("ul", "ol") else _inline(part) for part in item
        ]
        items.append("".join(parts).strip())
    return list_block(items, tag.name)


def _inline(part: Any) -> str:
    if isinstance(part, Tag):
        return _list_of(part) if part.name in ("ul", "ol") else str(part)
    return escape(str(part), quote=False)
