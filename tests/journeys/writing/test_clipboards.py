"""Text that the editor reads from other programs' clipboards, compared with reviewed texts.

tests/golden/clipboards/ has the clipboard content of each program, and beside it the resulting text.
"""

from typing import Any

import pytest
from playwright.sync_api import Page

from portal.editorial.editing.pasting import SCRIPTS
from portal.platform.tracking import TRACKING
from tests.database_copies import ROOT
from tests.golden import FOLDER, assert_golden

CLIPBOARDS = FOLDER / "clipboards"
STATIC = ROOT / "portal" / "editorial" / "static" / "editorial" / "paste"
READ = """([html, text, rtf, tracking]) => {
    const others = { tracking: new RegExp(`^(?:${tracking})$`, "i"), name: "Picture", rtf };
    const found = html ? portalPaste.readHtml(html, others) : portalPaste.readText(text, others);
    for (const { picture } of found.pieces) if (picture) picture.file = `${picture.file.type}, ${picture.file.size} bytes`;
    return { ...found, leftOut: [...found.leftOut] };
}"""
SIGNS = {"BOLD": "**", "ITALIC": "*", "SUPERSCRIPT": "^", "SUBSCRIPT": "~"}


@pytest.fixture(scope="module")
def reader(chromium) -> Page:
    page = chromium.new_page()
    for name in SCRIPTS[: SCRIPTS.index("inserting")]:
        page.add_script_tag(path=STATIC / f"{name}.js", type="module")
    yield page
    page.close()


@pytest.fixture(scope="module")
def read(reader):
    """Returns a function that reads a clipboard as text."""

    def read_clipboard(html: str = "", text: str = "", rtf: str = "") -> str:
        return shown(reader.evaluate(READ, [html, text, rtf, TRACKING.pattern]))

    return read_clipboard


def shown(found: dict[str, Any]) -> str:
    lines = [line for piece in found["pieces"] for line in ["", *shown_piece(piece)]]
    if found["notes"]:
        lines += ["", f"Notes: {found['noteTitle']}", *map(shown_line, found["notes"])]
    for what, details in found["leftOut"]:
        lines += [
            "",
            f"Left out ({what}): " + "; ".join(f"{each['text']} {each['address']}".strip() for each in details),
        ]
    return "\n".join(lines).strip() + "\n"


def shown_piece(piece: dict[str, Any]) -> list[str]:
    match piece["kind"]:
        case "text":
            return [shown_line(line) for line in piece["lines"]]
        case "heading":
            return [f"{'#' * int(piece['level'][1])} {piece['text']}"]
        case "quote":
            return [f"> {piece['text']} ({piece['source']})"]
        case "table":
            return [f"Table: {piece['caption']}", *(f"| {' | '.join(cells)} |" for cells in piece["rows"])]
    picture = piece["picture"]
    return [f"Picture: {picture['alt']} ({picture['caption']}), {picture['file']}"]


def shown_line(line: dict[str, Any]) -> str:
    text = "".join(map(shown_span, line["spans"])).replace("\n", " / ")
    mark = {"unordered-list-item": "- ", "ordered-list-item": "1. "}.get(line["type"], "")
    return "  " * line["depth"] + mark + text


def shown_span(span: dict[str, Any]) -> str:
    text = span["text"]
    for style in span["styles"]:
        text = f"{SIGNS[style]}{text}{SIGNS[style]}"
    return f"[{text}]({span['link']})" if span["link"] else text


@pytest.mark.parametrize("name", sorted(path.stem for path in CLIPBOARDS.glob("*.html")))
def test_clipboard_is_read_as_reviewed(read, name):
    rtf = CLIPBOARDS / f"{name}.rtf"
    found = read((CLIPBOARDS / f"{name}.html").read_text(), rtf=rtf.read_text() if rtf.exists() else "")

    assert_golden(f"clipboards/{name}.txt", found)


def test_lines_of_plain_text_are_paragraphs_with_links(read):
    text = "Le premier.\r\n\r\n\r\n  Le deuxième : https://example.org/page?utm_source=mail&n=1.\r\n1. janvier\r\n"

    assert read(text=text).splitlines() == [
        "Le premier.",
        "Le deuxième : [https://example.org/page?n=1](https://example.org/page?n=1).",
        "1. janvier",
    ]


def test_picture_within_the_html_can_be_uploaded(read):
    dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    html = f'<p>Le port.</p><p><img src="data:image/png;base64,{dot}" alt="Une grue"></p><p>Le quai.</p>'

    assert read(html).split("\n\n") == ["Le port.", "Picture: Une grue (), image/png, 70 bytes", "Le quai.\n"]


def test_title_above_several_headings_opens_no_level_of_its_own(read):
    html = "<h1>Le port</h1><h2>Les quais</h2><p>Deux.</p><h3>Le quai nord</h3><h2>Les grues</h2>"

    headings = [line for line in read(html).splitlines() if line.startswith("#")]
    assert headings == ["## Le port", "## Les quais", "### Le quai nord", "## Les grues"]


def test_table_of_more_cells_than_a_form_takes_becomes_lines(read):
    row = "<tr>" + "<td>12</td>" * 20 + "</tr>"

    found = read(f"<p>Avant.</p><table>{row * 101}</table>")
    assert "Table:" not in found
    assert found.splitlines().count(" | ".join(["12"] * 20)) == 101
    assert "Left out (bigTables)" in found


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("Le pont est fermé <s>hier</s>, dit-on.", "Le pont est fermé, dit-on."),
        ("Un <s>vieux</s> pont", "Un pont"),
        ("Un<s> vieux </s>pont", "Un pont"),
        ("Un pont <s>neuf</s>\u00a0!", "Un pont\u00a0!"),
        ("Le pont (<s>hier</s> lundi) <b><s>ferme</s></b> <b>ouvre</b>.", "Le pont (lundi) **ouvre**."),
        ("Préfa<s>x</s>brication", "Préfabrication"),
    ],
)
def test_struck_text_leaves_no_gap(read, html, text):
    assert read(f"<p>{html}</p>").splitlines()[0] == text


MALFORMED = {
    "blank": "<p>&nbsp;</p><p><br></p><div><span> </span></div>",
    "empty table": "<table></table>",
    "empty list": "<ul><li></li></ul>",
    "signs": "<" * 5000,
    "deep": "<div>" * 20_000,
    "broken picture": '<img src="data:image/png;base64,%%%">',
    "broken link": '<a href="http://[">',
    "null": "<p style='\0'>",
}


@pytest.mark.parametrize("html", MALFORMED.values(), ids=MALFORMED)
def test_empty_and_malformed_html_has_no_paragraph(read, html):
    assert read(html).strip("<\n") == "" or read(html).startswith("Left out")
