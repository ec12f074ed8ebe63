"""Blocks are inserted with “+” and “/” and moved by keyboard, mouse and finger. Blocks and caret stay in view."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.newsroom import TIMEOUT, autosaved, blocks, resume_session

SIZES = {"desktop": (1280, 800, {}), "phone": (390, 844, {"has_touch": True, "is_mobile": True})}
MENU = ".w-combobox-container"
STORED = """
from wagtail.models import Page
page = Page.objects.get(pk={key}).specific.get_latest_revision_as_object()
print("|".join(block.block_type for block in page.body))
"""


@pytest.fixture
def open_draft(server, visit, draft) -> Callable[[str], Page]:
    """Returns a function that opens the draft on a desktop or a phone."""

    def open_form(size: str) -> Page:
        width, height, options = SIZES[size]
        page = visit(width=width, **options)
        page.set_viewport_size({"width": width, "height": height})
        resume_session(page, server, "editor-lorraine")
        page.goto(draft)
        expect(blocks(page).first).to_be_visible(timeout=TIMEOUT)
        return page

    return open_form


@pytest.fixture
def stored(draft, run_on_server) -> Callable[[], list[str]]:
    """Returns a function that lists the blocks of the draft's newest version."""
    key = re.search(r"/(\d+)/edit/", draft)[1]
    return lambda: run_on_server(STORED.format(key=key)).strip().split("|")


# The page's buttons are at its bottom.
IN_VIEW = """([part, footer]) => {
  const { left, right, top, bottom } = part.getBoundingClientRect();
  return left >= 0 && right <= innerWidth + 1 && top >= 0 && bottom <= footer.getBoundingClientRect().top + 1;
}"""


def assert_in_view(page: Page, part: Locator) -> None:
    """A new block unfolds, so its position is only stable after a while."""
    footer = page.locator("[data-edit-form] > .footer")
    page.wait_for_function(IN_VIEW, arg=[part.element_handle(), footer.element_handle()])


def open_plus(page: Page) -> Locator:
    page.locator("[data-contentpath=body]").get_by_title("Insert a block").last.click()
    menu = page.locator(MENU)
    expect(menu).to_be_visible()
    return menu


def paragraph(page: Page, number: int = 0) -> Locator:
    """The editor for a paragraph in the text."""
    return (
        page.locator("[data-contentpath=body] [data-streamfield-child]:has(> input[value=paragraph])")
        .nth(number)
        .locator("[contenteditable=true]")
    )


def types(page: Page) -> list[str]:
    return (
        blocks(page).locator(":scope > input[name$=-type]").evaluate_all("inputs => inputs.map(input => input.value)")
    )


@pytest.mark.parametrize("size", SIZES)
def test_menu_of_plus_is_in_view_and_has_drawings(open_draft, size):
    page = open_draft(size)
    menu = open_plus(page)

    assert_in_view(page, menu)
    icons = menu.locator("[role=option] .icon")
    assert icons.count() > 10
    assert icons.evaluate_all("icons => icons.every(icon => icon.getBoundingClientRect().width >= 32)")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("name", "kind"), [("Quote", "quote"), ("Image", "figure"), ("Key figures", "key_figures")])
def test_block_from_plus_is_in_view_with_the_focus(open_draft, size, name, kind):
    page = open_draft(size)
    before = blocks(page).count()
    open_plus(page).get_by_text(name, exact=True).first.click()
    expect(blocks(page)).to_have_count(before + 1)
    block = blocks(page).last

    expect(block.locator(":focus")).to_have_count(1)
    assert types(page)[-1] == kind
    assert_in_view(page, block.locator(":focus"))
    assert_in_view(page, block.locator(":scope > .w-panel > .w-panel__header"))


@pytest.mark.parametrize("size", SIZES)
def test_slash_offers_blocks_in_view_and_inserts_one(open_draft, size):
    page = open_draft(size)
    before = types(page)
    text = paragraph(page)
    text.click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type("/quo")
    menu = page.locator(MENU)
    expect(menu).to_be_visible()
    assert_in_view(page, menu)
    page.keyboard.press("Enter")

    block = blocks(page).nth(1)
    expect(block.locator(":focus")).to_have_count(1)
    assert types(page) == [before[0], "quote", *before[1:]]
    assert_in_view(page, block.locator(":focus"))


