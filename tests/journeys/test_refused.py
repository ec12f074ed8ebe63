"""What was typed and cannot be kept is said where people write, and nothing that they write after it is lost."""

from playwright.sync_api import Page, expect

from tests.journeys.newsroom import TIMEOUT


def open_schedule(page: Page) -> None:
    page.get_by_role("button", name="Toggle status").click()
    page.get_by_role("button", name="Set schedule").click()


def write_and_wait(page: Page, address: str, text: str) -> None:
    """Write a standfirst, and wait until the server has answered to an autosave that holds it."""

    def is_of_text(response) -> bool:
        sent = response.request
        return sent.method == "POST" and response.url == address and text.encode() in sent.post_data_buffer

    with page.expect_response(is_of_text, timeout=TIMEOUT):
        page.locator("#id_standfirst").fill(text)


def test_what_is_written_after_a_date_was_refused_is_saved(editor, draft):
    open_schedule(editor)
    dialog = editor.locator("#schedule-publishing-dialog")
    dialog.get_by_label("Expiry date/time").fill("31 février")
    dialog.get_by_role("button", name="Save schedule").click()
    expect(editor.get_by_role("button", name="Go to the first error")).to_be_visible(timeout=TIMEOUT)

    for text in ("Written after the refusal.", "And written on.", "And on."):
        write_and_wait(editor, draft, text)

    expect(editor.locator("[data-save-state=partly]")).to_contain_text("Not saved: Expiry date/time.", timeout=TIMEOUT)
    tomorrow = editor.context.new_page()
    tomorrow.goto(draft)
    expect(tomorrow.locator("#id_standfirst")).to_have_value("And on.")
