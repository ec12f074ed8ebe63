"""Invalid input is marked where it was typed, and nothing typed after it is lost."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.newsroom import TIMEOUT, add_block, autosaved, last_block, page_id, resume_session

PHONE = {"width": 360, "has_touch": True, "is_mobile": True}


def open_schedule(page: Page) -> Locator:
    page.get_by_role("button", name="Toggle status").click()
    page.get_by_role("button", name="Set schedule").click()
    return page.locator("#schedule-publishing-dialog")


def refuse_expiry(page: Page) -> Locator:
    """Submit an expiry that is not a date; return its dialog."""
    dialog = open_schedule(page)
    dialog.get_by_label("Expiry date/time").fill("31 février")
    dialog.get_by_role("button", name="Save schedule").click()
    expect(page.get_by_role("button", name="Go to the first error")).to_be_visible(timeout=TIMEOUT)
    return dialog


def write_and_wait(page: Page, address: str, text: str) -> None:
    """Write a standfirst, and wait for the response to an autosave that contains it."""

    def is_of_text(response) -> bool:
        sent = response.request
        return sent.method == "POST" and response.url == address and text.encode() in sent.post_data_buffer

    with page.expect_response(is_of_text, timeout=TIMEOUT):
        page.locator("#id_standfirst").fill(text)


def test_text_written_after_an_invalid_date_is_saved(editor, draft):
    refuse_expiry(editor)

    for text in ("Written after the refusal.", "And written on.", "And on."):
        write_and_wait(editor, draft, text)

    expect(editor.locator("[data-save-state=partly]")).to_contain_text("Not saved: Expiry date/time.", timeout=TIMEOUT)
    tomorrow = editor.context.new_page()
    tomorrow.goto(draft)
    expect(tomorrow.locator("#id_standfirst")).to_have_value("And on.")


def test_error_is_shown_once_and_disappears_when_corrected(editor):
    dialog = refuse_expiry(editor)
    editor.get_by_role("button", name="Go to the first error").click()
    refusal = dialog.get_by_text("February has only 29 days.")
    expect(refusal).to_have_count(1)
    expect(refusal).to_be_visible()

    dialog.get_by_label("Expiry date/time").fill("1.12.2027 18h")

    expect(refusal).to_have_count(0)
    expect(dialog.get_by_text("Wednesday, 1 December 2027 at 18:00")).to_be_visible()


def test_past_expiry_is_reported_while_it_is_typed(editor):
    dialog = open_schedule(editor)
    expiry = dialog.get_by_label("Expiry date/time")
    expiry.press_sequentially("01/01/2020")

    expect(dialog.get_by_text("This is in the past.")).to_be_visible()
    expect(expiry).to_have_attribute("aria-invalid", "true")


def test_boxes_of_the_newsroom_are_dark_in_dark_mode(editor):
    editor.emulate_media(color_scheme="dark")
    message = open_schedule(editor).locator(".w-dialog__message")
    # Of color(srgb r g b), each from 0 to 1.
    ground = message.evaluate("element => getComputedStyle(element).backgroundColor.match(/[\\d.]+/g).map(Number)")

    assert max(ground) < 0.5


def test_enter_in_a_field_of_one_line_sends_nothing(editor):
    add_block(editor, "Heading")
    heading = last_block(editor).locator("input[type=text]")
    heading.press_sequentially("Une halle de douze tonnes")
    heading.press("Enter")
    autosaved(editor)

    expect(heading).to_be_focused()
    expect(heading).to_have_value("Une halle de douze tonnes")


def test_refused_submission_leads_to_the_first_gap_by_the_keyboard(editor):
    editor.locator("#id_standfirst").fill("")
    autosaved(editor)
    editor.get_by_role("button", name="Send for review").click()
    message = editor.locator(".messages .error")
    expect(message).to_contain_text("The page is not complete, so it stays a draft.", timeout=TIMEOUT)
    expect(message.get_by_role("link")).to_be_focused()

    editor.keyboard.press("Enter")

    expect(editor.locator("#id_standfirst")).to_be_focused()


@pytest.fixture
def phone(server, visit) -> Page:
    page = visit(**PHONE)
    resume_session(page, server, "editor-lorraine")
    return page


def test_save_status_is_visible_on_a_phone(phone, draft):
    phone.goto(draft)
    field = phone.locator("#id_standfirst")
    field.fill("Written on a phone.")
    autosaved(phone)

    line = phone.locator("[data-save-state]")
    expect(line).to_be_in_viewport(ratio=1)
    box = field.bounding_box()
    assert box["y"] + box["height"] <= line.bounding_box()["y"]


def test_page_form_fits_the_screen_of_a_phone(phone, draft):
    phone.goto(draft)
    parts = (".w-field", ".w-field__comment-button--add", ".chosen .w-dropdown")
    shown = phone.locator(", ".join(f"main form {part}:visible" for part in parts))
    expect(shown.first).to_be_visible()

    assert max(shown.evaluate_all("all => all.map(each => each.getBoundingClientRect().right)")) <= PHONE["width"]


def test_each_requirement_has_its_own_line_on_a_phone(phone, server):
    key = page_id(phone, server, "type=home.SectionPage&slug=industrie")
    phone.goto(f"{server}/admin/pages/add/articles/articlepage/{key}/")
    phone.get_by_role("button", name="Before publication").click()
    needs = phone.locator("#checklist li").evaluate_all("all => all.map(each => each.getBoundingClientRect().top)")

    assert len(needs) > 1
    assert len(set(needs)) == len(needs)
