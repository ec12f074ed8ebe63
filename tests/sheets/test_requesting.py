"""A reader requests a document and gets it by email, whether or not they agree to marketing."""

from base64 import urlsafe_b64decode
from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core import mail
from django.core.files.storage import FileSystemStorage
from django.urls import reverse
from django.utils import timezone
from wagtail.models import CollectionViewRestriction
from wagtail.test.utils.form_data import nested_form_data, streamfield

from portal.editorial.roles import Role
from portal.media.stored import StorageUnavailableError
from portal.sheets.models import LINK_LIFETIME, MAX_OPENINGS, ConsentText, SheetRequest
from tests.builders import (
    change,
    content_of,
    fill_in,
    make_article,
    make_draft,
    make_gated_document,
    make_newsroom,
    make_private,
    make_sheet_page,
    newsroom_client,
    sheet_block,
    work_off,
)
from tests.sheets.conftest import SECRET

ANSWERS = {"answer-0": "Atelier", "purpose": "on"}
NASTY = [
    "a@b.example\r\nBcc: victim@portal.example",
    "a@b.example\nSubject: spam",
    "a@b.example%0d%0aBcc:victim@portal.example",
    "a@b.example,victim@portal.example",
    '"a\r\nBcc: x@y.example"@b.example',
    "a@b.example\0",
    "a@b.example\u2028Bcc: x@y.example",
]


def html(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def test_story_links_to_the_form_and_not_to_the_document(sheet, reader):
    page = reader.get(sheet.ground.address(sheet.article))
    button = html(page).select_one(".sheet a")

    assert button["href"] == sheet.url
    assert sheet.document.url not in page.content.decode()
    assert sheet.document.filename not in page.content.decode()
    assert "_sheets" not in page.get("Set-Cookie", "")


def test_form_is_neither_cached_nor_needs_a_cookie(sheet, reader):
    response = reader.get(sheet.url)

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies
    assert response.get("Vary", "") == ""
    assert "csrfmiddlewaretoken" not in response.content.decode()
    assert sheet.document.url not in response.content.decode()


@pytest.mark.parametrize("agrees", [True, False])
def test_document_is_mailed_with_or_without_further_consent(sheet, reader, agrees):
    response = sheet.request(**({"marketing": "on"} if agrees else {}))

    assert (response.status_code, response["Location"]) == (303, f"{sheet.url}sent/")
    assert reader.get(response["Location"]).status_code == 200
    link = sheet.link()
    [message] = mail.outbox
    assert message.to == ["lectrice@portal.example"]
    assert "La fiche du procédé" in message.subject
    assert "Humbert" not in message.body + message.alternatives[0].content
    fetched = reader.get(link)
    assert content_of(fetched) == SECRET
    assert fetched["Content-Disposition"].startswith("attachment")
    assert "no-store" in fetched["Cache-Control"]
    assert fetched["Referrer-Policy"] == "no-referrer"
    request = SheetRequest.objects.get()
    assert bool(request.marketing_agreed_at) is agrees
    assert request.marketing.text == "J’accepte vos offres."
    assert "180" in request.purpose.text
    assert request.answers == [["Entreprise", "Atelier Humbert"], ["Secteur", ""]]
    assert request.delete_at - request.asked_at == timedelta(days=180)


def test_version_of_the_consent_is_stored(sheet):
    sheet.request(marketing="on")
    first = SheetRequest.objects.get()
    body = [sheet_block(sheet.document, sheet.block, marketing="J’accepte la lettre mensuelle.")]
    change(sheet.article, body=body)
    sheet.request("autre@portal.example", marketing="on")

    first.refresh_from_db()
    second = SheetRequest.objects.exclude(pk=first.pk).get()
    assert first.marketing.text == "J’accepte vos offres."
    assert second.marketing.text == "J’accepte la lettre mensuelle."
    assert first.purpose == second.purpose
    assert ConsentText.objects.count() == 3


def test_errors_link_to_their_fields_and_keep_the_input(sheet, reader):
    response = fill_in(reader, sheet.url, address="lectrice@", **{"answer-0": "", "answer-1": "Bois"})

    assert response.status_code == 422
    page = html(response)
    summary = page.select_one("[role=alert]")
    links = [link["href"] for link in summary.select("a")]
    assert links == ["#id_address", "#id_answer-0", "#id_purpose"]
    assert "J’ai pris note que mes réponses sont conservées …" in summary.select("a")[2].get_text()
    for link in links:
        field = page.select_one(link)
        assert field["aria-invalid"] == "true"
        assert page.find(id=field["aria-describedby"].split()[-1]).text.strip()
    assert page.select_one("#id_address")["value"] == "lectrice@"
    assert page.select_one("option[selected]")["value"] == "Bois"
    assert not SheetRequest.objects.exists()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        # A robot that fills in the hidden field gets the usual response.
        ({"web-site": "https://spam.example"}, 303),
        ({"form-token": "forged"}, 422),
        ({"answer-0": "Gagnez sur http://spam.example"}, 422),
        *[({"address": nasty}, 422) for nasty in NASTY],
    ],
)
def test_robots_and_injected_headers_get_no_mail(sheet, sent, status):
    response = sheet.request(**sent)
    work_off()

    assert response.status_code == status
    assert mail.outbox == []
    assert not SheetRequest.objects.exists()


