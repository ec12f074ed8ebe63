"""An editor whose session ends while writing signs in again without losing text, in every open window."""

from playwright.sync_api import Page, expect

from tests.journeys.newsroom import PASSWORD, TIMEOUT, autosaved, log_in, save_draft


def end_session(page: Page) -> None:
    page.context.clear_cookies(name="sessionid")


def sign_in_again(page: Page, username: str) -> None:
    dialog = page.get_by_role("dialog", name="You are signed out")
    dialog.get_by_label("User name").fill(username)
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()


def test_text_survives_the_end_of_the_session(editor, draft):
    editor.locator("#id_standfirst").fill("Commencé le soir.")
    autosaved(editor)
    end_session(editor)
    editor.locator("#id_standfirst").fill("Commencé le soir, fini le lendemain.")

    # The autosave fails and checks the session; a message says so, to screen readers too.
    expect(editor.locator("[data-save-state-line]")).to_contain_text("Not saved since", timeout=TIMEOUT)
    expect(editor.locator("[data-save-state-line]")).to_contain_text("You are signed out.", timeout=TIMEOUT)
    expect(editor.locator("[data-save-state-news]")).to_contain_text("You are signed out.")
    expect(editor.get_by_text("Saved at")).to_have_count(0)
    sign_in_again(editor, "editor-lorraine")

    expect(editor.get_by_role("dialog", name="You are signed out")).to_have_count(0)
    autosaved(editor)
    editor.goto(draft)
    expect(editor.locator("#id_standfirst")).to_have_value("Commencé le soir, fini le lendemain.")


def test_both_windows_work_after_signing_in_again(editor, drafts):
    other = editor.context.new_page()
    other.goto(drafts.pop())
    for page in (editor, other):
        page.locator("#id_standfirst").fill("Commencé le soir.")
        autosaved(page)
    end_session(editor)
    for page in (editor, other):
        page.locator("#id_standfirst").fill("Fini le lendemain.")
        expect(page.get_by_role("dialog", name="You are signed out")).to_be_visible(timeout=TIMEOUT)

    # The first sign-in replaces the CSRF token of the other window.
    for page in (editor, other):
        sign_in_again(page, "editor-lorraine")
        expect(page.get_by_role("dialog", name="You are signed out")).to_have_count(0)
        autosaved(page)


def test_window_works_after_a_sign_in_elsewhere(editor, draft, server):
    editor.locator("#id_standfirst").fill("Commencé le soir.")
    autosaved(editor)
    end_session(editor)
    log_in(editor.context.new_page(), server, "editor-lorraine")

    editor.locator("#id_standfirst").fill("Fini le lendemain.")

    expect(editor.locator("[data-save-state=saved]")).to_have_count(0)
    autosaved(editor)
    editor.goto(draft)
    expect(editor.locator("#id_standfirst")).to_have_value("Fini le lendemain.")


def test_manual_save_after_the_end_of_the_session_arrives(editor):
    editor.locator("#id_standfirst").fill("Envoyé le lendemain.")
    autosaved(editor)
    end_session(editor)

    editor.get_by_role("button", name="Send for review").click()
    sign_in_again(editor, "editor-lorraine")

    expect(editor.locator(".messages .success")).to_contain_text("for review", timeout=TIMEOUT)


def test_another_user_cannot_save_a_text_left_open(editor):
    editor.locator("#id_standfirst").fill("Le texte d’Élise.")
    autosaved(editor)
    end_session(editor)

    save_draft(editor)
    sign_in_again(editor, "approver-lorraine")

    expect(editor.get_by_role("dialog", name="You are signed out")).to_contain_text("this page was opened by")
    expect(editor.locator("#id_standfirst")).to_have_value("Le texte d’Élise.")
