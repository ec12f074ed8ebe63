"""A recap is drafted, rejected with a comment, corrected, approved from the email and read; a guest reviews a draft."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.mailbox import link_in
from tests.journeys.newsroom import (
    PASSWORD,
    TIMEOUT,
    add_block,
    choose_topic,
    resume_session,
    save,
    save_draft,
    send_for_review,
    upload_image,
    write_rich_text,
)
from tests.journeys.pages import accessibility_violations

TITLE = "Retour sur la nuit des fours de Thionville"
STANDFIRST = "Quatre cents visiteurs ont vu couler la fonte, et vingt d’entre eux sont repartis avec un moule."
COMMENT = "Le nombre de visiteurs n’est pas celui de la mairie : vérifiez-le."
CORRECTED = "Trois cents visiteurs ont vu couler la fonte, et vingt d’entre eux sont repartis avec un moule."
ORGANISER, APPROVER = "organiser@lorraine.example", "approver@lorraine.example"


def key_of(page: Page, server: str, *titles: str) -> str:
    """A page's key on the French site, by its titles in the explorer."""
    page.goto(f"{server}/admin/pages/")
    page.get_by_role("row").filter(has_text="French").get_by_role("link", name="Explore child pages").click()
    for title in titles:
        row = page.get_by_role("row").filter(has=page.get_by_text(title, exact=True))
        row.get_by_role("link", name="Explore child pages").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    found = re.search(r"/admin/pages/(\d+)/", page.url)
    assert found
    return found[1]


def write_recap(page: Page, photo) -> None:
    page.get_by_placeholder("Page title").fill(TITLE)
    page.locator("#id_standfirst").fill(STANDFIRST)
    opener = page.locator("[id*=lead_image]").get_by_role("button", name="Choose an image")
    upload_image(page, opener.first, photo, "Le four de Thionville")
    page.locator("#id_lead_image_alt").fill("De la fonte en fusion coule dans un moule")
    add_block(page, "Paragraph")
    write_rich_text(page, "À minuit, la halle était encore pleine.")
    choose_topic(page, "Industrie")


def log_in_from_mail(page: Page, address: str, username: str) -> None:
    """Follow the link in an email, sign in, and open its page."""
    page.goto(address)
    page.fill("#id_username", username)
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(address)


def test_recap_is_rejected_corrected_and_published(server, visit, mailbox, photo):
    organiser = visit()
    resume_session(organiser, server, "organiser-lorraine")
    key = key_of(organiser, server, "Développement économique", "Agenda")
    organiser.goto(f"{server}/admin/pages/add/events/recappage/{key}/")
    write_recap(organiser, photo)
    save(organiser)
    draft = organiser.url
    send_for_review(organiser)

    request = mailbox.wait_for(APPROVER, lambda text: TITLE in text)
    approver = visit(width=360)
    log_in_from_mail(approver, link_in(request, "/newsroom/answer/"), "approver-lorraine")
    expect(approver.frame_locator(".answer__preview").get_by_role("heading", level=1)).to_have_text(TITLE)
    assert accessibility_violations(approver) == []
    approver.locator("textarea[name=comment]").fill(COMMENT)
    approver.get_by_role("button", name="Send back").click()
    expect(approver.locator(".messages .success")).to_contain_text(TITLE)

    response = mailbox.wait_for(ORGANISER, lambda text: TITLE in text)
    assert f"> {COMMENT}" in response
    organiser.goto(f"{server}/admin/")
    returned = organiser.get_by_role("row").filter(has_text=TITLE)
    expect(returned.first).to_contain_text(COMMENT)
    assert accessibility_violations(organiser) == []
    returned.first.get_by_role("link", name=TITLE).first.click()
    expect(organiser).to_have_url(draft)
    organiser.locator("#id_standfirst").fill(CORRECTED)
    send_for_review(organiser)
    expect(organiser.locator(".messages .success")).to_be_visible()

    request = mailbox.wait_for(APPROVER, lambda text: TITLE in text)
    approver.goto(link_in(request, "/revisions/compare/"))
    expect(approver.get_by_text("Trois", exact=False).first).to_be_visible()
    reader = visit(width=360)
    address = f"{server}/fr/developpement-economique/agenda/retour-sur-la-nuit-des-fours-de-thionville/"
    assert reader.goto(address).status == 404

    approver.goto(link_in(request, "/newsroom/answer/"))
    approver.get_by_role("button", name="Approve").click()
    expect(approver.locator(".messages .success")).to_contain_text(TITLE)

    assert reader.goto(address).status == 200
    expect(reader.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(reader.get_by_text(CORRECTED).first).to_be_visible()
    published = mailbox.wait_for(ORGANISER, lambda text: TITLE in text)
    assert link_in(published, "/fr/developpement-economique/") == address


def test_guest_reads_a_draft_and_agrees(server, visit, mailbox):
    title = "La filature des Vosges se remet à tourner"
    editor = visit()
    resume_session(editor, server, "editor-lorraine")
    editor.goto(f"{server}/admin/pages/add/articles/articlepage/{key_of(editor, server, 'Talents')}/")
    editor.get_by_placeholder("Page title").fill(title)
    editor.locator("#id_standfirst").fill("Une filature que l’on croyait perdue.")
    add_block(editor, "Paragraph")
    write_rich_text(editor, "Les bobines sont revenues de Belgique en camion.")
    save_draft(editor)
    expect(editor).to_have_url(re.compile(r"/admin/pages/\d+/edit/$"), timeout=TIMEOUT)
    key = editor.url.rstrip("/").split("/")[-2]

    approver = visit()
    resume_session(approver, server, "approver-lorraine")
    approver.goto(f"{server}/admin/newsroom/guests/{key}/")
    approver.fill("#id_name", "Marie Keller")
    approver.fill("#id_email", "marie@filature.example")
    approver.select_option("#id_language", "de")
    approver.get_by_role("button", name="Send the link").click()
    expect(approver.locator(".messages .success")).to_contain_text("marie@filature.example")
    # Wagtail fades in its message, and axe would check the colours during the animation.
    approver.reload()
    assert accessibility_violations(approver) == []

    message = mailbox.wait_for("marie@filature.example", lambda text: title in text)
    guest = visit(width=360, java_script_enabled=False)
    address = link_in(message, "/_review/")
    assert guest.goto(address).status == 200
    expect(guest.get_by_role("heading", level=1)).to_have_text(title)
    assert guest.evaluate("document.documentElement.scrollWidth") <= 360
    guest.locator("textarea[name=text]").fill("Sehr schön.")
    guest.locator("button[value=agreed]").click()
    expect(guest.locator(".guest-answer__thanks")).to_be_visible()
    assert guest.context.cookies() == []
    for scheme in ("light", "dark"):
        seeing = visit(width=1280, scheme=scheme)
        seeing.goto(address)
        assert accessibility_violations(seeing) == []

    notification = mailbox.wait_for(APPROVER, lambda text: title in text)
    assert "> Sehr schön." in notification
    approver.goto(f"{server}/admin/newsroom/guests/{key}/")
    approver.get_by_role("button", name="End it").click()
    assert guest.goto(address).status == 404