@pytest.mark.parametrize("nasty", ["Atelier\r\nBcc: x@y.example", "A\0B", "A\u202eB", "x" * 500, "<b>Gras</b>"])
def test_no_answer_reaches_a_mail(sheet, nasty):
    sheet.request(**{"answer-0": nasty})
    work_off()

    for message in mail.outbox:
        raw = message.message().as_string()
        assert "x@y.example" not in raw
        assert "Gras" not in raw
    for request in SheetRequest.objects.all():
        assert "\n" not in request.answers_text


def test_link_has_a_limited_lifetime_and_number_of_uses(sheet, reader):
    sheet.request()
    link = sheet.link()
    headers_only = reader.head(link)
    assert (headers_only.status_code, content_of(headers_only)) == (200, b"")
    assert SheetRequest.objects.get().openings == 0
    for _ in range(MAX_OPENINGS):
        assert content_of(reader.get(link)) == SECRET
    response = reader.get(link)
    assert response.status_code == 410
    assert html(response).select_one(f"a[href='{sheet.url}']")

    sheet.request("autre@portal.example")
    link = sheet.link()
    with time_machine.travel(timezone.now() + LINK_LIFETIME + timedelta(minutes=1)):
        assert reader.get(link).status_code == 410
        assert SECRET not in reader.get(link).content


def test_failed_download_does_not_use_up_the_link(sheet, reader, monkeypatch):
    def refuse(*arguments):
        raise StorageUnavailableError("The object storage does not respond.")

    sheet.request()
    link = sheet.link()
    reader.raise_request_exception = False
    with monkeypatch.context() as gone:
        gone.setattr(FileSystemStorage, "_open", refuse)
        for _ in range(MAX_OPENINGS + 1):
            assert reader.get(link).status_code == 503

    assert content_of(reader.get(link)) == SECRET


def test_link_is_valid_for_one_document_site_and_address(sheet, decoy, reader, saar):
    sheet.request()
    link = sheet.link()
    token = link.rstrip("/").rsplit("/", 1)[1]
    payload = urlsafe_b64decode(token.split(".")[0] + "==")
    assert b"lectrice" not in payload

    assert saar.reader().get(link).status_code == 404
    assert saar.reader().get(f"/de/_sheets/get/{token}/").status_code == 404
    for place in range(0, len(token), 4):
        character = "A" if token[place] != "A" else "B"
        assert reader.get(f"/fr/_sheets/get/{token[:place]}{character}{token[place + 1 :]}/").status_code == 404
    for forged in ("x", "x.y", "a" * 3000, "..", "%00", "é"):
        assert reader.get(f"/fr/_sheets/get/{forged}/").status_code == 404

    other = make_gated_document(sheet.ground, "Autre")
    SheetRequest.objects.update(document=other)
    assert reader.get(link).status_code == 404
    SheetRequest.objects.update(document=sheet.document, same_address="voisine@portal.example")
    assert reader.get(link).status_code == 404
    sheet.document.delete()
    assert reader.get(link).status_code == 404


