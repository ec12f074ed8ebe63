"""Files that readers send with a form: checked, scanned, private, and deleted with their message."""

from datetime import timedelta
from io import BytesIO
from itertools import count
from zipfile import ZipFile

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core import mail
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from home.forms import files
from home.forms.pages import FormPage
from home.forms.records import FormRecord, SentFile
from portal.content.readers import uploads
from portal.content.readers.form_guard import LATEST
from portal.editorial.roles import Role
from portal.media import stored
from portal.media.file_types import DOCUMENTS, PICTURES, is_of_type
from portal.media.scanning import ScanError
from portal.media.stored import StorageUnavailableError
from portal.platform.rate_limits import RateLimit
from portal.platform.tasks.periodic import run_due
from tests.builders import content_of, fill_in, make_form_page, newsroom_client, work_off

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 dossier"
FIELDS = [
    ("Nom", "singleline"),
    ("Adresse", "email"),
    ("Dossier", "file", {"file_types": "documents", "max_files": 2, "max_megabytes": 1}),
]
ANSWERS = {"nom": "Anna Berg", "adresse": "anna@portal.example"}


@pytest.fixture(autouse=True)
def own_folder_and_scanner(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.UPLOAD_SCANNER = "portal.media.scanning.unscanned"


@pytest.fixture
def page(lorraine):
    return make_form_page(lorraine.home, "Appel à projets", FIELDS, to_address="accueil@portal.example")


def file(name="dossier.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


def archive(*names, first=b""):
    target = BytesIO()
    with ZipFile(target, "w") as found:
        if first:
            found.writestr("mimetype", first)
        for name in names:
            found.writestr(name, "x")
    return target.getvalue()


def send(reader, ground, page, *files, **answers):
    return fill_in(reader, ground.address(page), **{**ANSWERS, **answers, "dossier": list(files)})


def html(response):
    return BeautifulSoup(response.content, "html.parser")


def sent_again(reader, response, **answers):
    """Send the form of a response with its values, as a browser does."""
    form = html(response).select_one("form.form")
    values = {each["name"]: each.get("value", "") for each in form.select("input:not([type=file])")}
    # The first time, the reader waited for five seconds.
    with time_machine.travel(timezone.now() + timedelta(seconds=60), tick=True):
        return reader.post(form["action"], {**values, **answers})


def errors(response):
    return [each.text for each in html(response).select(".form__field .errorlist li")]


def test_only_people_who_may_read_messages_download_the_file(lorraine, newsrooms, administrator, reader, page):
    assert send(reader, lorraine, page, file("Dossier d’Anna.pdf")).status_code == 303

    record, stored = FormRecord.objects.get(), SentFile.objects.get()
    assert record.form_data["dossier"] == ["Dossier d’Anna.pdf"]
    one = html(administrator.get(reverse("form_record", args=[page.pk, record.pk])))
    [link] = [each["href"] for each in one.select("a[download]")]
    response = administrator.get(link)
    assert content_of(response) == PDF
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert "no-store" in response["Cache-Control"]
    others = [
        newsrooms.lorraine[Role.EDITOR],
        newsrooms.lorraine[Role.APPROVER],
        newsrooms.saar[Role.SITE_ADMINISTRATOR],
    ]
    for client in (reader, *(newsroom_client(lorraine, person) for person in others)):
        assert client.get(link).status_code == 302
    # No address leads to the file in the storage.
    for client in (reader, administrator):
        assert client.get(f"/admin/files/{stored.file.name}").status_code in (302, 404)


def test_mails_name_the_file_and_do_not_attach_it(lorraine, reader, page):
    send(reader, lorraine, page, file())
    work_off()

    [message] = mail.outbox
    assert "dossier.pdf" in message.body
    assert message.attachments == []


def test_error_elsewhere_loses_no_file(lorraine, reader, page):
    response = send(reader, lorraine, page, file(), adresse="anna@")
    assert response.status_code == 422
    assert "dossier.pdf" in html(response).select_one("form.form").text

    assert sent_again(reader, response, adresse="anna@portal.example").status_code == 303
    record = FormRecord.objects.get()
    assert [each.name for each in record.files.all()] == ["dossier.pdf"]


def test_refused_file_loses_nothing_else(lorraine, reader, page):
    response = send(reader, lorraine, page, file(), file("photo.pdf", b"\xff\xd8\xff photo"))

    assert response.status_code == 422
    assert len(errors(response)) == 1
    assert "photo.pdf" in errors(response)[0]
    form = html(response)
    assert form.select_one("#id_nom")["value"] == "Anna Berg"
    assert "dossier.pdf" in form.select_one("label.form__choice").text
    assert not FormRecord.objects.exists()


@pytest.mark.parametrize(
    "files",
    [
        [file("programme.exe", b"MZ")],
        [file("grand.pdf", PDF + b"x" * 1024 * 1024)],
        [file("vide.pdf", b"")],
        [file("un.pdf"), file("deux.pdf"), file("trois.pdf")],
        [],
    ],
    ids=["type", "size", "empty", "number", "missing"],
)
def test_file_against_the_rules_is_refused(lorraine, reader, page, files):
    for each in files:
        each.seek(0)

    response = send(reader, lorraine, page, *files)

    assert response.status_code == 422
    assert len(errors(response)) == 1
    assert not FormRecord.objects.exists()


@pytest.mark.parametrize(
    "scanner",
    ["tests.home.test_form_files.infected", "tests.home.test_form_files.careless", "", "portal.no_such_scanner"],
)
def test_infected_or_unscanned_file_is_refused(lorraine, reader, page, settings, scanner):
    settings.UPLOAD_SCANNER = scanner

    response = send(reader, lorraine, page, file())

    assert response.status_code == 422
    assert "dossier.pdf" in errors(response)[0]
    assert not SentFile.objects.exists()
    assert not default_storage.exists("form-files")


def infected(content):
    return "Eicar-Test-Signature"


def careless(content):
    return None


scanned = []


def unreachable(content):
    scanned.append(content)
    raise ScanError("No answer.")


def test_scanner_that_does_not_answer_is_called_once(lorraine, reader, settings):
    settings.UPLOAD_SCANNER = "tests.home.test_form_files.unreachable"
    scanned.clear()
    page = make_form_page(lorraine.home, "Deux", [("Dossier", "file"), ("Photo", "file")])

    response = fill_in(reader, lorraine.address(page), dossier=file(), photo=file("photo.pdf"))

    assert len(errors(response)) == 2
    assert len(scanned) == 1


def limit(most):
    return RateLimit("files-of-test", most, timedelta(minutes=10))


def test_file_of_an_earlier_message_is_copied_for_a_day_and_counts(lorraine, reader, page, monkeypatch):
    response = send(reader, lorraine, page, file(), adresse="anna@")
    answers = {"dossier-stored": html(response).select_one("[name=dossier-stored]")["value"]}
    sent_again(reader, response, adresse="anna@portal.example")
    monkeypatch.setattr(uploads, "BY_SOURCE", limit(1))

    assert [send(reader, lorraine, page, **answers).status_code for _ in range(2)] == [303, 422]
    assert [each.size for each in SentFile.objects.exclude(record=None)] == [len(PDF)] * 2

    monkeypatch.setattr(uploads, "BY_SOURCE", limit(10))
    SentFile.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert send(reader, lorraine, page, **answers).status_code == 422


@pytest.mark.parametrize(
    ("module", "name", "value"),
    [(uploads, "BYTES_BY_SOURCE", limit(len(PDF) + 5)), (files, "MAX_UNFINISHED_BYTES", len(PDF) + 5)],
)
def test_files_may_not_fill_the_storage(lorraine, saar, reader, page, monkeypatch, module, name, value):
    SentFile.objects.create(page=saar.home, site=saar.site, field="akte", name="akte.pdf", size=10_000)
    monkeypatch.setattr(module, name, value)

    response = send(reader, lorraine, page, file(), file("second.pdf"))

    assert len(errors(response)) == 1
    assert "second.pdf" in errors(response)[0]
    assert SentFile.objects.get(page=page).name == "dossier.pdf"


def test_file_over_the_limit_is_not_even_opened(lorraine, reader, page, monkeypatch):
    opened = []
    monkeypatch.setattr(uploads, "BY_SOURCE", limit(0))
    monkeypatch.setattr(uploads, "is_of_type", lambda *arguments: opened.append(arguments))

    assert "dossier.pdf" in errors(send(reader, lorraine, page, file()))[0]
    assert not opened


def test_file_of_a_form_that_was_open_too_long_is_attached_again(lorraine, reader, page):
    wait = LATEST.total_seconds() + 60
    response = fill_in(reader, lorraine.address(page), wait, **ANSWERS, dossier=file())
    assert response.status_code == 422
    assert not SentFile.objects.exists()

    with time_machine.travel(timezone.now() + timedelta(seconds=wait)):
        assert sent_again(reader, response, dossier=file()).status_code == 303


def test_file_from_another_site_is_not_stored(lorraine, reader, page):
    reader.defaults["HTTP_SEC_FETCH_SITE"] = "cross-site"

    assert send(reader, lorraine, page, file()).status_code == 422
    assert not SentFile.objects.exists()


def test_file_is_deleted_with_its_message(lorraine, reader, page):
    send(reader, lorraine, page, file())
    record, name = FormRecord.objects.get(), SentFile.objects.get().file.name
    assert default_storage.exists(name)

    with TestCase.captureOnCommitCallbacks(execute=True):
        run_due(record.delete_at + timedelta(seconds=1))

    assert not default_storage.exists(name)


def test_file_of_an_unfinished_form_is_deleted_after_a_day(lorraine, reader, page):
    send(reader, lorraine, page, file(), adresse="")
    assert SentFile.objects.exists()

    run_due(timezone.now() + timedelta(days=2))

    assert not SentFile.objects.exists()


def test_file_that_the_storage_could_not_delete_is_deleted_later(lorraine, reader, page, monkeypatch):
    send(reader, lorraine, page, file())
    # Another process deletes a file of this list.
    names = stored.names_in
    monkeypatch.setattr(stored, "names_in", lambda *arguments: ["gone.pdf", *names(*arguments)])
    left, kept = default_storage.save("form-files/left.pdf", file()), SentFile.objects.get().file.name

    run_due(timezone.now() + timedelta(days=2))

    assert not default_storage.exists(left)
    assert default_storage.exists(kept)


def test_file_that_cannot_be_stored_loses_nothing_else(lorraine, reader, page, monkeypatch):
    def fail(*arguments, **options):
        raise StorageUnavailableError("The object storage does not respond.")

    monkeypatch.setattr(FileSystemStorage, "save", fail)
    response = send(reader, lorraine, page, file())

    assert response.status_code == 422
    assert "dossier.pdf" in errors(response)[0]
    assert html(response).select_one("#id_nom")["value"] == "Anna Berg"


def test_files_of_robots_are_not_stored(lorraine, reader, page):
    assert send(reader, lorraine, page, file(), **{"web-site": "https://spam.example"}).status_code == 303
    send(reader, lorraine, page, file(), **{"form-token": "forged"})

    assert not SentFile.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "accepted"),
    [
        ("a.PDF", PDF, True),
        ("a.pdf", b"<html>%PDF-", False),
        ("a.jpg", b"\xff\xd8\xff\xe0", True),
        ("a.png", b"\xff\xd8\xff\xe0", False),
        ("a.heic", b"\0\0\0\x18ftypheic", True),
        ("a.docx", archive("[Content_Types].xml", "word/document.xml"), True),
        ("a.docx", archive("word/document.xml", "word/vbaProject.bin"), False),
        ("a.docx", archive("xl/workbook.xml"), False),
        ("a.docx", b"PK\x03\x04 broken", False),
        ("a.odt", archive("content.xml", first=b"application/vnd.oasis.opendocument.text"), True),
        ("a.odt", archive("content.xml", first=b"application/vnd.oasis.opendocument.text-template"), False),
        ("a.svg", b"<svg>", False),
        ("pdf", PDF, False),
    ],
    # Archives contain the time of their creation, so ids made from them would differ between workers.
    ids=count(),
)
def test_type_is_recognised_by_name_and_content(name, content, accepted):
    assert is_of_type(BytesIO(content), name, PICTURES | DOCUMENTS) is accepted


