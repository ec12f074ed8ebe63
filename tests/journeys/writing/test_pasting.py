"""Text pasted from other programs into the page editor becomes blocks; one undo removes it."""

from base64 import b64encode

import pytest
from playwright.sync_api import Page, expect

from tests.golden import FOLDER
from tests.journeys.newsroom import TIMEOUT, add_block, autosaved, last_block, resume_session
from tests.journeys.pages import accessibility_violations

CLIPBOARDS = FOLDER / "clipboards"
ARTICLES = """
from uuid import uuid4
from django.contrib.auth import get_user_model
from articles.models import ArticlePage
from wagtail.rich_text import RichText
model = ArticlePage.objects.live().get(slug="thionville-fonderie-four-electrique")
owner = get_user_model().objects.get(username="editor-lorraine")
for number in range(30):
    texts = {"title": f"Collage {number}", "slug": f"collage-{uuid4().hex[:8]}", "owner": owner}
    texts["body"] = [("paragraph", RichText("<p>Avant. Après.</p>"))]
    print(model.copy(update_attrs=texts, keep_live=False, copy_revisions=False).pk)
"""
STORED = """
from articles.models import ArticlePage
for block in ArticlePage.objects.get(pk={key}).get_latest_revision_as_object().body.raw_data:
    print(block["type"], block["value"], sep=": ")
"""
PASTE = """(element, { types, files }) => {
    const clipboardData = new DataTransfer();
    for (const [type, data] of Object.entries(types)) clipboardData.setData(type, data);
    for (const { name, type, content } of files) {
        clipboardData.items.add(new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], name, { type }));
    }
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""
BODY = """() => {
    const blocks = document.querySelectorAll("[data-contentpath=body] [data-streamfield-child]:not([data-streamfield-child] *)");
    return [...blocks].filter((block) => block.checkVisibility()).map((block) => {
        const type = block.querySelector("input[name$=-type]").value;
        const text = block.querySelector(".public-DraftEditor-content");
        const fields = [...block.querySelectorAll("input[type=text], textarea, select")].filter((field) => field.checkVisibility());
        return `${type}: ${text ? text.innerText.replace(/\\s*\\n+/g, " / ").trim() : fields.map(({ value }) => value).join(" | ")}`;
    });
}"""
# The block with the only comment, or null if there is none.
COMMENT = """() => {
    const { comments } = window.comments.commentApp.store.getState().comments;
    return [...comments.values()].map(({ contentpath, mode }) => mode === "deleted" ? null : contentpath)[0] ?? null;
}"""
# The element at the caret, or null if the caret is off screen.
AT_CARET = """() => {
    const { focusNode } = getSelection();
    const range = getSelection().getRangeAt(0);
    const box = range.getClientRects()[0] ?? focusNode.getBoundingClientRect();
    const shown = document.elementFromPoint(Math.max(box.left, 1), box.top + box.height / 2)?.closest(".public-DraftEditor-content");
    return shown?.contains(focusNode) ? focusNode.textContent.slice(0, range.startOffset) : null;
}"""


@pytest.fixture(scope="module")
def articles(server, run_on_server) -> list[str]:
    return run_on_server(ARTICLES).split()


@pytest.fixture
def article(articles) -> str:
    return articles.pop()


@pytest.fixture
def open_article(server, visit, article):
    """Returns a function that opens the article in a window."""

    def open_form(**options) -> Page:
        page = visit(**options)
        resume_session(page, server, "editor-lorraine")
        page.goto(f"{server}/admin/pages/{article}/edit/")
        expect(paragraph(page)).to_be_visible(timeout=TIMEOUT)
        return page

    return open_form


@pytest.fixture
def editor(open_article) -> Page:
    return open_article()


def paragraph(page: Page):
    return page.locator("[data-contentpath=body] .public-DraftEditor-content").first


def paste(page: Page, html: str = "", text: str = "", rtf: str = "", files=(), where=None) -> None:
    """Paste at the caret, or into another editor."""
    types = {"text/html": html, "text/plain": text, "text/rtf": rtf}
    given = [{"name": f.name, "type": "image/jpeg", "content": b64encode(f.read_bytes()).decode()} for f in files]
    element = where or page.locator(":focus")
    element.evaluate(PASTE, {"types": {name: data for name, data in types.items() if data}, "files": given})


def clipboard(name: str) -> dict[str, str]:
    rtf = CLIPBOARDS / f"{name}.rtf"
    return {"html": (CLIPBOARDS / f"{name}.html").read_text(), "rtf": rtf.read_text() if rtf.exists() else ""}


def set_caret(page: Page, offset: int | None = None) -> None:
    """Set the caret in the first paragraph, after this many letters or at its end."""
    paragraph(page).click()
    page.keyboard.press("Control+End" if offset is None else "Control+Home")
    for _step in range(offset or 0):
        page.keyboard.press("ArrowRight")


def body(page: Page) -> list[str]:
    return page.evaluate(BODY)


def expect_body(page: Page, blocks: list[str]) -> None:
    page.wait_for_function(f"blocks => JSON.stringify(({BODY})()) === JSON.stringify(blocks)", arg=blocks)


def in_notice(violations: list[str]) -> list[str]:
    """Without those of Wagtail's tables, whose cells have no labels."""
    return [found for found in violations if "table-cell" not in found]


