"""Converts headings, lists, quotes, tables and other texts."""

import re
from collections.abc import Iterator
from textwrap import dedent

from bs4 import Tag

from portal.moving.converting.cleaning import BLOCKS, attribute, classes_of, plain, spaced_text, words_of
from portal.moving.converting.converted import Block
from portal.moving.converting.flow import Flow, tag
from portal.moving.converting.rich_text import CODE, words_in
from portal.moving.converting.tables import MOST_ROWS, is_layout, rows_of
from portal.moving.wordpress.values import whole_number

LONGEST_HEADING = 160
LONGEST_SOURCE = 120
# A longer quote usually has paragraphs, lists and links, which our quote block does not support.
LONGEST_QUOTE = 600
LONGEST_QUESTION = 200
LONGEST_CAPTION = 200
ROMAN = {
    1000: "m", 900: "cm", 500: "d", 400: "cd", 100: "c", 90: "xc",
    50: "l", 40: "xl", 10: "x", 9: "ix", 5: "v", 4: "iv", 1: "i",
}  # fmt: skip
QUOTES = ("“”", "„“", "«»", "»«", '""', "‟”")


@tag("h1", "h2", "h3", "h4", "h5", "h6")
def heading(flow: Flow, node: Tag) -> None:
    if node.find(list(BLOCKS)):
        # A tag around whole parts of a page is not used as a heading.
        flow.walk(node)
        return
    text = plain(node)
    if text and (flow.in_list or len(text) > LONGEST_HEADING):
        flow.add_plain(text, "b")
    elif text:
        flow.last_heading = text
        level = "h2" if int(node.name[1]) <= flow.top_level else "h3"
        flow.add("heading", {"text": text, "level": level})
        _code_lost(flow, node)
        for link in node.find_all("a", href=True):
            flow.note("link lost", f"{text}: {attribute(link, 'href')}")
    _pictures_in(flow, node)


def _links_lost(flow: Flow, node: Tag) -> None:
    for link in node.find_all("a", href=True):
        flow.note("link lost", f"{plain(link)}: {attribute(link, 'href')}")


def _code_lost(flow: Flow, node: Tag) -> None:
    """Add a note about code in a place for plain words, if typesetting changes the code."""
    for part in node.find_all(["code", "kbd", "samp", "pre"]):
        if re.search(r"[\s\"']", text := plain(part)):
            flow.note("code", text)


def _pictures_in(flow: Flow, node: Tag) -> None:
    """Add the pictures of a part after its text."""
    for image in node.find_all("img"):
        part = flow.below()
        part.walk(_alone(image))
        part.end_text()
        flow.add_all(part.result)


def _alone(node: Tag) -> Tag:
    wrapper = Tag(name="div")
    wrapper.append(node.extract())
    return wrapper


@tag("ul", "ol", "menu")
def a_list(flow: Flow, node: Tag) -> None:
    html, others = _list(flow, node)
    flow.add_rich(html)
    for block in others:
        flow.add(block.kind, block.value) if block.kind != "paragraph" else flow.add_rich(str(block.value))


def _list(flow: Flow, node: Tag) -> tuple[str, list[Block]]:
    """A list in rich text, followed by the blocks in it.

    Our lists count from 1. Items with other numbers become paragraphs that begin with their number.
    """
    items: list[str] = []
    shown: list[str] = []
    lines: list[str] = []
    others: list[Block] = []
    numbers = _numbers(node)
    for item in _items(node):
        number = next(numbers) if item.name == "li" else ""
        part = flow.below(in_list=True)
        part.convert(item)
        texts = [str(block.value) for block in part.result.blocks if block.kind == "paragraph"]
        others += [block for block in part.result.blocks if block.kind != "paragraph"]
        flow.result.notes += part.result.notes
        inner = _as_item("".join(texts))
        if inner.startswith(("<ul>", "<ol>")) and not number and items:
            # A list next to the item to which it belongs.
            items[-1] += inner
        elif inner:
            items.append(inner)
            shown.append(number)
        lines.append(_numbered(number, "".join(texts)) if inner else "")
    if node.name == "ol" and shown != [f"{place}." for place in range(1, len(shown) + 1)]:
        return "".join(lines), others
    name = "ol" if node.name == "ol" else "ul"
    inside = "".join(f"<li>{item}</li>" for item in items)
    return (f"<{name}>{inside}</{name}>" if items else ""), others