def test_archive_with_a_very_long_list_of_its_files_is_not_opened():
    found = archive("word/document.xml", *(f"{number}{'x' * 60_000}" for number in range(20)))

    assert not is_of_type(BytesIO(found), "a.docx", DOCUMENTS)


def test_form_asks_for_files_only_if_the_installation_scans_them(lorraine, administrator, settings):
    settings.UPLOAD_SCANNER = ""
    field = {"label": "Dossier", "field_type": "file", "file_types": "", "max_files": "1", "max_megabytes": "5"}
    data = {"title": "Appel", "slug": "appel", "introduction": "", "thanks": rich_text(""), "keep_days": "90"}
    data["form_fields"] = inline_formset([{**field, "choices": "", "default_value": "", "help_text": ""}])
    address = reverse("wagtailadmin_pages:add", args=["home", "formpage", lorraine.home.pk])

    assert "UPLOAD_SCANNER" in administrator.post(address, nested_form_data(data)).content.decode()


@pytest.mark.parametrize(("begins_step", "is_saved"), [("", False), ("on", True)])
def test_files_of_one_step_are_limited_together(lorraine, administrator, begins_step, is_saved):
    field = {"field_type": "file", "file_types": "", "max_files": "5", "max_megabytes": "10"}
    field |= dict.fromkeys(["choices", "default_value", "help_text", "begins_step", "shown_if", "shown_if_value"], "")
    fields = [{**field, "label": "Dossier"}, {**field, "label": "Photos", "max_files": "1", "begins_step": begins_step}]
    data = {"title": "Appel", "slug": "appel", "introduction": "", "thanks": rich_text(""), "keep_days": "90"}
    data["form_fields"] = inline_formset(fields)
    address = reverse("wagtailadmin_pages:add", args=["home", "formpage", lorraine.home.pk])

    shown = administrator.post(address, nested_form_data(data)).content.decode()

    assert FormPage.objects.filter(slug="appel").exists() is is_saved
    assert ("of one step together may have at most 50 MB" in shown) is not is_saved