def test_text_from_word_becomes_blocks_and_one_undo_takes_it_back(editor):
    set_caret(editor)

    paste(editor, **clipboard("word"))

    assert [block.split(":")[0] for block in body(editor)] == [
        *("paragraph", "heading", "heading", "paragraph", "paragraph", "heading", "table", "paragraph", "quote"),
        *("paragraph", "heading", "paragraph"),
    ]


def test_text_continues_where_the_caret_is(editor):
    set_caret(editor, len("Avant."))

    paste(editor, html="<p>Un.</p><h2>Deux</h2><p>Trois.</p>")

    assert body(editor) == ["paragraph: Avant.Un.", "heading: Deux | h2", "paragraph: Trois.", "paragraph: Après."]


def test_one_undo_restores_a_paragraph_that_was_split(editor):
    set_caret(editor, len("Avant."))
    paste(editor, html="<h2>Deux</h2><p>Trois</p>")
    editor.keyboard.type("!")
    assert body(editor)[2:] == ["paragraph: Trois!", "paragraph: Après."]

    editor.keyboard.press("Control+z")
    expect_body(editor, ["paragraph: Avant.", "heading: Deux | h2", "paragraph: Trois", "paragraph: Après."])
    editor.keyboard.press("Control+z")

    expect_body(editor, ["paragraph: Avant. Après."])
    editor.keyboard.type("Ici")
    expect_body(editor, ["paragraph: Avant.Ici Après."])


def test_comment_stays_with_its_words(editor):
    set_caret(editor)
    editor.keyboard.press("Control+Shift+ArrowLeft")
    editor.keyboard.press("Control+Shift+ArrowLeft")
    editor.keyboard.press("Control+Alt+m")
    editor.locator(".comment textarea").fill("Vraiment ?")
    editor.locator(".comment").get_by_role("button", name="Comment").click()
    place = editor.evaluate(COMMENT)
    set_caret(editor, len("Avant."))

    paste(editor, html="<h2>Deux</h2><p>Trois</p>")

    assert editor.evaluate(COMMENT) not in (None, place)
    editor.keyboard.press("Control+z")
    expect_body(editor, ["paragraph: Avant. Après."])
    assert editor.evaluate(COMMENT) == place


def test_two_pastes_are_taken_back_one_after_the_other(editor):
    set_caret(editor)
    paste(editor, html="<h2>Un</h2><p>Deux</p>")
    paste(editor, html="<h2>Trois</h2><p>Quatre</p>")

    editor.keyboard.press("Control+z")
    expect_body(editor, ["paragraph: Avant. Après.", "heading: Un | h2", "paragraph: Deux"])
    editor.keyboard.press("Control+z")

    expect_body(editor, ["paragraph: Avant. Après."])


def test_selected_text_is_replaced(editor):
    set_caret(editor)
    editor.keyboard.press("Control+a")

    paste(editor, html="<h2>Deux</h2><ul><li>Trois</li></ul>")

    assert body(editor) == ["heading: Deux | h2", "paragraph: Trois"]
    expect(editor.locator("[data-contentpath=body] ul li")).to_have_text("Trois")


def test_lists_and_marks_stay_in_the_paragraph(editor):
    set_caret(editor)

    paste(
        editor, html="<p> Un <b>mot</b> :</p><ul><li>deux<ul><li>trois</li></ul></li></ul><p>&nbsp;</p><p>1. Januar</p>"
    )

    assert body(editor) == ["paragraph: Avant. Après.Un mot : / deux / trois / 1. Januar"]
    expect(editor.locator("[data-contentpath=body] li.public-DraftStyleDefault-depth1")).to_have_text("trois")
    editor.keyboard.press("Control+z")
    expect_body(editor, ["paragraph: Avant. Après."])


@pytest.mark.parametrize(
    "options", [{}, {"width": 390, "has_touch": True, "is_mobile": True}], ids=["desktop", "phone"]
)
def test_caret_stays_on_the_screen(open_article, options):
    page = open_article(**options)
    set_caret(page)

    paste(page, html="".join(f"<h2>Partie {number}</h2><p>Texte {number}</p>" for number in range(30)))

    page.wait_for_function(f"({AT_CARET})() === 'Texte 29'")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_long_paragraph_ends_on_the_screen(editor):
    set_caret(editor)

    paste(editor, html=f"<p>{'Une phrase de plus. ' * 400}Fin</p>")

    editor.wait_for_function(f"({AT_CARET})()?.endsWith('Fin')")