@pytest.mark.parametrize("size", SIZES)
def test_escape_leaves_the_menu_of_plus_for_its_button(open_draft, size):
    page = open_draft(size)
    open_plus(page)
    page.keyboard.press("Escape")

    expect(page.locator(MENU)).to_have_count(0)
    expect(page.locator("[data-contentpath=body]").get_by_title("Insert a block").last).to_be_focused()


def open_plus_of_text(page: Page) -> None:
    page.locator(".Draftail-BlockToolbar__trigger:visible").first.click()
    expect(page.locator(MENU)).to_be_visible()


def type_slash(page: Page) -> None:
    page.keyboard.type("/")
    expect(page.locator(MENU)).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("open_menu", [open_plus_of_text, type_slash])
def test_escape_leaves_the_menu_of_a_text_for_the_text(open_draft, size, open_menu):
    page = open_draft(size)
    text = paragraph(page)
    text.click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    open_menu(page)
    page.keyboard.press("Escape")

    expect(page.locator(MENU)).to_have_count(0)
    expect(text).to_be_focused()
    page.keyboard.type("Ici.")
    expect(text.locator("[data-block=true]").last).to_contain_text(re.compile(r"^/?Ici\.$"))
    page.keyboard.press("Enter")
    open_menu(page)


def test_block_is_moved_by_keyboard_and_the_caret_stays_in_it(open_draft, stored):
    page = open_draft("desktop")
    before = types(page)
    assert before[0] == "paragraph"
    paragraph(page).click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("Ici. ")
    page.keyboard.press("Alt+Shift+ArrowDown")
    assert types(page) == [before[1], before[0], *before[2:]]
    page.keyboard.type("Toujours ici. ")

    moved = blocks(page).nth(1)
    expect(moved.locator("[contenteditable=true]")).to_contain_text("Ici. Toujours ici. ")
    expect(moved).to_be_in_viewport()
    expect(page.get_by_role("status").filter(has_text="Moved")).to_have_text(f"Moved: 2 of {len(before)}")
    autosaved(page)
    assert stored() == types(page)


def test_control_and_enter_lead_from_the_text_to_the_next_step(open_draft):
    page = open_draft("desktop")
    before = blocks(page).count()
    paragraph(page).click()
    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("button", name="Send for review")).to_be_focused()
    expect(blocks(page)).to_have_count(before)
    expect(page.locator("[data-save-state=pending], [data-save-state=saving]")).to_have_count(0)


def test_button_that_moves_a_block_keeps_the_focus(open_draft):
    page = open_draft("desktop")
    before = types(page)
    block = blocks(page).nth(1)
    block.locator(":scope > .w-panel > .w-panel__header [data-streamfield-action=MOVE_UP]").focus()
    page.keyboard.press("Enter")

    assert types(page) == [before[1], before[0], *before[2:]]
    # It cannot move further up.
    expect(blocks(page).first.get_by_role("button", name="Move down").first).to_be_focused()


def test_block_is_dragged_with_the_mouse_and_saved(open_draft, stored):
    page = open_draft("desktop")
    before = types(page)
    x, y = handle_of(page, 1)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 220, steps=11)
    page.mouse.up()

    expect(blocks(page).first.locator(":scope > input[name$=-type]")).to_have_value(before[1])
    autosaved(page)
    assert stored() == [before[1], before[0], *before[2:]]


def test_block_is_dragged_with_a_finger_and_saved(open_draft, stored):
    page = open_draft("phone")
    before = types(page)
    x, y = handle_of(page, 1)
    client = page.context.new_cdp_session(page)

    def send(kind: str, *points: dict) -> None:
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    send("touchStart", {"x": x, "y": y})
    for step in range(1, 16):
        send("touchMove", {"x": x, "y": y - 12 * step})
    send("touchEnd")

    expect(blocks(page).first.locator(":scope > input[name$=-type]")).to_have_value(before[1])
    autosaved(page)
    assert stored() == [before[1], before[0], *before[2:]]


def handle_of(page: Page, number: int) -> tuple[float, float]:
    """The centre of a block's handle, scrolled to the middle of the screen."""
    block = blocks(page).nth(number)
    block.evaluate("block => block.scrollIntoView({ block: 'center', behavior: 'instant' })")
    box = block.get_by_title("Drag").first.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
