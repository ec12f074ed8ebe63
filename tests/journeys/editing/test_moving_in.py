"""A site administrator imports an old site: upload, proposal, dry run, import, report, a story, and undo."""

import re
import secrets
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.newsroom import resume_session
from tests.moving.exports import category, export, item

# Milliseconds for the background tasks of the demo's only worker.
WORK = 60_000
CATEGORY = "Vieux métiers"
COUNT = 5
PHONE = {"width": 390, "has_touch": True, "is_mobile": True}


@pytest.fixture
def old_site() -> str:
    """The host of a site that was never imported, because a second import only imports changes."""
    return f"ancien-{secrets.token_hex(4)}.example"


@pytest.fixture
def old_export(old_site, tmp_path) -> Path:
    posts = [
        item(
            f"Métier {number} de {old_site}",
            f"<p>Le tonnelier de la rue {number} cercle ses fûts à la main.</p>[plan_du_site]",
            wp_id=number,
            link=f"https://{old_site}{old_path(old_site, number)}",
            categories=("metiers",),
        )
        for number in range(1, COUNT + 1)
    ]
    path = tmp_path / "ancien-site.xml"
    path.write_text(export(category("metiers", CATEGORY), *posts, address=f"https://{old_site}"))
    return path


def old_path(old_site: str, number: int) -> str:
    return f"/2024/05/{old_site.partition('.')[0]}-{number}/"


def name_field(page: Page) -> Locator:
    return page.get_by_label(f"Name here of “{CATEGORY}”")


def read_export(page: Page, file: Path) -> None:
    """Fill in the form of a new import, which is open, and wait for the proposal."""
    page.select_option("#id_edition", label="L’Élan lorrain – French")
    page.set_input_files("#id_file", file)
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_role("heading", name="What becomes of what")).to_be_visible(timeout=WORK)


def test_old_site_is_brought_read_at_its_old_addresses_and_taken_back(server, visit, old_site, old_export):
    page, reader = visit(), visit(width=390)
    resume_session(page, server, "siteadmin-lorraine")
    page.goto(f"{server}/admin/")
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("link", name="Moving in").click()
    page.get_by_role("link", name="New import").click()
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_text("Choose a file, or enter an address.")).to_be_visible()
    expect(page.locator("#id_file")).to_be_focused()
    read_export(page, old_export)
    expect(page.get_by_text(f"In the export: posts ({COUNT}).")).to_be_visible()

    at_once = page.get_by_label("is published at once")
    at_once.check()
    section = f"Savoir-faire de {old_site}"
    name_field(page).fill(section)
    name_field(page).press("Enter")
    expect(page.get_by_role("heading", name="Dry run: nothing is stored")).to_be_visible(timeout=WORK)
    expect(page.get_by_text("cannot be shown here (5)")).to_be_visible()
    expect(name_field(page)).to_have_value(section)
    expect(at_once).to_be_checked()

    page.get_by_role("button", name="Import now").click()
    expect(page.get_by_text("Confirm it, or choose drafts.")).to_be_visible()
    page.get_by_label("Yes, publish these texts at once").check()
    page.get_by_role("button", name="Import now").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    # The server is restarted while the page shows the progress.
    page.route(re.compile(r"/moving/\d+/$"), lambda route: route.fulfill(status=503), times=1)
    expect(page.get_by_role("heading", name="Result")).to_be_visible(timeout=WORK)
    expect(page).to_have_title(re.compile("Imported"))
    expect(page.get_by_text(f"new: article ({COUNT})")).to_be_visible()
    imported = page.url

    title = f"Métier 3 de {old_site}"
    page.get_by_role("link", name="Report by page").click()
    page.get_by_role("link", name=title).click()
    words = "Le tonnelier de la rue 3 cercle ses fûts à la main."
    expect(page.get_by_role("region", name="There", exact=True)).to_contain_text(words)
    expect(page.get_by_role("region", name="Here", exact=True)).to_contain_text(words)
    page.get_by_role("main").get_by_role("link", name="Edit", exact=True).click()
    expect(page.locator("[name=title]")).to_have_value(title)

    response = reader.goto(server + old_path(old_site, 3))
    assert response.request.redirected_from.response().status == 301
    expect(reader.get_by_role("heading", level=1)).to_have_text(title)
    expect(reader.get_by_role("main")).to_contain_text(words)

    page.goto(imported)
    page.get_by_text("Take this import back…").click()
    page.get_by_role("button", name="Delete what nobody has edited").click()
    # The stories and their section.
    expect(page.get_by_text(f"pages deleted ({COUNT + 1})")).to_be_visible(timeout=WORK)
    assert reader.goto(server + old_path(old_site, 3)).status == 404


def test_proposal_is_corrected_on_a_phone(server, visit, old_export):
    page = visit(**PHONE)
    resume_session(page, server, "siteadmin-lorraine")
    page.goto(f"{server}/admin/office/moving/begin/")
    read_export(page, old_export)

    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for field in page.locator("main form :is(input:not([type=hidden]), select)").all():
        box = field.bounding_box()
        assert 0 <= box["x"] < box["x"] + box["width"] <= PHONE["width"], field.get_attribute("name")
    page.get_by_label(f"What “{CATEGORY}” becomes").select_option(label="a topic")
    name_field(page).fill("Artisanat")
    page.get_by_role("button", name="Dry run").tap()
    expect(page.get_by_role("heading", name="Dry run: nothing is stored")).to_be_visible(timeout=WORK)
    expect(page.get_by_label(f"What “{CATEGORY}” becomes")).to_have_value("topic")
    expect(name_field(page)).to_have_value("Artisanat")

    page.get_by_text("Remove from this list…").tap()
    page.get_by_role("button", name="Remove from this list").tap()
    expect(page.get_by_text("The import was removed from this list.")).to_be_visible()
