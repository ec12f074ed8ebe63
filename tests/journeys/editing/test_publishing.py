"""An editor writes an article, an approver publishes it, and readers find it at its place and nowhere else."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.newsroom import (
    add_block,
    choose_topic,
    last_block,
    log_in,
    resume_session,
    save,
    send_for_review,
    upload_image,
    write_rich_text,
)

TITLE = "La forge de Longwy rallume son marteau-pilon"
STANDFIRST = "Arrêtée depuis onze ans, la machine de douze tonnes frappe de nouveau pour deux jeunes ateliers."


def write_article(page: Page, photo) -> None:
    page.get_by_placeholder("Page title").fill(TITLE)
    page.locator("#id_standfirst").fill(STANDFIRST)
    lead = page.locator("#panel-child-content-lead_image-section, [id*=lead_image]").get_by_role(
        "button", name="Choose an image"
    )
    upload_image(page, lead.first, photo, "Le marteau-pilon de Longwy")
    page.locator("#id_lead_image_alt").fill("Un marteau-pilon dans une halle sombre")

    page.get_by_role("link", name="Choose at least one topic").click()
    choose_topic(page, "Industrie")

    add_block(page, "Paragraph")
    write_rich_text(page, "Le premier coup a fait trembler les vitres de la rue voisine.")
    add_block(page, "Heading")
    last_block(page).locator("input[type=text]").fill("Douze tonnes, trois hommes")
    add_block(page, "Quote")
    last_block(page).locator("textarea").fill("On ne dirige pas cette machine, on l’écoute.")
    add_block(page, "Call-out")
    last_block(page).locator("input[type=text]").fill("Visites")
    write_rich_text(page, "La halle ouvre le premier samedi du mois.")
    add_block(page, "Key figures")
    figures = last_block(page).locator("input[type=text]")
    figures.nth(1).fill("12 t")
    figures.nth(2).fill("le poids de la masse")


@pytest.mark.usefixtures("no_reviews")
def test_article_goes_from_editor_through_approver_to_readers(server, visit, photo):
    editor = visit()
    log_in(editor, server, "editor-lorraine")
    editor.goto(f"{server}/admin/pages/")
    editor.goto(f"{server}/admin/pages/add/articles/articlepage/{industry_key(editor)}/")
    write_article(editor, photo)
    save(editor)
    expect(editor.locator("[data-checklist-findings] li")).to_have_text(["A byline: say who wrote it."])
    expect(editor.locator("[data-checklist-status]")).to_have_text(
        "Nothing is left to do: this page can be sent for review."
    )
    assert editor.get_by_role("button", name="Publish", exact=True).count() == 0
    send_for_review(editor)

    reader = visit(width=360)
    address = f"{server}/fr/developpement-economique/industrie/la-forge-de-longwy-rallume-son-marteau-pilon/"
    assert reader.goto(address).status == 404

    approver = visit()
    resume_session(approver, server, "approver-lorraine")
    approver.goto(f"{server}/admin/")
    approver.get_by_role("link", name=TITLE).first.click()
    approver.get_by_role("button", name="Approve").click()
    expect(approver.locator(".messages .success")).to_be_visible()

    assert reader.goto(address).status == 200
    expect(reader.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(reader.get_by_text("on l’écoute")).to_be_visible()
    expect(reader.get_by_role("heading", name="Douze tonnes, trois hommes")).to_be_visible()
    for place in ("/fr/", "/fr/developpement-economique/", "/fr/developpement-economique/industrie/"):
        reader.goto(server + place)
        expect(reader.get_by_role("link", name=TITLE).first).to_be_visible()
    reader.goto(f"{server}/fr/developpement-economique/industrie/thionville-fonderie-four-electrique/")
    expect(reader.get_by_role("link", name=TITLE).first).to_be_visible()
    for other in ("saar", "lux"):
        for path in ("/fr/", "/de/", "/fr/actualites/", "/de/nachrichten/"):
            reader.goto(server.replace("localhost", f"{other}.localhost") + path)
            assert TITLE not in reader.content()


def industry_key(page: Page) -> str:
    """The key of the section, from its address in the explorer."""
    page.get_by_role("row").filter(has_text="French").get_by_role("link", name="Explore child pages").click()
    for title in ("Développement économique", "Industrie"):
        row = page.get_by_role("row").filter(has=page.get_by_role("link", name=title, exact=True))
        row.get_by_role("link", name="Explore child pages").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    return page.url.rstrip("/").rsplit("/", 1)[1]
