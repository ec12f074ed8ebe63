"""A site is created, its team invited, its first story published, translated, and shared with another site."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.editing.test_translating import write, write_rich
from tests.journeys.mailbox import Mailbox, link_in
from tests.journeys.newsroom import (
    TIMEOUT,
    add_block,
    choose_topic,
    log_in,
    resume_session,
    save,
    send_for_review,
    upload_image,
    write_rich_text,
)
from tests.journeys.pages import accessibility_violations, at

TITLE = "La scierie de Gérardmer double ses équipes"
STANDFIRST = "Vingt personnes de plus scient l’épicéa depuis lundi."
LORRAINE = "L’Élan lorrain"
# The members' password; the demo's is too easily guessed.
CHOSEN = "vingt-trois mirabelles"
TEAM = {"elise.marchal": "Editor", "anton.weber": "Approver"}
GERMAN = "Das Sägewerk von Gérardmer verdoppelt seine Schichten"


def create_site(page: Page, server: str) -> None:
    page.goto(f"{server}/admin/sites/create/")
    page.get_by_label("Host").fill("vosges.localhost")
    page.get_by_label("Name", exact=False).first.fill("Vosges Éco")
    page.locator("#id_own_language").select_option("fr")
    page.get_by_label("German").check()
    page.locator("#id_theme").select_option("forest")
    page.get_by_role("button", name="Create the site").click()
    # Another journey may have left a message about the trash, which stays for a minute.
    created = page.locator(".messages .success").filter(has_text="Vosges Éco was created")
    expect(created).to_be_visible(timeout=TIMEOUT)


def invite(page: Page, server: str, mailbox: Mailbox, username: str, role: str) -> str:
    """Invite somebody whose username is first.last; return the URL where they set a password."""
    page.goto(f"{server}/admin/office/people/add/")
    first_name, last_name = username.split(".")
    page.fill("#id_first_name", first_name.title())
    page.fill("#id_last_name", last_name.title())
    page.fill("#id_email", f"{username}@vosges.example")
    site = page.get_by_role("group", name="Vosges Éco", exact=True)
    site.get_by_role("checkbox", name=re.compile(f"^{role}: ")).check()
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.locator(".messages .success")).to_be_visible()
    assert "http" not in page.locator(".messages").inner_text()
    return link_in(mailbox.wait_for(f"{username}@vosges.example", lambda text: username in text), "/admin/invitation/")


def join(page: Page, link: str, site: str, username: str) -> None:
    page.goto(link)
    page.fill("#id_new_password1", CHOSEN)
    page.fill("#id_new_password2", CHOSEN)
    page.locator("form button[type=submit]").click()
    expect(page.locator(".messages .success")).to_contain_text("Bienvenue")
    log_in(page, site, username, CHOSEN)


def write_story(page: Page, site: str, photo) -> None:
    page.goto(f"{site}/admin/pages/")
    row = page.get_by_role("row").filter(has_text="Vosges Éco").filter(has_text="French")
    row.get_by_role("link", name="Explore child pages").click()
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="À la une", exact=True))
    row.get_by_role("link", name="Explore child pages").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("À la une")
    page_id = page.url.rstrip("/").rsplit("/", 1)[1]
    page.goto(f"{site}/admin/pages/add/articles/articlepage/{page_id}/")
    page.get_by_placeholder("Page title").fill(TITLE)
    page.locator("#id_standfirst").fill(STANDFIRST)
    opener = page.locator("[id*=lead_image]").get_by_role("button", name="Choose an image")
    upload_image(page, opener.first, photo, "La scierie")
    page.locator("#id_lead_image_alt").fill("Des grumes devant une scie")
    add_block(page, "Paragraph")
    write_rich_text(page, "La seconde équipe commence à treize heures.")
    choose_topic(page, "Industrie")
    save(page)


def approve_on_the_board(page: Page, site: str) -> None:
    page.goto(f"{site}/admin/translations/")
    page.get_by_label(TITLE, exact=True).check()
    page.get_by_role("button", name="Publish or send for review").click()


def test_new_site_publishes_translates_and_shares_its_first_story(server, visit, photo, mailbox):
    site = at(server, "vosges", "")
    administrator = visit()
    resume_session(administrator, server, "admin")
    create_site(administrator, server)
    links = {name: invite(administrator, server, mailbox, name, role) for name, role in TEAM.items()}

    editor, approver = visit(), visit()
    join(editor, links["elise.marchal"], site, "elise.marchal")
    join(approver, links["anton.weber"], site, "anton.weber")

    write_story(editor, site, photo)
    story = editor.url
    send_for_review(editor)
    approver.goto(f"{site}/admin/")
    approver.get_by_role("link", name=TITLE).first.click()
    approver.get_by_role("button", name="Approve").click()
    expect(approver.locator(".messages .success")).to_be_visible()

    reader = visit(width=360)
    address = f"{site}/fr/a-la-une/la-scierie-de-gerardmer-double-ses-equipes/"
    assert reader.goto(address).status == 200
    expect(reader.get_by_role("heading", level=1)).to_have_text(TITLE)
    assert reader.locator("link[hreflang=de]").count() == 0

    editor.goto(f"{site}/admin/translations/?state=missing")
    assert accessibility_violations(editor) == []
    editor.get_by_label(TITLE, exact=True).check()
    editor.get_by_role("button", name="Begin", exact=True).click()
    expect(editor.locator(".messages .success")).to_contain_text("1 translation started")
    editor.goto(f"{site}/admin/translations/?state=work")
    editor.locator(".board tbody td.title a").filter(has_text=TITLE).last.click()
    expect(editor).to_have_url(re.compile(r"/translations/\d+/$"), timeout=TIMEOUT)
    write(editor, "Title", GERMAN)
    write(editor, "Standfirst", "Zwanzig Leute mehr sägen seit Montag Fichtenholz.")
    write(editor, "Alternative text", "Stämme vor einer Säge")
    write_rich(editor, 0, "Die zweite Schicht beginnt um dreizehn Uhr.")
    expect(editor.locator(".side-by-side__count")).to_contain_text("passages are translated", timeout=TIMEOUT)
    approve_on_the_board(editor, site)
    expect(editor.locator(".messages .success")).to_contain_text("1 translation awaits review")
    approve_on_the_board(approver, site)
    expect(approver.locator(".messages .success")).to_contain_text("1 translation published")

    reader.goto(address)
    reader.locator(".translations a").first.click()
    expect(reader.get_by_role("heading", level=1)).to_have_text(GERMAN)
    assert reader.locator("link[hreflang=x-default]").get_attribute("href") == address

    assert reader.goto(f"{site}/robots.txt").text().count("Disallow: /") >= 1
    administrator.goto(f"{server}/admin/")
    administrator.get_by_role("link", name="Open the site").click()
    expect(administrator.get_by_text("steps are done")).to_be_visible()
    administrator.get_by_role("button", name="Open").click()
    expect(administrator.locator(".messages .success")).to_contain_text("Vosges Éco")

    approver.goto(story.replace("/edit/", "/offer/"))
    approver.get_by_label(LORRAINE).check()
    approver.get_by_role("button", name="Offer").click()
    expect(approver.locator(".messages .success")).to_contain_text(LORRAINE)

    receiver = visit()
    resume_session(receiver, server, "approver-lorraine")
    receiver.goto(f"{server}/admin/shares/")
    receiver.get_by_role("row").filter(has_text=TITLE).get_by_role("link", name="Answer").click()
    places = receiver.locator("#id_place option")
    receiver.locator("#id_place").select_option(label=places.filter(has_text="Talents").first.inner_text())
    receiver.get_by_role("button", name="Show it here").click()
    expect(receiver.locator(".messages .success")).to_contain_text(TITLE)

    assert reader.goto(f"{server}/fr/talents/la-scierie-de-gerardmer-double-ses-equipes/").status == 200
    expect(reader.get_by_text("Vosges Éco").first).to_be_visible()
    assert reader.locator("link[rel=canonical]").get_attribute("href") == address
    reader.goto(f"{server}/fr/talents/")
    expect(reader.get_by_role("link", name=TITLE).first).to_be_visible()
