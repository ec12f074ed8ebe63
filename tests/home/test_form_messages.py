"""The newsroom handles messages of forms: status, note, person in charge, and a column for each question."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry
from wagtail.users.models import UserProfile

from home.forms.newsroom import HandlingForm
from home.forms.pages import FormField
from home.forms.records import FormRecord, SentFile
from portal.content.personal_data import export
from portal.editorial.roles import Role
from portal.platform.newer_values import OPENED
from tests.builders import content_of, make_form_page, make_member, newsroom_client, work_off

pytestmark = pytest.mark.django_db


def send(ground, page, **answers):
    names = {"nom": "Nom", "adresse": "Adresse"}
    return FormRecord.objects.create(
        page=page,
        site=ground.site,
        language=ground.language,
        form_data=answers,
        labels={name: names.get(name, name) for name in answers},
        same_address=answers.get("adresse", ""),
        delete_at=timezone.now() + timedelta(days=30),
    )


@pytest.fixture
def page(lorraine):
    return make_form_page(lorraine.home, "Nous écrire")


@pytest.fixture
def record(lorraine, page):
    return send(lorraine, page, nom="Anna Berg", adresse="anna@portal.example")


@pytest.fixture
def decoy(saar):
    return send(saar, make_form_page(saar.home, "Schreiben Sie uns"), nom="Otto", adresse="otto@portal.example")


@pytest.fixture
def colleague(lorraine, newsroom):
    """Another administrator of the same site."""
    groups = newsroom[Role.SITE_ADMINISTRATOR].groups.all()
    return make_member("colleague", *groups, first_name="Léa", last_name="Colin")


def shown(client, address, **query):
    return BeautifulSoup(client.get(address, query).content, "html.parser")


def url_of(record):
    return reverse("form_record", args=[record.page_id, record.pk])


def list_of(page):
    return reverse("wagtailforms:list_submissions", args=[page.pk])


def change(client, record, **changes):
    opened = shown(client, url_of(record)).select_one(f"[name={OPENED}]")["value"]
    record.refresh_from_db()
    values = {"status": record.status, "assigned_to": record.assigned_to_id or "", "note": record.note}
    return client.post(url_of(record), {OPENED: opened, **values, **changes})


def test_status_person_and_note_are_saved_and_listed_in_the_history(administrator, newsroom, colleague, record):
    change(administrator, record, status="progress", assigned_to=colleague.pk, note="Rappeler Anna lundi.")

    found = shown(administrator, url_of(record))
    assert found.select_one("[name=note]").text.strip() == "Rappeler Anna lundi."
    history = found.select_one("[data-message-history]").text
    assert "Status: New → In progress; Assigned to Léa Colin; Note changed" in history
    # The log has neither the note nor an answer.
    entry = ModelLogEntry.objects.get(action="home.message.handle")
    assert "Anna" not in f"{entry.label} {entry.data}"


def test_person_in_charge_gets_one_mail_without_answers(administrator, colleague, record):
    for status in ("progress", "done"):
        change(administrator, record, status=status, assigned_to=colleague.pk)
    work_off()

    [message] = mail.outbox
    assert message.to == ["colleague@portal.example"]
    assert url_of(record) in message.body
    assert "Anna" not in message.message().as_string()


def test_several_messages_change_together_with_one_mail(lorraine, administrator, colleague, page, record, decoy):
    second = send(lorraine, page, nom="Berthe")
    send(lorraine, page, nom="Carl")
    address = reverse("form_records_change", args=[page.pk])
    keys = "&".join(f"selected-submissions={each.pk}" for each in (record, second, decoy))

    assert "2 messages" in administrator.get(f"{address}?{keys}").content.decode()
    administrator.post(f"{address}?{keys}", {"status": "", "assigned_to": str(colleague.pk)})
    work_off()

    assigned = FormRecord.objects.filter(assigned_to=colleague).order_by("pk")
    assert [(each.pk, each.status) for each in assigned] == [(record.pk, "new"), (second.pk, "new")]
    [message] = mail.outbox
    assert "2 messages" in message.body
    assert administrator.get(f"{address}?selected-submissions={decoy.pk}").status_code == 404


def test_list_is_filtered_by_status_and_person(lorraine, administrator, colleague, page, record, decoy):
    send(lorraine, page, nom="Berthe")
    FormRecord.objects.filter(pk=record.pk).update(status="done", assigned_to=colleague)

    def names(**query):
        rows = shown(administrator, list_of(page), **query).select("table.listing tbody tr")
        return [row.select("td")[4].text.strip() for row in rows]

    assert names(status="done") == ["Anna Berg"]
    assert names(status=["new", "done"]) == ["Berthe", "Anna Berg"]
    assert names(assigned_to=colleague.pk) == ["Anna Berg"]
    assert names(assigned_to="null") == ["Berthe"]
    row = shown(administrator, list_of(page), status="done").select_one("table.listing tbody tr")
    assert [cell.text.strip() for cell in row.select("td")[2:4]] == ["Done", "Léa Colin"]


def test_newer_note_of_a_colleague_is_not_overwritten(administrator, record):
    opened = shown(administrator, url_of(record)).select_one(f"[name={OPENED}]")["value"]
    FormRecord.objects.filter(pk=record.pk).update(note="Déjà rappelée.")

    response = administrator.post(
        url_of(record), {OPENED: opened, "status": "done", "assigned_to": "", "note": "À rappeler."}
    )

    assert "Somebody else has changed this meanwhile" in response.content.decode()
    assert FormRecord.objects.get(pk=record.pk).note == "Déjà rappelée."


def test_only_people_who_may_read_messages_may_handle_them(lorraine, newsrooms, newsroom, administrator, page, record):
    outsider = newsrooms.saar[Role.SITE_ADMINISTRATOR]
    change_url = f"{reverse('form_records_change', args=[page.pk])}?selected-submissions={record.pk}"
    for person in (newsroom[Role.EDITOR], newsroom[Role.APPROVER], outsider):
        client = newsroom_client(lorraine, person)
        for address in (url_of(record), change_url):
            client.post(address, {"status": "done", "assigned_to": "", "note": "x"})
    # Nobody else can be put in charge either.
    for person in (newsroom[Role.EDITOR], outsider):
        change(administrator, record, assigned_to=person.pk)
        administrator.post(change_url, {"status": "", "assigned_to": person.pk})

    record.refresh_from_db()
    assert (record.status, record.assigned_to, record.note) == ("new", None, "")


def test_export_has_a_column_for_each_question_that_was_ever_in_the_form(
    lorraine, administrator, colleague, page, record, decoy
):
    change(administrator, record, status="done", assigned_to=colleague.pk, note="=1+1")
    FormField.objects.filter(page=page, label="Nom").update(label="Votre nom")
    FormField.objects.filter(page=page, label="Adresse").delete()
    send(lorraine, page, nom="Berthe")

    file = content_of(administrator.get(list_of(page), {"export": "csv"})).decode("utf-8-sig")

    head, first, second = csv.reader(StringIO(file))
    assert head[1:] == ["Votre nom", "Adresse", "Status", "Assigned to", "Note"]
    assert first[1:] == ["Anna Berg", "anna@portal.example", "Done", "Léa Colin", "'=1+1"]
    assert second[1:] == ["Berthe", "", "New", "", ""]
    assert "Otto" not in file
    assert administrator.get(list_of(page), {"export": "xlsx"}).content.startswith(b"PK")


def test_note_is_part_of_the_personal_data_of_the_person_it_names(lorraine, page, record, decoy):
    other = send(lorraine, page, nom="Berthe", adresse="berthe@portal.example")
    FormRecord.objects.filter(pk=other.pk).update(note="Vient de la part de anna@portal.example.")

    found = [each for records in export("anna@portal.example", [lorraine.site]).values() for each in records]

    assert [each.get("note") for each in found] == ["", "Vient de la part de anna@portal.example."]


def test_export_is_in_the_language_of_the_person(lorraine, administrator, newsroom, page, record):
    UserProfile.objects.create(user=newsroom[Role.SITE_ADMINISTRATOR], preferred_language="de")

    file = content_of(administrator.get(list_of(page), {"export": "csv"})).decode("utf-8-sig")

    head, first = csv.reader(StringIO(file))
    assert head[-2:] == ["Zuständig", "Notiz"]
    assert first[-3] == "Neu"


def test_two_people_who_save_different_fields_at_once_both_succeed(newsroom, page, record):
    def opened(**changes):
        user, same = newsroom[Role.SITE_ADMINISTRATOR], FormRecord.objects.get(pk=record.pk)
        form = HandlingForm({"status": "new", "note": "", **changes}, instance=same, user=user, page=page)
        assert form.is_valid()
        return form

    for form in [opened(status="done"), opened(note="Déjà rappelée.")]:
        form.save()

    record.refresh_from_db()
    assert (record.status, record.note) == ("done", "Déjà rappelée.")


@pytest.mark.parametrize("key", ["9" * 21, "9" * 5000], ids=["long", "longer"])
def test_message_number_that_cannot_exist_is_ignored(administrator, page, record, key):
    address = reverse("form_records_change", args=[page.pk])

    assert administrator.get(f"{address}?selected-submissions={key}").status_code == 404


def test_superuser_can_be_put_in_charge(administrator, record):
    chief = make_member("chief", is_superuser=True)

    change(administrator, record, assigned_to=chief.pk)

    record.refresh_from_db()
    assert record.assigned_to == chief


def test_data_of_a_person_lists_the_files_of_their_messages(lorraine, page, record, decoy):
    for each in (record, decoy):
        SentFile.objects.create(
            record=each, page=each.page, site=each.site, field="dossier", name=f"{each.site_id}.pdf", size=16
        )

    [found] = [
        each["files"] for records in export("anna@portal.example").values() for each in records if "files" in each
    ]
    assert found == [{"name": f"{lorraine.site.pk}.pdf", "bytes": 16}]
