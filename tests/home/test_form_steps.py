"""Questions that depend on earlier answers, and forms in several steps that lose nothing when a reader goes back."""

from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from home.forms.records import FormRecord, SentFile
from home.models import FormPage
from tests.builders import make_form_page

pytestmark = pytest.mark.django_db

KIND = ("Vous êtes", "radio", {"choices": "Une entreprise\nUne personne"})
COMPANY = ("Entreprise", "singleline", {"shown_if": "vous êtes", "shown_if_value": "Une entreprise"})
ONE_STEP = [KIND, COMPANY, ("Nom", "singleline")]
STEPS = [
    KIND,
    ("Thèmes", "checkboxes", {"choices": "Bois\nMétal"}),
    ("Dossier", "file", {"file_types": "pdf"}),
    ("Entreprise", "singleline", {**COMPANY[2], "begins_step": True}),
    ("Nom", "singleline", {"begins_step": True}),
    ("Accord", "checkbox"),
]


@pytest.fixture(autouse=True)
def scanner(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.UPLOAD_SCANNER = "portal.media.scanning.unscanned"


class Filler:
    """A reader who fills in a form without scripts, as a browser sends it."""

    def __init__(self, client, path):
        self.client, self.page = client, BeautifulSoup(client.get(path).content, "html.parser")
        self.response = None

    @property
    def form(self):
        return self.page.select_one("form.form")

    @property
    def values(self):
        values = {}
        for field in self.form.select("input[name], textarea[name]"):
            is_choice = field["type"] in ("checkbox", "radio")
            if field["type"] != "file" and (not is_choice or field.has_attr("checked")):
                values.setdefault(field["name"], []).append(field.get("value", "on" if is_choice else ""))
        return values

    def send(self, go="next", **answers):
        with time_machine.travel(timezone.now() + timedelta(seconds=30), tick=True):
            self.response = self.client.post(self.form["action"], {**self.values, "form-go": go, **answers})
        self.page = BeautifulSoup(self.response.content, "html.parser")
        return self

    def shows(self, name):
        return bool(self.form.select(f"[name={name}]:not([type=hidden])"))

    @property
    def errors(self):
        return [each.text for each in self.page.select(".form__field .errorlist li")]


def pdf():
    return SimpleUploadedFile("dossier.pdf", b"%PDF-1.7")


@pytest.fixture
def filler(lorraine, reader):
    return lambda fields: Filler(reader, lorraine.address(make_form_page(lorraine.home, fields=fields)))


def test_question_is_required_only_if_it_is_asked(filler):
    form = filler(ONE_STEP)
    # Readers without scripts see the question and its condition.
    assert form.shows("entreprise")
    assert "Une entreprise" in form.page.select_one("[data-condition]").text

    form.send(vous_etes="Une entreprise", nom="Anna")
    assert len(form.errors) == 1
    form.send(vous_etes="Une personne", entreprise="Ignorée", nom="Anna")

    assert form.response.status_code == 303
    assert FormRecord.objects.get().form_data == {"vous_etes": "Une personne", "nom": "Anna"}


def test_steps_keep_all_answers_and_files_when_the_reader_goes_back(filler):
    form = filler(STEPS)
    assert form.shows("vous_etes")
    assert not form.shows("nom")

    form.send(vous_etes="Une entreprise", themes=["Bois", "Métal"], dossier=pdf())
    assert form.shows("entreprise")
    form.send(entreprise="Menuiserie Klein")
    form.send(go="back", nom="Anna Berg", accord="on").send(go="back")
    assert "dossier.pdf" in form.form.text
    assert form.values["themes"] == ["Bois", "Métal"]
    form.send().send()
    assert form.values["nom"] == ["Anna Berg"]
    form.send()

    assert form.response.status_code == 303
    record = FormRecord.objects.get()
    assert record.form_data == {
        "vous_etes": "Une entreprise",
        "themes": ["Bois", "Métal"],
        "dossier": ["dossier.pdf"],
        "entreprise": "Menuiserie Klein",
        "nom": "Anna Berg",
        "accord": True,
    }
    assert record.files.count() == 1


def test_file_of_an_earlier_step_that_is_gone_is_reported(filler):
    form = filler([("Dossier", "file", {"required": False}), *STEPS[-2:]])
    form.send(dossier=pdf())
    assert form.shows("nom")
    SentFile.objects.all().delete()

    form.send(nom="Anna Berg", accord="on")

    assert form.shows("dossier")
    assert len(form.errors) == 1
    assert form.send().send().response.status_code == 303


def test_step_whose_questions_do_not_apply_is_skipped(filler):
    form = filler(STEPS)

    form.send(vous_etes="Une personne", themes="Bois", dossier=pdf())

    assert form.shows("nom")
    assert "2" in form.page.title.text


def test_step_added_by_an_answer_follows_without_errors(filler):
    form = filler([KIND, ("Entreprise", "singleline", {**COMPANY[2], "begins_step": True})])
    assert form.form.select_one("button").text != "Envoyer"

    form.send(vous_etes="Une entreprise")
    assert form.response.status_code == 200
    assert form.shows("entreprise")
    form.send(entreprise="Menuiserie Klein")

    assert form.response.status_code == 303
    assert FormRecord.objects.get().form_data["entreprise"] == "Menuiserie Klein"


def test_step_with_errors_stays_and_going_back_needs_no_answers(filler):
    form = filler(STEPS)

    form.send(themes="Bois", dossier=pdf())
    assert form.response.status_code == 422
    assert len(form.errors) == 1
    assert "dossier.pdf" in form.form.text
    form.send(vous_etes="Une entreprise").send(go="back")

    assert form.response.status_code == 200
    assert form.errors == []
    assert form.shows("vous_etes")
    assert not FormRecord.objects.exists()


def test_answers_of_an_earlier_step_are_checked_again_at_the_end(filler):
    form = filler(STEPS)
    form.send(vous_etes="Une personne", themes="Bois", dossier=pdf())

    form.send(themes="Or", nom="Anna", accord="on")

    assert form.response.status_code == 422
    assert form.shows("themes")
    assert not FormRecord.objects.exists()


@pytest.mark.parametrize("step", ["99999999999", "-1", "x", "²"])
def test_forged_step_does_not_skip_validation(filler, step):
    form = filler(STEPS)

    form.send(**{"form-step": step})

    assert form.response.status_code == 422
    assert not FormRecord.objects.exists()


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ({"shown_if": "Nom", "shown_if_value": "Anna"}, "No earlier question"),
        ({"shown_if": "Pays", "shown_if_value": "Lune"}, "none of its choices"),
        ({"shown_if": "pays", "shown_if_value": "France"}, ""),
    ],
)
def test_editor_names_an_earlier_question_and_one_of_its_choices(lorraine, administrator, condition, sentence):
    empty = {"choices": "", "default_value": "", "help_text": "", "file_types": "", "max_files": "1"}
    empty |= {"max_megabytes": "5", "shown_if": "", "shown_if_value": ""}
    fields = [
        {**empty, "label": "Nom", "field_type": "singleline"},
        {**empty, "label": "Pays", "field_type": "dropdown", "choices": "France\nSarre"},
        {**empty, "label": "Ville", "field_type": "singleline", **condition},
    ]
    data = {"title": "Appel", "slug": "appel", "introduction": "", "thanks": rich_text(""), "keep_days": "90"}
    address = reverse("wagtailadmin_pages:add", args=["home", "formpage", lorraine.home.pk])

    shown = administrator.post(address, nested_form_data({**data, "form_fields": inline_formset(fields)}))

    assert FormPage.objects.filter(slug="appel").exists() is not bool(sentence)
    assert sentence in shown.content.decode()
