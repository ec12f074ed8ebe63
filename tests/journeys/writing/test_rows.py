"""Rows of lists in the editor: an invalid row shows its error in place; a row with a lost response is saved once."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.newsroom import TIMEOUT, add_author, autosaved, save_draft

AUTHORS = "#panel-child-drawer-authors-section"
ROWS = "[data-inline-panel-child]:not(.deleted)"


def choose_author(page: Page, name: str) -> None:
    dialog = add_author(page)
    dialog.get_by_role("row").filter(has_text=name).get_by_role("checkbox").check(timeout=TIMEOUT)
    dialog.get_by_role("button", name="Confirm selection").click()
    expect(dialog).to_be_hidden()


# This is before the dialog has opened completely.
TICK_EARLY = """() => window.jQuery(document).one("show.bs.modal", ({ target }) => {
    setTimeout(() => target.querySelector("[data-multiple-choice-select]").click());
})"""


def in_database(run_on_server, address: str, name: str) -> list[list[str]]:
    """A list's rows in a page's newest version, and in the database."""
    key = re.search(r"/(\d+)/edit/", address)[1]
    found = run_on_server(
        "from wagtail.models import Page\n"
        f"page = Page.objects.get(pk={key}).specific\n"
        f"for each in (page.get_latest_revision_as_object(), page): print('|'.join(map(str, each.{name}.all())))"
    )
    return [line.split("|") for line in found.strip().split("\n")]


def lose_answers(page: Page, address: str) -> None:
    """Break the network after the server has saved and before the response arrives."""

    def lose(route) -> None:
        if route.request.method == "POST":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route(address, lose)


def test_duplicate_author_is_an_error_and_others_are_saved(editor, run_on_server):
    editor.locator("#id_standfirst").fill("Un chapô.")
    autosaved(editor)
    for name in ("Anne Thill", "Marc Weyland", "Anne Thill"):
        choose_author(editor, name)

    refused = editor.locator(AUTHORS).locator(ROWS).last.locator(".error-message")
    expect(refused).to_have_text("Anne Thill is in the list twice.", timeout=TIMEOUT)
    expect(editor.locator(".error-message").filter(visible=True)).to_have_count(1)
    expect(editor.locator("[data-checklist-status]")).to_contain_text("correct what could not be saved")
    draft, _stored = in_database(run_on_server, editor.url, "bylines")
    assert draft == ["Claire Humbert", "Anne Thill", "Marc Weyland"]


def test_author_with_a_lost_response_is_saved_once(editor, draft, run_on_server):
    editor.locator("#id_standfirst").fill("Un chapô.")
    autosaved(editor)
    lose_answers(editor, draft)
    choose_author(editor, "Anne Thill")
    expect(editor.locator("[data-save-state=failed]")).to_contain_text("Not saved", timeout=TIMEOUT)
    editor.unroute(draft)
    editor.locator("#id_standfirst").fill("Un chapô, écrit plus tard.")
    autosaved(editor)

    expect(editor.locator(AUTHORS).locator(ROWS)).to_have_count(2)
    assert in_database(run_on_server, draft, "bylines") == [["Claire Humbert", "Anne Thill"]] * 2


def test_author_who_is_ticked_while_the_dialog_opens_stays_so(editor):
    editor.evaluate(TICK_EARLY)

    dialog = add_author(editor)

    expect(dialog.locator("[data-chooser-modal-search] input[type=text]").first).to_be_focused()
    expect(dialog.get_by_role("checkbox").first).to_be_checked()
    expect(dialog.get_by_role("button", name="Confirm selection")).to_be_enabled()


def test_row_removed_during_an_autosave_is_removed(editor, draft, run_on_server):
    editor.locator("#id_standfirst").fill("Un chapô.")
    autosaved(editor)
    choose_author(editor, "Anne Thill")
    expect(editor.locator("[data-save-state=saved]")).to_have_count(0, timeout=TIMEOUT)
    autosaved(editor)
    held = []

    def is_save(request) -> bool:
        return request.method == "POST" and request.url == draft

    editor.route(draft, lambda route: route.continue_() if held or not is_save(route.request) else held.append(route))
    with editor.expect_request(is_save):
        editor.locator("#id_standfirst").fill("Un autre chapô.")
    editor.locator(AUTHORS).locator(ROWS).last.get_by_role("button", name="Delete").click()
    # The autosave is released at once, because Wagtail notices changes during a longer one.
    with editor.expect_request(is_save, timeout=TIMEOUT):
        held[0].continue_()
    autosaved(editor)

    draft_rows, _published = in_database(run_on_server, draft, "bylines")
    assert draft_rows == ["Claire Humbert"]


def test_error_of_a_whole_list_is_above_it(editor):
    response = {"note": "Not saved: Author.", "is_partial": True}
    response["not_saved"] = [{"path": ["bylines"], "reason": "This list needs at least 1 entry."}]
    editor.evaluate(
        """(response) => document.querySelector("[data-save-state]").closest("form")
            .dispatchEvent(new CustomEvent("w-autosave:success", { detail: { response } }))""",
        response,
    )

    expect(editor.locator(".error-message").filter(visible=True)).to_have_count(1)
    expect(editor.locator(AUTHORS).locator(".error-message")).to_have_text("This list needs at least 1 entry.")


def test_no_autosave_overtakes_what_is_being_sent(editor, draft):
    editor.locator("#id_standfirst").fill("Écrit et envoyé.")
    autosaved(editor)
    # The browser stays on the page while the server works.
    editor.route(draft, lambda route: route.fulfill(status=204) if route.request.is_navigation_request() else None)
    with editor.expect_response(draft):
        save_draft(editor)

    begins = editor.locator("form[data-edit-form]").evaluate(
        """form => form.dispatchEvent(new CustomEvent("w-autosave:save", { cancelable: true, detail: {} }))"""
    )

    assert not begins
