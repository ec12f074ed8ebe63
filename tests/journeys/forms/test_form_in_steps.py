"""A reader on a phone fills in a form in steps, with a condition and a file; the newsroom handles the message."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.newsroom import TIMEOUT, resume_session
from tests.journeys.pages import accessibility_violations

PHONE = {"width": 390, "has_touch": True, "is_mobile": True}
TITLE = "Appel à projets bois"
READER = "odile.marchal@reader.example"
FORM = """
from wagtail.models import Site
from home.models import FormField, FormPage
home = Site.objects.get(is_default_site=True).root_page
FormPage.objects.filter(title="Appel à projets bois").delete()
page = FormPage(title="Appel à projets bois", slug="appel-a-projets-bois", locale=home.locale)
company = {"shown_if": "Vous êtes", "shown_if_value": "Une entreprise"}
fields = [
    ("Vous êtes", "radio", {"choices": "Une entreprise\\nUne personne"}),
    ("Raison sociale", "singleline", company),
    ("Adresse", "email", {"begins_step": True}),
    ("Votre projet", "multiline", {}),
    ("Dossier", "file", {"file_types": "pdf", "begins_step": True}),
]
page.form_fields = [
    FormField(sort_order=number, label=label, field_type=kind, **more)
    for number, (label, kind, more) in enumerate(fields)
]
home.add_child(instance=page)
page.save_revision().publish()
print(page.full_url, page.pk)
"""


@pytest.fixture
def form(server, run_on_server) -> tuple[str, str]:
    """The public address of a form in three steps, and its page's key."""
    address, key = run_on_server(FORM).split()
    return address, key


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).tap()


def begin(reader: Page, address: str) -> None:
    reader.goto(address)
    expect(reader.get_by_text("Étape 1 sur 3")).to_be_visible()
    reader.get_by_label("Une entreprise").check()
    reader.get_by_label("Raison sociale").press_sequentially("Scierie des Hautes-Vosges", delay=20)
    press(reader, "Suivant")
    expect(reader.get_by_text("Étape 2 sur 3")).to_be_visible()


def test_question_appears_and_disappears_with_the_answer_above(form, visit):
    reader = visit(**PHONE)
    reader.goto(form[0])
    company = reader.get_by_label("Raison sociale")
    expect(company).to_be_hidden()

    reader.get_by_label("Une entreprise").check()
    expect(company).to_be_visible()
    reader.get_by_label("Une personne").check()
    expect(company).to_be_hidden()

    press(reader, "Suivant")
    # The hidden question was required.
    expect(reader.locator("#id_adresse")).to_be_visible()


def test_mistyped_address_is_explained_and_going_back_loses_nothing(form, visit):
    reader = visit(**PHONE)
    begin(reader, form[0])
    reader.get_by_label("Votre projet").fill("Un séchoir solaire.\nPour trois scieries.")
    reader.locator("#id_adresse").fill("odile.marchal@reader")
    press(reader, "Suivant")

    expect(reader.locator(".form-errors li")).to_have_count(1)
    reader.locator(".form-errors a").tap()
    expect(reader.locator("#id_adresse")).to_be_focused()
    expect(reader.locator("#id_adresse")).to_have_value("odile.marchal@reader")
    assert accessibility_violations(reader) == []
    assert reader.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    press(reader, "Retour")
    expect(reader.get_by_label("Raison sociale")).to_have_value("Scierie des Hautes-Vosges")
    press(reader, "Suivant")
    expect(reader.locator("#id_adresse")).to_have_value("odile.marchal@reader")
    expect(reader.get_by_label("Votre projet")).to_have_value("Un séchoir solaire.\nPour trois scieries.")


def test_message_with_a_file_is_found_and_assigned_by_the_newsroom(form, server, visit, tmp_path):
    address, key = form
    reader, administrator = visit(**PHONE), visit()
    begin(reader, address)
    reader.locator("#id_adresse").fill(READER)
    reader.get_by_label("Votre projet").fill("Un séchoir solaire.")
    press(reader, "Suivant")
    file = tmp_path / "dossier.pdf"
    file.write_bytes(b"%PDF-1.7 dossier")
    reader.locator("#id_dossier").set_input_files(file)
    assert accessibility_violations(reader) == []
    # A form that is sent at once is refused.
    reader.wait_for_timeout(2500)
    press(reader, "Envoyer")
    expect(reader.get_by_role("heading", level=1)).to_have_text("Merci, votre envoi nous est bien parvenu.")

    resume_session(administrator, server, "siteadmin-lorraine")
    administrator.goto(f"{server}/admin/forms/submissions/{key}/")
    row = administrator.get_by_role("row").filter(has_text=READER)
    expect(row).to_contain_text("New")
    row.locator(".title a").click()
    with administrator.expect_download() as download:
        administrator.get_by_role("link", name="dossier.pdf").click()
    assert download.value.path().read_bytes() == file.read_bytes()
    administrator.get_by_label("Status").select_option(label="In progress")
    person = administrator.get_by_label("Assigned to")
    name = person.locator("option").nth(1).inner_text()
    person.select_option(label=name)
    administrator.get_by_role("button", name="Save").click()
    expect(administrator.locator("[data-message-history]")).to_contain_text(
        f"Status: New → In progress; Assigned to {name}", timeout=TIMEOUT
    )
    administrator.get_by_role("link", name="All messages").click()
    expect(administrator).to_have_url(re.compile(rf"/admin/forms/submissions/{key}/"))
    expect(administrator.get_by_role("row").filter(has_text=READER)).to_contain_text(name)


def test_newsroom_of_another_site_does_not_find_the_message(form, server, visit):
    stranger = visit()
    resume_session(stranger, server, "siteadmin-saar")
    stranger.goto(f"{server}/admin/forms/")

    expect(stranger.get_by_role("heading", level=1)).to_be_visible()
    expect(stranger.get_by_text(TITLE)).to_have_count(0)