def _numbered(number: str, html: str) -> str:
    if not number:
        return html
    return f"<p>{number} {html[3:]}" if html.startswith("<p>") else f"<p>{number}</p>{html}"


def _numbers(node: Tag) -> Iterator[str]:
    """The number or letter before each item, as browsers show it."""
    items = node.find_all("li", recursive=False)
    is_reversed = node.has_attr("reversed")
    start = whole_number(attribute(node, "start"))
    number = (len(items) if is_reversed else 1) if start is None else start
    for item in items:
        value = whole_number(attribute(item, "value"))
        number = number if value is None else value
        yield f"{_in_letters(number, _numbering(node))}."
        number += -1 if is_reversed else 1


def _numbering(node: Tag) -> str:
    found = re.search(r"list-style(?:-type)?\s*:[^;]*?\b(lower|upper)-(alpha|latin|roman)", attribute(node, "style"))
    if not found:
        return attribute(node, "type")
    kind = "i" if found[2] == "roman" else "a"
    return kind.upper() if found[1] == "upper" else kind


def _in_letters(number: int, kind: str) -> str:
    """A number in HTML's numbering `a`, `A`, `i` or `I`; in figures if the numbering does not have it."""
    letters, rest = "", number
    if kind.lower() == "a":
        while rest > 0:
            rest, letter = divmod(rest - 1, 26)
            letters = chr(ord("a") + letter) + letters
    elif kind.lower() == "i" and 0 < number < 4000:
        for value, numeral in ROMAN.items():
            letters += numeral * (rest // value)
            rest %= value
    return (letters.upper() if kind.isupper() else letters) or str(number)


def _items(node: Tag) -> Iterator[Tag]:
    """Yield each item and each other block of a list. Text and inline elements between two of them are one item."""
    between = Tag(name="div")
    for child in list(node.children):
        if isinstance(child, Tag) and child.name in BLOCKS:
            yield between
            yield child if child.name == "li" else _alone(child)
            between = Tag(name="div")
        else:
            between.append(child.extract())
    yield between


def _as_item(html: str) -> str:
    """Paragraphs in a list item become lines of the item."""
    html = html.replace("</p><p>", "<br/>").replace("</p>", "").replace("<p>", "")
    return html.strip() if words_in(html) else ""


@tag("blockquote")
def quote(flow: Flow, node: Tag) -> None:
    sources = [part for part in node.find_all(["cite", "footer"]) if plain(part)]
    # The last `cite` names the speaker. A title within the text may be a `cite`, too.
    source = sources[-1] if sources and _is_last(node, sources[-1]) else None
    name = plain(source).lstrip("—–- ") if source is not None else ""
    if source is not None:
        source.extract()
        if first := source.find(string=re.compile(r"\S")):
            first.replace_with(first.lstrip("—–- \n"))
    if len(plain(node)) > LONGEST_QUOTE and not flow.in_list:
        with flow.rich.marked("<i>"):
            flow.walk(node)
        _add_source(flow, source)
        return
    part = flow.below().convert(node)
    texts = [block for block in part.blocks if block.kind in ("paragraph", "heading", "quote")]
    lines = [line for block in texts for line in _lines(block)]
    if lines and not flow.in_list:
        short = len(name) <= LONGEST_SOURCE
        flow.add("quote", {"text": _unquoted("\n".join(lines)), "source": name if short else "", "role": ""})
        _links_lost(flow, node)
        _code_lost(flow, node)
        if short and source is not None:
            _links_lost(flow, source)
        else:
            _add_source(flow, source)
    else:
        for line in lines:
            flow.add_plain(line)
        _add_source(flow, source)
    for block in part.blocks:
        if block not in texts:
            flow.add(block.kind, block.value)
    flow.result.notes += part.notes


def _add_source(flow: Flow, source: Tag | None) -> None:
    """Add the source of a quote as a paragraph, which may have links."""
    if source is not None:
        flow.rich.end_paragraph()
        flow.walk(source)
        flow.rich.end_paragraph()


def _is_last(node: Tag, source: Tag) -> bool:
    last = words_of(node)[-len(words_of(source)) :]
    return last == words_of(source) and words_of(node) != words_of(source)


def _lines(block: Block) -> list[str]:
    if block.kind == "paragraph":
        parts = str(block.value).replace("<br/>", "</p>").replace("</li>", "</p>").split("</p>")
        return [line for part in parts if (line := " ".join(words_in(part)))]
    text = [block.value["text"]]
    return [*text, block.value["source"]] if block.value.get("source") else text


def _unquoted(text: str) -> str:
    """A quote without the quotation marks around it, because the block adds them. Quotation marks within it stay."""
    for marks in QUOTES:
        if len(text) > 2 and text[0] == marks[0] and text[-1] == marks[1] and not set(marks) & set(text[1:-1]):
            return text[1:-1].strip()
    return text


@tag("table")
def table(flow: Flow, node: Tag, caption: str = "") -> None:
    title = node.find("caption")
    if isinstance(title, Tag):
        caption = caption or plain(title)
        title.extract()
    rows = [row for row in rows_of(node) if any(row)]
    if is_layout(node, rows) or flow.in_list:
        flow.add_plain(caption)
        for cell in node.find_all(["td", "th"]):
            if cell.find_parent("table") is node:
                flow.rich.end_paragraph()
                flow.walk(cell)
                flow.rich.end_paragraph()
        return
    short = caption if len(caption) <= LONGEST_CAPTION else ""
    columns = [{"type": "text", "heading": text} for text in rows[0]]
    shown = short or flow.last_heading
    flow.add_plain(caption if caption != short else "")
    for first in range(1, max(2, len(rows)), MOST_ROWS):
        values = [{"values": row} for row in rows[first : first + MOST_ROWS]]
        flow.add("table", {"caption": shown, "table": {"columns": columns, "rows": values, "caption": ""}})
    if not short:
        flow.note("caption missing", flow.last_heading or rows[0][0])
    _links_lost(flow, node)
    _code_lost(flow, node)
    _pictures_in(flow, node)


@tag("pre")
def code(flow: Flow, node: Tag) -> None:
    if "wp-block-verse" in classes_of(node):
        lines_as_written(flow, node)
        return
    lines = _written(node).strip("\n").split("\n")
    if flow.in_list:
        with flow.rich.marked(CODE):
            for number, line in enumerate(lines):
                if number:
                    flow.rich.line_break()
                flow.rich.write(line)
        flow.rich.end_paragraph()
    elif plain(node):
        flow.add("code", "\n".join(lines))
    _links_lost(flow, node)
    _pictures_in(flow, node)


def _written(node: Tag) -> str:
    for each in node.find_all("br"):
        each.replace_with("\n")
    return spaced_text(node)


@tag("textarea")
def lines_as_written(flow: Flow, node: Tag) -> None:
    for line in dedent(_written(node).expandtabs(4)).splitlines():
        words = line.strip()
        if words:
            # Browsers do not collapse no-break spaces.
            flow.rich.write("\u00a0" * (len(line) - len(line.lstrip())) + words)
            flow.rich.line_break()
        else:
            flow.rich.end_paragraph()
    flow.rich.end_paragraph()
    flow.note("line breaks", plain(node))
    _links_lost(flow, node)
    _pictures_in(flow, node)


@tag("details")
def details(flow: Flow, node: Tag) -> None:
    summary = node.find("summary", recursive=False)
    question = plain(summary) if isinstance(summary, Tag) else ""
    if isinstance(summary, Tag):
        summary.extract()
    part = flow.below().convert(node)
    answer = "".join(str(block.value) for block in part.blocks if block.kind == "paragraph")
    if not question or not answer or len(question) > LONGEST_QUESTION or flow.in_list:
        flow.add_plain(question, "b")
        flow.add_all(part)
        return
    flow.end_text()
    blocks = flow.result.blocks
    item = {"question": question, "answer": answer}
    if blocks and blocks[-1].kind == "accordion":
        blocks[-1].value["items"].append(item)
    else:
        flow.add("accordion", {"items": [item]})
    for block in part.blocks:
        if block.kind != "paragraph":
            flow.add(block.kind, block.value)
    flow.result.notes += part.notes


@tag("dt")
def term(flow: Flow, node: Tag) -> None:
    with flow.rich.marked("<b>"):
        flow.walk(node)


@tag("form")
def form(flow: Flow, node: Tag) -> None:
    flow.add_unconverted("form", plain(node))


@tag("hr")
def nothing(flow: Flow, node: Tag) -> None:
    """Ignore a line between two parts: our headings separate them."""


@tag("button")
def button(flow: Flow, node: Tag) -> None:
    flow.walk(node)
