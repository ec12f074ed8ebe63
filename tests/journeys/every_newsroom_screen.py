"""Every screen of the newsroom, found by links and routes: axe finds no violation, and none is wider than a phone.

It takes minutes, so the suite has only its main screens (`tests/journeys/editing/test_every_newsroom_page.py`), and it runs
by its name: `pytest tests/journeys/every_newsroom_screen.py`.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.newsroom import TIMEOUT, resume_session
from tests.journeys.screens import Screen, Screens, faults, faults_of, faults_of_dialogs, known_screens, violations
from tests.moving.exports import category, export, item

REDIRECTS = "ancienne;nouvelle\n/vieux/;/fr/\n/boucle/;/boucle/\n"
READERS = "Courriel;Date;Ville\nclaire@reader.example;2024-03-01;Metz\nleon@reader.example;;Nancy\nOdd;;\n"
POSTS = export(category("eco", "Économie"), *(item(f"Nouvelle {n}", f"Le texte {n}", wp_id=n) for n in range(1, 4)))


@pytest.fixture
def administrator(server, visit) -> Page:
    page = visit(reduced_motion="reduce")
    resume_session(page, server, "admin")
    return page


@pytest.fixture
def known(server, run_on_server) -> tuple[Screens, dict[str, tuple[int, int]]]:
    return known_screens(server, run_on_server)


def walk(page: Page, screens: Screens) -> str:
    """Open each screen, and those to which it links."""
    found = []
    for screen in screens.rest():
        found += [f"{screen.name} {screen.address}: {fault}" for fault in faults_of(page, screen)]
        screens.add_links(page)
    return "\n".join(found)


def test_screens_with_a_link_and_all_other_routes(administrator, known):
    screens, pages = known
    # Asks for the password again some minutes after the sign-in.
    screens.add("/admin/account/factors/")
    screens.add("/admin/")
    for label, (key, parent) in pages.items():
        screens.add(f"/admin/pages/{key}/edit/", label)
        screens.add(f"/admin/pages/add/{label.replace('.', '/')}/{parent}/")
    screens.add_bulk_actions()

    assert walk(administrator, screens) == ""
    screens.add_routes(administrator.request)
    assert len(screens.seen) > 200
    assert faults(administrator, screens.rest()) == ""
    administrator.goto(f"{screens.server}/admin/pages/{pages['articles.articlepage'][0]}/edit/")
    # That of the privacy opens within a dialog of the page.
    choosers = {name: address for name, address in screens.dialogs.items() if "choose" in name}
    assert faults_of_dialogs(administrator, choosers) == ""


def test_screens_of_a_site_administrator(server, visit):
    page = visit(reduced_motion="reduce")
    resume_session(page, server, "siteadmin-lorraine")
    screens = Screens(server)
    for path in ("", "office/redirects/", "newsletter/", "shares/", "office/people/", "translations/"):
        screens.add(f"/admin/{path}")

    assert faults(page, screens.rest()) == ""


def upload(page: Page, address: str, name: str, content: str) -> None:
    page.goto(address)
    page.locator("main input[type=file]").set_input_files(
        {"name": name, "mimeType": f"text/{Path(name).suffix[1:]}", "buffer": content.encode()}
    )
    for choice in page.locator("main select").all():
        choice.select_option(index=choice.locator("option").count() - 1)
    page.locator("main form").filter(has=page.locator("input[type=file]")).locator("button[type=submit]").click()


def test_list_of_redirects_that_was_checked(administrator, server):
    upload(administrator, f"{server}/admin/office/redirects/import/", "list.csv", REDIRECTS)
    expect(administrator.get_by_role("button", name="Create the redirects")).to_be_visible(timeout=TIMEOUT)

    assert violations(administrator) == []


def test_columns_of_a_list_of_readers(administrator, server):
    upload(administrator, f"{server}/admin/newsletter/subscribers/import/", "list.csv", READERS)
    administrator.wait_for_url("**/subscribers/import/*/")

    assert faults_of(administrator, Screen("columns", administrator.url)) == []


def test_import_from_another_site(administrator, server):
    upload(administrator, f"{server}/admin/office/moving/begin/", "export.xml", POSTS)
    administrator.wait_for_url("**/office/moving/*/", timeout=TIMEOUT)
    expect(administrator.locator("button[value=try]")).to_be_visible(timeout=TIMEOUT)
    assert faults_of(administrator, Screen("proposal", administrator.url)) == []
    administrator.locator("button[value=try]").click()
    expect(administrator.locator("progress")).to_have_count(0, timeout=3 * TIMEOUT)

    assert faults_of(administrator, Screen("dry run", administrator.url)) == []
