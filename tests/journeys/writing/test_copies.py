"""Text that never reached the server is offered to its author when the page is reopened."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.journeys.newsroom import TIMEOUT, autosaved, log_in, page_id, resume_session, save_draft
from tests.journeys.pages import accessibility_violations

NOTICE = "Unsaved text in this browser"
WRITTEN = "Un chapô que le serveur n’a jamais reçu."
STORED = """() => new Promise((resolve) => {
    const opening = indexedDB.open("newsroom", 1);
    opening.onsuccess = () => {
        const all = opening.result.transaction("copies").objectStore("copies").getAll();
        all.onsuccess = () => { opening.result.close(); resolve(all.result.map((copy) => JSON.stringify(copy.fields))); };
    };
})"""
# Waits for a copy that contains `text` or, if `text` is empty, until there is no copy. A time-out only reruns the test
# if its message is the same as Playwright's.
AWAIT_COPIES = f"""async (text) => {{
    const isDone = (copies) => (text ? copies.some((copy) => copy.includes(text)) : copies.length === 0);
    for (let tries = 0; !isDone(await ({STORED})()); tries += 1) {{
        if (tries > 300) throw new Error("Locator expected other copies");
        await new Promise((resolve) => setTimeout(resolve, 50));
    }}
}}"""


# After the next keystroke, sends the events of an autosave to which the server responds at once: before the editor has
# filled in its field. Notes the copies of that moment.
SAVE_AT_A_KEYSTROKE = f"""() => {{
    const form = document.querySelector("form[data-edit-form]");
    form.dataset.wAutosaveActiveValue = "false";
    const send = (name, detail) => form.dispatchEvent(new CustomEvent(`w-autosave:${{name}}`, {{ bubbles: true, detail }}));
    const save = () => {{
        send("save", {{ formData: new FormData(form) }});
        send("success", {{ response: {{ success: true }} }});
    }};
    window.copiesOnceSaved = new Promise((resolve) => {{
        form.addEventListener("beforeinput", () => setTimeout(() => resolve(save()), 60), {{ once: true }});
    }}).then({STORED});
}}"""


def block_saves(page: Page) -> None:
    """Block every save, so that no autosave begins."""
    page.route("**/edit/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.route("**/add/**", lambda route: route.abort() if route.request.method == "POST" else route.continue_())


def close(page: Page) -> None:
    """Close the tab once the browser has the copy."""
    expect(page.locator("form[data-is-copied]")).to_be_attached(timeout=TIMEOUT)
    page.close()


def reopen(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    return page


def notice_in(page: Page) -> Locator:
    return page.get_by_role("region", name=NOTICE)


def difference(page: Page, label: str) -> Locator:
    return notice_in(page).locator(f"dt:text-is('{label}') + dd")


@pytest.fixture
def editors_browser(editor, draft) -> BrowserContext:
    """The browser of an editor whose tab was closed before the autosave."""
    block_saves(editor)
    editor.locator("#id_standfirst").fill(WRITTEN)
    close(editor)
    return editor.context


def test_text_from_a_closed_tab_is_offered_and_restored(editors_browser, draft):
    page = reopen(editors_browser, draft)
    expect(difference(page, "Standfirst").locator("ins")).to_have_text(WRITTEN)
    assert accessibility_violations(page) == []
    notice_in(page).get_by_role("button", name="Restore").click()

    expect(page.locator(".messages .success")).to_contain_text("saved as a draft", timeout=TIMEOUT)
    expect(page.locator("#id_standfirst")).to_have_value(WRITTEN)
    expect(notice_in(page)).to_have_count(0)
    again = reopen(editors_browser, draft)
    expect(again.locator("#id_standfirst")).to_have_value(WRITTEN)
    again.evaluate(AWAIT_COPIES, "")


def test_discarded_text_is_not_offered_again(editors_browser, draft):
    page = reopen(editors_browser, draft)
    before = page.locator("#id_standfirst").input_value()
    notice_in(page).get_by_role("button", name="Discard").click()
    expect(notice_in(page)).to_have_count(0)

    page = reopen(editors_browser, draft)
    expect(page.locator("#id_standfirst")).to_have_value(before)
    page.evaluate(AWAIT_COPIES, "")


def test_another_account_sees_none_of_it(editors_browser, draft, server):
    editors_browser.clear_cookies()
    other = editors_browser.new_page()
    log_in(other, server, "approver-lorraine")
    other.goto(draft)
    expect(other.locator("[data-save-state]")).to_be_attached()
    other.wait_for_load_state("networkidle")
    expect(notice_in(other)).to_have_count(0)
    assert len(other.evaluate(STORED)) == 1

    editors_browser.clear_cookies()
    page = editors_browser.new_page()
    log_in(page, server, "editor-lorraine")
    page.goto(draft)
    expect(difference(page, "Standfirst").locator("ins")).to_have_text(WRITTEN)


def test_sign_out_removes_the_copies_of_the_account(editors_browser, draft, server):
    # In its own session, because other journeys still use the shared one.
    editors_browser.clear_cookies()
    page = editors_browser.new_page()
    log_in(page, server, "editor-lorraine")
    assert len(page.evaluate(STORED)) == 1
    page.get_by_role("button", name="Élise").click()
    page.locator("form[action='/admin/logout/'] button").click()
    expect(page.locator("#id_username")).to_be_visible()

    page.evaluate(AWAIT_COPIES, "")
    log_in(page, server, "editor-lorraine")
    page.goto(draft)
    page.wait_for_load_state("networkidle")
    expect(notice_in(page)).to_have_count(0)


def test_unsaved_text_is_kept_beside_a_colleagues_newer_version(editors_browser, draft, server, visit):
    colleague = visit()
    resume_session(colleague, server, "siteadmin-lorraine")
    colleague.goto(draft)
    colleague.locator("#id_standfirst").fill("Le chapô d’une collègue.")
    save_draft(colleague)
    expect(colleague.locator(".messages .success")).to_be_visible(timeout=TIMEOUT)

    page = reopen(editors_browser, draft)
    expect(notice_in(page)).to_contain_text("Nothing is overwritten")
    expect(difference(page, "Standfirst").locator("del")).to_have_text("Le chapô d’une collègue.")
    notice_in(page).get_by_role("button", name="Compare").click()

    expect(page.locator(".messages .warning")).to_contain_text("kept as a separate version", timeout=TIMEOUT)
    expect(page.locator("main .comparison").last).to_contain_text("jamais reçu")
    again = reopen(editors_browser, draft)
    expect(again.locator("#id_standfirst")).to_have_value("Le chapô d’une collègue.")
    expect(notice_in(again)).to_have_count(0)


def test_text_and_blocks_are_restored(editor, draft):
    block_saves(editor)
    paragraph = editor.locator("[data-contentpath=body] [contenteditable=true]").first
    paragraph.click()
    editor.keyboard.press("Control+End")
    editor.keyboard.type(" Une phrase de plus.")
    expect(paragraph).to_contain_text("Une phrase de plus.")
    editor.evaluate(AWAIT_COPIES, "Une phrase de plus.")
    close(editor)

    page = reopen(editor.context, draft)
    expect(notice_in(page).locator("ins").first).to_contain_text("Une phrase de plus.")
    expect(notice_in(page).locator("dt")).to_have_count(1)
    notice_in(page).get_by_role("button", name="Restore").click()
    expect(page.locator(".messages .success")).to_be_visible(timeout=TIMEOUT)
    expect(page.locator("[data-contentpath=body] [contenteditable=true]").first).to_contain_text("Une phrase de plus.")


def test_text_written_without_a_pause_is_restored(editor, draft):
    block_saves(editor)
    editor.locator("[data-contentpath=body] [contenteditable=true]").first.click()
    editor.keyboard.press("End")
    editor.keyboard.type(" Cette phrase se tape d’un seul trait, sans que la main ne s’arrête.", delay=40)
    editor.close()

    page = reopen(editor.context, draft)

    expect(difference(page, "Text").locator("ins")).to_contain_text("Cette phrase se tape d’un seul trait")


def test_new_event_in_a_closed_tab_is_restored(server, visit):
    organiser = visit()
    resume_session(organiser, server, "organiser-lorraine")
    key = page_id(organiser, server, "type=events.CalendarPage&slug=agenda")
    address = f"{server}/admin/pages/add/events/eventpage/{key}/"
    organiser.goto(address)
    block_saves(organiser)
    organiser.get_by_placeholder("Page title").fill("Nuit des aciéries")
    organiser.locator("#id_start").fill("1.12.2027 18h")
    organiser.locator("#id_start").blur()
    expect(organiser.locator("#id_start")).to_have_value("01/12/2027 18:00")
    organiser.locator("#id_standfirst").fill("Une nuit de visites.")
    close(organiser)

    page = reopen(organiser.context, address)
    expect(difference(page, "Start")).to_contain_text("01/12/2027 18:00")
    notice_in(page).get_by_role("button", name="Restore").click()
    expect(page.locator(".messages .success")).to_be_visible(timeout=TIMEOUT)
    expect(page.locator("#id_start")).to_have_value("01/12/2027 18:00")


@pytest.fixture
def weekly(server, visit) -> Page:
    """The window of an organiser who has made a new event weekly, with an autosave since."""
    organiser = visit()
    resume_session(organiser, server, "organiser-lorraine")
    key = page_id(organiser, server, "type=events.CalendarPage&slug=agenda")
    organiser.goto(f"{server}/admin/pages/add/events/eventpage/{key}/")
    organiser.get_by_placeholder("Page title").fill(f"Nuit des tuileries {uuid4().hex[:8]}")
    organiser.locator("#id_start").fill("2.12.2027 18h")
    with organiser.expect_response(lambda response: b"WEEKLY" in (response.request.post_data_buffer or b"")):
        organiser.get_by_label("weekly").check()
    autosaved(organiser)
    expect(organiser).to_have_url(re.compile(r"/edit/$"))
    return organiser


def test_only_what_was_written_is_offered_of_a_new_series(weekly):
    block_saves(weekly)
    address, context = weekly.url, weekly.context
    weekly.locator("#id_standfirst").fill(WRITTEN)
    close(weekly)

    page = reopen(context, address)

    expect(difference(page, "Standfirst").locator("ins")).to_have_text(WRITTEN)
    expect(notice_in(page).locator("dt")).to_have_count(1)


def test_number_that_the_server_added_to_the_address_is_not_a_difference(weekly, server):
    page, title = weekly, weekly.get_by_placeholder("Page title").input_value()
    key = page_id(page, server, "type=events.CalendarPage&slug=agenda")
    page.goto(f"{server}/admin/pages/add/events/eventpage/{key}/")
    page.get_by_placeholder("Page title").fill(title)
    page.locator("#id_start").fill("3.12.2027 18h")
    autosaved(page)
    expect(page).to_have_url(re.compile(r"/edit/$"))
    block_saves(page)
    address, context = page.url, page.context
    page.locator("#id_standfirst").fill(WRITTEN)
    close(page)

    page = reopen(context, address)

    expect(page.locator("#id_slug")).to_have_value(re.compile("-2$"))
    expect(notice_in(page).locator("dt")).to_have_text(["Standfirst"])


def test_number_of_dates_in_a_closed_tab_is_offered(weekly):
    weekly.get_by_label("Ends", exact=True).select_option("count")
    number = weekly.get_by_label("Number of dates")
    saved = b'name="recurrence-count"\r\n\r\n9'
    with weekly.expect_response(lambda response: saved in (response.request.post_data_buffer or b"")):
        number.fill("9")
    autosaved(weekly)
    block_saves(weekly)
    address, context = weekly.url, weekly.context
    number.fill("7")
    weekly.evaluate(AWAIT_COPIES, '"recurrence-count","7"')
    close(weekly)

    page = reopen(context, address)

    expect(difference(page, "When").locator("ins")).to_contain_text("7")


def test_invalid_value_in_a_closed_tab_is_offered_with_its_error(server, visit):
    organiser = visit()
    resume_session(organiser, server, "organiser-lorraine")
    key = page_id(organiser, server, "type=events.CalendarPage&slug=agenda")
    organiser.goto(f"{server}/admin/pages/add/events/eventpage/{key}/")
    organiser.get_by_placeholder("Page title").fill("Nuit des verreries")
    autosaved(organiser)
    organiser.locator("#id_start").fill("31 février")
    expect(organiser.locator("[data-save-state=partly]")).to_contain_text("Not saved: Start", timeout=TIMEOUT)
    address = organiser.url
    close(organiser)

    page = reopen(organiser.context, address)
    expect(difference(page, "Start").locator("ins")).to_have_text("31 février")
    notice_in(page).get_by_role("button", name="Restore").click()
    expect(page.locator("[data-contentpath=start] .error-message")).to_be_visible(timeout=TIMEOUT)
    expect(page.locator("#id_start")).to_have_value("31 février")


def test_save_state_line_says_when_it_is_offline(editor, draft):
    line = editor.locator("[data-save-state-line]")
    editor.context.set_offline(True)
    expect(line).to_have_text("No connection: what you write is stored in this browser.")
    editor.locator("#id_standfirst").fill("Écrit dans le train.")
    expect(line).to_contain_text("Not saved", timeout=TIMEOUT)
    expect(line).to_contain_text("No connection: what you write is stored in this browser.")

    editor.context.set_offline(False)

    autosaved(editor)
    expect(line).not_to_contain_text("No connection")
    editor.evaluate(AWAIT_COPIES, "")
    again = reopen(editor.context, draft)
    expect(again.locator("#id_standfirst")).to_have_value("Écrit dans le train.")


def test_text_written_offline_survives_closing_the_tab(editor, draft):
    context = editor.context
    context.set_offline(True)
    editor.locator("#id_standfirst").fill("Écrit dans le tunnel.")
    close(editor)
    context.set_offline(False)

    page = reopen(context, draft)

    expect(difference(page, "Standfirst").locator("ins")).to_have_text("Écrit dans le tunnel.")


def test_saved_text_leaves_no_copy(editor, draft):
    editor.locator("#id_standfirst").fill("Écrit et enregistré.")
    save_draft(editor)
    expect(editor.locator(".messages .success")).to_be_visible(timeout=TIMEOUT)

    editor.evaluate(AWAIT_COPIES, "")
    expect(notice_in(editor)).to_have_count(0)


def test_keystroke_during_a_save_has_a_copy(editor, draft):
    editor.locator("[data-contentpath=body] [contenteditable=true]").first.click()
    editor.keyboard.press("End")
    editor.evaluate(SAVE_AT_A_KEYSTROKE)

    editor.keyboard.type("§")

    assert "§" in "".join(editor.evaluate("window.copiesOnceSaved"))


def test_text_in_an_open_tab_is_not_offered_in_another(editor, draft):
    block_saves(editor)
    editor.locator("#id_standfirst").fill("Encore ouvert.")
    expect(editor.locator("form[data-is-copied]")).to_be_attached(timeout=TIMEOUT)

    other = reopen(editor.context, draft)
    other.wait_for_load_state("networkidle")

    expect(notice_in(other)).to_have_count(0)
    assert len(other.evaluate(STORED)) == 1


def test_text_written_while_the_portal_is_read_only_survives(editor, draft, run_on_server):
    command = "from django.core.management import call_command; call_command('read_only', {})"
    line = editor.locator("[data-save-state-line]")
    run_on_server(command.format("'on', why='Until two.', wait=0"))
    try:
        editor.locator("#id_standfirst").fill("Écrit pendant le déménagement.")
        expect(line).to_contain_text("Not saved", timeout=TIMEOUT)
        close(editor)
    finally:
        run_on_server(command.format("'off'"))

    page = reopen(editor.context, draft)
    expect(difference(page, "Standfirst").locator("ins")).to_have_text("Écrit pendant le déménagement.")