def test_pasted_blocks_are_stored(editor, article, run_on_server):
    set_caret(editor)
    paste(
        editor,
        html="<h2>Les prix</h2><table><tr><td>Jour</td><td>Prix</td></tr><tr><td>Lundi</td><td>4 €</td></tr></table>",
    )
    editor.keyboard.type("Suite")
    autosaved(editor)

    stored = run_on_server(STORED.format(key=article)).strip().splitlines()
    assert [line.split(": ")[0] for line in stored] == ["paragraph", "heading", "table", "paragraph"]
    assert "'values': ['Lundi', '4 €']" in stored[2]
    assert "Suite" in stored[3]


def test_picture_is_uploaded_only_when_somebody_says_so(editor):
    set_caret(editor)
    sent = []
    editor.on("request", lambda request: sent.append(request.url) if "pictures/store" in request.url else None)
    paste(editor, **clipboard("word"))
    assert sent == []

    editor.get_by_role("button", name="Add pictures (1)").click()

    expect(editor.locator(".paste-notice")).to_contain_text("Pictures added: 1 of 1", timeout=TIMEOUT)
    assert body(editor)[4].startswith("figure: Une péniche chargée de blé")
    editor.get_by_role("button", name="Undo pasting").click()
    expect_body(editor, ["paragraph: Avant. Après."])


def test_copied_picture_becomes_a_block(editor, photo):
    set_caret(editor)
    paste(editor, files=[photo])

    editor.get_by_role("button", name="Add pictures (1)").click()

    expect(editor.locator("[data-contentpath=body] .chooser__title")).to_have_text("photo", timeout=TIMEOUT)
    assert [block.split(":")[0] for block in body(editor)] == ["paragraph", "figure"]


def test_nothing_is_requested_from_other_hosts(editor, server):
    set_caret(editor)
    sent = []
    editor.on("request", lambda request: sent.append(request.url))
    problems = []
    editor.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)

    paste(editor, **clipboard("web_page"))

    notice = editor.locator(".paste-notice")
    expect(notice.get_by_role("link", name="La halle, de nuit")).to_have_attribute("rel", "noreferrer")
    autosaved(editor)
    assert [address for address in sent if not address.startswith((server, "data:", "blob:"))] == []
    assert problems == []


def test_what_is_left_out_is_said(editor):
    set_caret(editor)

    paste(editor, **clipboard("google_docs"))

    notice = editor.locator(".paste-notice")
    expect(notice).to_contain_text("Not pasted, because it was crossed out: “im letzten Jahr waren es weniger,”")
    expect(editor.locator("[role=status]").filter(has_text="Not pasted, because")).to_have_count(1)
    assert in_notice(accessibility_violations(editor)) == []
    editor.emulate_media(color_scheme="dark")
    assert in_notice(accessibility_violations(editor)) == []


@pytest.mark.parametrize("width", [1280, 390])
def test_notice_covers_no_text(open_article, width):
    page = open_article(width=width)
    set_caret(page)

    paste(page, html="<h2>Un</h2>" + "<p>Un pont sur la Moselle.</p>" * 30)

    notice = page.locator(".paste-notice")
    expect(notice).to_contain_text("with 1 heading", timeout=TIMEOUT)
    expect(notice).to_be_in_viewport()
    top, bottom = notice.bounding_box()["y"], notice.bounding_box()["y"] + notice.bounding_box()["height"]
    left = notice.bounding_box()["x"]
    for text in page.locator("[data-contentpath=body] [data-block=true]").all():
        box = text.bounding_box()
        assert box["y"] + box["height"] <= top or box["y"] >= bottom or box["x"] + box["width"] <= left


@pytest.mark.parametrize(
    ("language", "undo", "struck"),
    [("fr", "Annuler le collage", "Le texte barré"), ("de", "Einfügen rückgängig machen", "Durchgestrichenes")],
)
def test_notice_is_in_the_writers_language(open_article, language, undo, struck):
    page = open_article(locale=language)
    set_caret(page)
    paste(page, **clipboard("google_docs"))
    expect(page.locator(".paste-notice")).to_contain_text(struck)

    page.get_by_role("button", name=undo).click()

    expect_body(page, ["paragraph: Avant. Après."])


def test_field_without_blocks_takes_text(editor):
    add_block(editor, "Fact box")
    box = last_block(editor).locator(".public-DraftEditor-content")
    box.click()

    paste(editor, html="<h2>Deux</h2><table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>")

    expect(box.locator("[data-block=true]")).to_have_text(["Deux", "a | b", "c | d"])


def test_tracking_of_a_pasted_address_goes(editor):
    set_caret(editor)

    paste(editor, text="https://example.org/page?utm_source=mail&n=1")

    expect(
        editor.locator("[data-contentpath=body] .public-DraftEditor-content a, [data-contentpath=body] .TooltipEntity")
    ).to_have_text("https://example.org/page?n=1")


def test_text_copied_from_a_page_is_pasted_with_the_keyboard(editor, server):
    editor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = editor.context.new_page()
    page.goto(f"{server}/fr/a-propos/")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('main'))")
    page.keyboard.press("Control+c")
    page.close()
    set_caret(editor)

    editor.keyboard.press("Control+v")

    assert any(block.startswith("heading: ") for block in body(editor))
    assert "paragraph: " not in body(editor)