def test_sheet_of_a_hidden_page_is_not_offered(sheet, decoy, reader):
    make_private(sheet.article)
    assert reader.get(sheet.url).status_code == 404
    sheet.article.get_view_restrictions().delete()
    assert reader.get(sheet.url).status_code == 200
    make_draft(sheet.article)

    assert reader.get(sheet.url).status_code == 410
    assert reader.post(sheet.url, {"address": "a@b.example"}).status_code == 410
    assert reader.get(f"/fr/_sheets/{decoy.article.pk}/{decoy.block}/").status_code == 404
    assert reader.get(f"/de/_sheets/{sheet.article.pk}/{sheet.block}/").status_code == 404


def test_document_of_another_site_is_not_sent(lorraine, saar, sheet, decoy, reader):
    """An editor can guess the document's key and post it, bypassing the chooser."""
    block = sheet_block(decoy.document)
    article = make_article(lorraine.section, body=[block])
    page = make_sheet_page(lorraine.home, block)
    shared = sheet.article.create_alias(parent=saar.sections["fr"], update_slug="partage")

    assert reader.get(f"/fr/_sheets/{article.pk}/{block['id']}/").status_code == 404
    assert "form-token" not in reader.get(lorraine.address(page)).content.decode()
    assert saar.reader().get(f"/fr/_sheets/{shared.pk}/{sheet.block}/").status_code == 200
    assert fill_in(saar.reader(), decoy.url, address="leser@portal.example", **ANSWERS).status_code == 303
    work_off()
    [message] = mail.outbox
    assert 'lang="de"' in message.alternatives[0].content
    assert message.from_email.startswith("Saar")
    assert f"http://{saar.host}/de/_sheets/get/" in message.body


@pytest.mark.parametrize("rest", ["1/x/", "99999999999999999999/00000000-0000-0000-0000-000000000000/", "get/", ""])
def test_bad_sheet_address_is_not_found(sheet, reader, rest):
    assert reader.get(f"/fr/_sheets/{rest}").status_code == 404


def test_sheet_page_offers_its_document_although_its_block_is_incomplete(lorraine, reader):
    block = sheet_block(make_gated_document(lorraine, "Brochure", SECRET), questions=[{}, {"label": "Métier"}])
    block["value"] |= {"keeping": None, "marketing": None}
    address = lorraine.address(make_sheet_page(lorraine.home, block))
    opened = reader.get(address)

    assert "no-store" in opened["Cache-Control"]
    assert not opened.cookies
    answers = {"address": "lectrice@portal.example", "answer-0": "Tourneuse", "purpose": "on"}
    assert fill_in(reader, address, **answers).status_code == 303
    work_off()
    assert mail.outbox[0].to == ["lectrice@portal.example"]
    assert SheetRequest.objects.get().answers == [["Métier", "Tourneuse"]]


def test_sheet_page_is_previewed_before_it_is_saved(lorraine):
    client = newsroom_client(lorraine, make_newsroom(lorraine)[Role.EDITOR])
    document = make_gated_document(lorraine, "Brochure", SECRET)
    address = reverse("wagtailadmin_pages:preview_on_add", args=["sheets", "sheetpage", lorraine.home.pk])
    sheet = {**sheet_block(document)["value"], "questions": streamfield([])}
    data = nested_form_data({"title": "Brochure", "slug": "brochure", "sheet": streamfield([("sheet", sheet)])})

    assert client.post(address, data).json()["is_valid"]
    assert "Brochure" in client.get(address).content.decode()


def test_reader_with_the_password_can_submit_the_form(lorraine, sheet):
    make_private(sheet.article, "sésame")
    reader = lorraine.reader()
    gate = reader.get(lorraine.address(sheet.article))
    reader.post(html(gate).select_one("main form")["action"], {"password": "sésame", "return_url": "/fr/"})

    assert sheet.request(reader=reader).status_code == 303
    assert SheetRequest.objects.exists()


def unpublish(offered):
    make_draft(offered.article)


def hide(offered):
    make_private(offered.article, password="sésame")


def hide_folder(offered):
    CollectionViewRestriction.objects.create(collection=offered.document.collection, restriction_type="login")


@pytest.mark.parametrize("take_down", [unpublish, hide, hide_folder])
def test_link_is_invalid_once_its_page_or_folder_is_hidden(reader, sheet, take_down):
    sheet.request()
    link = sheet.link()
    take_down(sheet)

    assert reader.get(link).status_code == 410
