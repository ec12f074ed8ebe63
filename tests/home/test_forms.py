"""A form composed by an editor: readers submit it, administrators read the messages, retention deletes them."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core import mail
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text
from wagtail.users.models import UserProfile

from home.forms.pages import FormField
from home.forms.records import FormRecord
from portal.content.personal_data import erase, export
from portal.editorial.roles import Role
from portal.platform.tasks.periodic import run_due
from tests.builders import (
    content_of,
    fill_in,
    make_draft,
    make_form_page,
    newsroom_client,
    work_off,
)

EVERY_FIELD = [
    ("Nom", "singleline"),
    ("Message", "multiline"),
    ("Adresse", "email"),
    ("Effectif", "number", {"required": False}),
    ("Site", "url", {"required": False}),
    ("Accord", "checkbox"),
    ("Thèmes", "checkboxes", {"choices": "Bois\nMétal", "required": False}),
    ("Pays", "dropdown", {"choices": "France\nSarre", "required": False}),
    ("Langues", "multiselect", {"choices": "Français\nAllemand", "required": False}),
    ("Taille", "radio", {"choices": "Petite\nGrande", "help_text": "Moins de <10> ?"}),
    ("Jour", "date", {"required": False}),
    ("Moment", "datetime", {"required": False}),
    ("Source", "hidden", {"default_value": "accueil"}),
]
ANSWERS = {
    "nom": "Anna Berg",
    "message": "Bonjour,\n\nune question.",
    "adresse": "anna@portal.example",
    "accord": "on",
    "themes": ["Bois", "Métal"],
    "taille": "Petite",
    "jour": "2026-12-01",
    "moment": "2026-12-01T09:30",
}


@pytest.fixture
def contact(lorraine):
    return make_form_page(
        lorraine.home,
        "Nous écrire",
        EVERY_FIELD,
        introduction="Une question ?",
        to_address="redaction@portal.example, accueil@portal.example",
        confirmation="Merci, nous répondons sous deux jours.",
        thanks="<p>À bientôt.</p>",
    )


@pytest.fixture
def decoy(saar):
    return make_form_page(saar.home, "Schreiben Sie uns")


def html(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def test_message_is_saved_copied_and_confirmed(lorraine, reader, contact):
    response = fill_in(reader, lorraine.address(contact), **ANSWERS)

    assert (response.status_code, response["Location"]) == (303, f"/fr/_forms/{contact.pk}/sent/")
    thanks = reader.get(response["Location"])
    assert "À bientôt." in thanks.content.decode()
    record = FormRecord.objects.get()
    assert record.form_data["nom"] == "Anna Berg"
    assert record.form_data["themes"] == ["Bois", "Métal"]
    assert record.form_data["source"] == "accueil"
    assert record.site == lorraine.site
    work_off()
    copies = [message for message in mail.outbox if message.to != ["anna@portal.example"]]
    [confirmation] = [message for message in mail.outbox if message.to == ["anna@portal.example"]]
    assert {message.to[0] for message in copies} == {"redaction@portal.example", "accueil@portal.example"}
    assert {tuple(message.reply_to) for message in copies} == {("anna@portal.example",)}
    assert "une question." in copies[0].body
    assert "sous deux jours" in confirmation.body
    assert "Anna" not in confirmation.message().as_string()
    assert confirmation.subject == "Nous écrire"


def test_message_that_could_not_be_saved_is_sent_again(lorraine, reader, contact, monkeypatch):
    form = html(reader.get(lorraine.address(contact))).select_one("form.form")
    values = {each["name"]: each.get("value", "") for each in form.select("input[type=hidden]")} | ANSWERS

    def fail(messages):
        raise OperationalError

    with time_machine.travel(timezone.now() + timedelta(seconds=5)):
        with monkeypatch.context() as broken, pytest.raises(OperationalError):
            broken.setattr("home.forms.views.enqueue", fail)
            reader.post(form["action"], values)
        assert reader.post(form["action"], values).status_code == 303

    assert FormRecord.objects.count() == 1


def test_empty_form_says_what_to_do(lorraine, reader, contact):
    shown = fill_in(reader, lorraine.address(contact), **{**ANSWERS, "nom": "", "accord": "", "taille": ""})

    assert [line.text for line in html(shown).select(".form__field .errorlist li")] == [
        "Veuillez remplir ce champ.",
        "Veuillez cocher cette case.",
        "Veuillez choisir une réponse.",
    ]


def test_form_is_not_cached_and_needs_no_cookie(lorraine, reader, contact):
    response = reader.get(lorraine.address(contact))

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies
    assert response.get("Vary", "") == ""
    assert "csrfmiddlewaretoken" not in response.content.decode()
    page = html(response)
    assert page.select("form[enctype], input[type=file]") == []
    for field in page.select("form.form :is(input, select, textarea):not([type=hidden])"):
        assert page.select(f"label[for={field['id']}]"), field
    assert page.select_one("fieldset legend")
    assert "&lt;10&gt;" in str(page.select_one(".form__help"))


def test_errors_link_to_their_fields_and_keep_the_input(lorraine, reader, contact):
    response = fill_in(
        reader, lorraine.address(contact), **{**ANSWERS, "adresse": "anna@", "accord": "", "taille": "X"}
    )

    assert response.status_code == 422
    page = html(response)
    links = [link["href"] for link in page.select("[role=alert] a")]
    assert len(links) == 3
    for link in links:
        assert page.select_one(link), link
    assert page.select_one("#id_nom")["value"] == "Anna Berg"
    assert "une question." in page.select_one("#id_message").text
    assert {box["value"] for box in page.select("[name=themes][checked]")} == {"Bois", "Métal"}
    assert page.select_one("#id_jour")["value"] == "2026-12-01"
    assert page.select_one("#id_moment")["value"] == "2026-12-01T09:30"
    assert page.select_one("[autofocus]")["role"] == "alert"
    assert page.title.text.startswith(("Error", "Erreur"))
    assert not FormRecord.objects.exists()


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        # A robot must not notice that its message was discarded.
        ({"web-site": "https://spam.example"}, 303),
        ({"form-token": "forged"}, 422),
        ({"adresse": "anna@portal.example\r\nBcc: x@y.example"}, 422),
        ({"nom": "x" * 300}, 422),
        ({"message": "x" * 10_001}, 422),
        ({"effectif": "NaN"}, 422),
        ({"jour": "0000-00-00"}, 422),
        ({"pays": "Lune"}, 422),
    ],
)
def test_messages_of_robots_and_attackers_are_not_saved(lorraine, reader, contact, changed, status):
    response = fill_in(reader, lorraine.address(contact), **{**ANSWERS, **changed})
    work_off()

    assert response.status_code == status
    assert not FormRecord.objects.exists()
    assert mail.outbox == []


@pytest.mark.parametrize("name", ["Anna\r\nBcc: x@y.example", "<script>alert(1)</script>", "=1+1"])
def test_hostile_name_is_escaped_in_the_copy(lorraine, reader, contact, name):
    fill_in(reader, lorraine.address(contact), **{**ANSWERS, "nom": name})
    work_off()

    for message in mail.outbox:
        headers = message.message()
        assert "x@y.example" not in str(headers["Bcc"]) + str(headers["To"]) + str(headers["Subject"])
        assert "<script>" not in message.alternatives[0].content
        assert "<a" not in message.alternatives[0].content


def test_form_that_readers_may_not_see_saves_nothing(lorraine, saar, reader, contact, decoy):
    assert reader.get(f"/fr/_forms/{contact.pk}/")["Location"] == lorraine.address(contact)
    assert reader.get(f"/fr/_forms/{decoy.pk}/").status_code == 404
    assert reader.post(f"/de/_forms/{contact.pk}/", ANSWERS).status_code == 404
    assert reader.get("/fr/_forms/99999999999999999999/").status_code == 404
    make_draft(contact)
    assert reader.post(f"/fr/_forms/{contact.pk}/", ANSWERS).status_code == 410
    assert not FormRecord.objects.exists()


def test_list_of_forms_has_their_languages_and_counts(lorraine, saar, reader, contact, decoy, newsroom):
    make_form_page(lorraine.homes["de"], "Nous écrire")
    for _turn in range(2):
        fill_in(reader, lorraine.address(contact), **ANSWERS)
    fill_in(saar.reader(), saar.address(decoy), nom="Otto", adresse="otto@portal.example")
    administrator = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])

    rows = html(administrator.get(reverse("wagtailforms:index"))).select("tbody tr")

    cells = [[cell.get_text(" ", strip=True) for cell in row.select("td")] for row in rows]
    assert sorted(row[1:4] for row in cells) == [["Nous écrire", "French", "2"], ["Nous écrire", "German", "0"]]
    assert "formpage" not in str(rows).lower()


def test_messages_are_exported_without_formulas(lorraine, reader, contact, newsroom):
    fill_in(reader, lorraine.address(contact), **{**ANSWERS, "nom": "=1+1"})
    administrator = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])
    address = reverse("wagtailforms:list_submissions", args=[contact.pk])

    rows = list(csv.reader(StringIO(content_of(administrator.get(address, {"export": "csv"})).decode("utf-8-sig"))))

    assert len(rows) == 2
    assert "'=1+1" in rows[1]
    assert administrator.get(address, {"export": "xlsx"}).content.startswith(b"PK")


def test_list_has_readable_answers_and_links_to_whole_messages(lorraine, saar, reader, contact, decoy, newsroom):
    long = "Bonjour,\n" + "un mot de plus " * 40 + "et la fin."
    address = "a?bcc=tiers&subject=x@portal.example"
    fill_in(reader, lorraine.address(contact), **{**ANSWERS, "message": long, "adresse": address})
    fill_in(saar.reader(), saar.address(decoy), nom="Otto", adresse="otto@portal.example")
    person = newsroom[Role.SITE_ADMINISTRATOR]
    UserProfile.objects.update_or_create(user=person, defaults={"preferred_language": "fr"})
    administrator = newsroom_client(lorraine, person)

    listed = html(administrator.get(reverse("wagtailforms:list_submissions", args=[contact.pk])))
    heads = [head.get_text(strip=True) for head in listed.select("thead th")]
    cells = [cell.get_text(strip=True) for cell in listed.select("tbody td")]
    row = dict(zip(heads, cells, strict=True))
    assert (row["Accord"], row["Thèmes"], row["Effectif"]) == ("oui", "Bois, Métal", "")

    FormField.objects.filter(page=contact, label="Effectif").delete()
    [link] = [row.select_one("a")["href"] for row in listed.select("tbody tr")]
    page = html(administrator.get(link))
    labels = [each.get_text(strip=True) for each in page.select("dl.message dt")]
    answers = [each.get_text("\n", strip=True) for each in page.select("dl.message dd")]
    message = dict(zip(labels, answers, strict=True))
    assert (message["Nom"], message["Effectif"]) == ("Anna Berg", "–")
    assert message["Message"].startswith("Bonjour,\nun mot")
    assert message["Message"].endswith("et la fin.")
    # The address cannot add a recipient to a reply.
    assert page.select_one('a[href^="mailto:"]')["href"] == "mailto:a%3Fbcc%3Dtiers%26subject%3Dx@portal.example"
    foreign = reverse("form_record", args=[contact.pk, FormRecord.objects.get(page=decoy).pk])
    assert administrator.get(foreign).status_code == 404


def test_messages_of_one_person_are_exported_and_erased(lorraine, reader, contact):
    fill_in(reader, lorraine.address(contact), **ANSWERS)
    fill_in(reader, lorraine.address(contact), **{**ANSWERS, "adresse": "joanna@portal.example"})
    written = {**ANSWERS, "adresse": "paul@portal.example", "message": "Répondez\nà Anna@Portal.example."}
    fill_in(reader, lorraine.address(contact), **written)

    # Two messages, and the emails that they caused.
    assert sum(len(records) for records in export("anna@portal.example", [lorraine.site]).values()) == 5
    work_off()
    assert sum(len(records) for records in export("anna@portal.example", [lorraine.site]).values()) == 5
    erase("anna@portal.example", [lorraine.site])
    assert not any(export("anna@portal.example").values())

    assert [record.same_address for record in FormRecord.objects.all()] == ["joanna@portal.example"]


def test_message_is_deleted_after_its_retention_period(lorraine, reader, contact):
    fill_in(reader, lorraine.address(contact), **ANSWERS)
    record = FormRecord.objects.get()
    assert record.delete_at - record.submit_time == pytest.approx(timedelta(days=180), abs=timedelta(minutes=1))
    run_due(timezone.now())
    assert FormRecord.objects.exists()

    run_due(record.delete_at + timedelta(seconds=1))

    assert not FormRecord.objects.exists()


def test_editor_creates_a_form(lorraine, newsroom):
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])
    address = reverse("wagtailadmin_pages:add", args=["home", "formpage", lorraine.home.pk])
    data = nested_form_data(
        {
            "title": "Appel à projets",
            "slug": "appel-a-projets",
            "introduction": "",
            "thanks": rich_text(""),
            "to_address": "not an address",
            "keep_days": "90",
            "form_fields": inline_formset(
                [{"label": "Nom", "field_type": "singleline", "choices": "", "default_value": "", "help_text": ""}]
            ),
        }
    )
    assert "Enter e-mail addresses" in client.post(address, data).content.decode()
    data["to_address"] = ""
    client.post(address, data)

    page = Page.objects.get(slug="appel-a-projets").specific
    assert [field.clean_name for field in page.get_form_fields()] == ["nom"]
    preview = reverse("wagtailadmin_pages:view_draft", args=[page.pk])
    assert client.get(preview).status_code == 200
