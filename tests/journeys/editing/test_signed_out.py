"""Whoever is signed out while they write signs in again over their text, in each of their windows."""

from playwright.sync_api import Page, expect

from tests.journeys.newsroom import PASSWORD, TIMEOUT, autosaved, log_in, save_draft


def end_session(page: Page) -> None:
    page.context.clear_cookies(name="sessionid")


def sign_in_again(page: Page, username: str) -> None:
    dialog = page.get_by_role("dialog", name="You are signed out")
    dialog.get_by_label("User name").fill(username)
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()


def test_text_outlives_the_session_in_which_it_was_written(editor, draft):
    editor.locator("#id_standfirst").fill("Commencé le soir.")
    autosaved(editor)
    end_session(editor)
    editor.locator("#id_standfirst").fill("Commencé le soir, fini le lendemain.")

    # The autosave fails, and asks why; one line says so, to those who do not see it as well.
    expect(editor.locator("[data-save-state-line]")).to_contain_text("Not saved since", timeout=TIMEOUT)
    expect(editor.locator("[data-save-state-line]")).to_contain_text("You are signed out.", timeout=TIMEOUT)
    expect(editor.locator("[data-save-state-news]")).to_contain_text("You are signed out.")
    expect(editor.get_by_text("Saved at")).to_have_count(0)
    sign_in_again(editor, "editor-lorraine")

    expect(editor.get_by_role("dialog", name="You are signed out")).to_have_count(0)
    autosaved(editor)
    editor.goto(draft)
    expect(editor.locator("#id_standfirst")).to_have_value("Commencé le soir, fini le lendemain.")


def test_each_of_two_windows_goes_on_after_somebody_signs_in_again(editor, drafts):
    other = editor.context.new_page()
    other.goto(drafts.pop())
    for page in (editor, other):
        page.locator("#id_standfirst").fill("Commencé le soir.")
        autosaved(page)
    end_session(editor)
    for page in (editor, other):
        page.locator("#id_standfirst").fill("Fini le lendemain.")
        expect(page.get_by_role("dialog", name="You are signed out")).to_be_visible(timeout=TIMEOUT)

    # What the first one signs in with ends the token of the other.
    for page in (editor, other):
        sign_in_again(page, "editor-lorraine")
        expect(page.get_by_role("dialog", name="You are signed out")).to_have_count(0)
        autosaved(page)


def test_window_that_noticed_nothing_of_another_sign_in_goes_on(editor, draft, server):
    editor.locator("#id_standfirst").fill("Commencé le soir.")
    autosaved(editor)
    end_session(editor)
    log_in(editor.context.new_page(), server, "editor-lorraine")

    editor.locator("#id_standfirst").fill("Fini le lendemain.")

    expect(editor.locator("[data-save-state=saved]")).to_have_count(0)
    autosaved(editor)
    editor.goto(draft)
    expect(editor.locator("#id_standfirst")).to_have_value("Fini le lendemain.")


def test_what_is_sent_by_hand_after_the_session_ended_arrives(editor):
    editor.locator("#id_standfirst").fill("Envoyé le lendemain.")
    autosaved(editor)
    end_session(editor)

    editor.get_by_role("button", name="Send for review").click()
    sign_in_again(editor, "editor-lorraine")

    expect(editor.locator(".messages .success")).to_contain_text("for review", timeout=TIMEOUT)


def test_somebody_else_does_not_save_under_a_text_that_was_left_open(editor):
    editor.locator("#id_standfirst").fill("Le texte d’Élise.")
    autosaved(editor)
    end_session(editor)

    save_draft(editor)
    sign_in_again(editor, "approver-lorraine")

    expect(editor.get_by_role("dialog", name="You are signed out")).to_contain_text("this page was opened by")
    expect(editor.locator("#id_standfirst")).to_have_value("Le texte d’Élise.")
