"""Only a site's administrators list, export and erase the requests of its readers."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.models import ModelLogEntry
from wagtail.users.models import UserProfile

from portal.editorial.roles import Role
from portal.platform.tasks.periodic import run_due
from portal.sheets.models import SheetRequest
from tests.builders import content_of, newsroom_client, work_off

FORMULA = "=1+1"
OTHERS = [Role.EDITOR, Role.APPROVER, Role.ORGANISER]


@pytest.fixture
def requests_of_both_sites(sheet, decoy):
    """A request on each site."""
    sheet.request("lectrice@portal.example", **{"answer-0": FORMULA}, marketing="on")
    decoy.request("leser@portal.example", **{"answer-0": "Schreinerei"})
    return SheetRequest.objects.get(site=sheet.ground.site), SheetRequest.objects.get(site=decoy.ground.site)


@pytest.fixture
def administrator(lorraine, requests_of_both_sites, newsroom):
    return newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])


def test_list_has_yes_and_no_in_words(administrator, list_url):
    user = get_user_model().objects.get(pk=administrator.session["_auth_user_id"])
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": "fr"})
    row = BeautifulSoup(administrator.get(list_url).content, "html.parser").select_one("table.listing tbody tr")

    assert [cell.get_text(strip=True) for cell in row.select("td")][7:9] == ["Oui", "Non"]
    assert "True" not in row.text


def test_search_finds_by_address_sheet_and_answer(administrator, list_url, requests_of_both_sites):
    results = reverse("sheet_requests:index_results")
    for query, found in [
        ("lectrice", True),
        ("FICHE", True),
        ("1+1", True),
        ("schreinerei", False),
        ("leser", False),
        ("zzz", False),
        ("%", False),
        ("'\"\0", True),
    ]:
        response = administrator.get(results, {"q": query})
        assert response.status_code == 200
        assert ("lectrice@portal.example" in response.content.decode()) is found, query
        assert "leser@portal.example" not in response.content.decode()


def test_list_is_exported_without_formulas_and_other_sites(administrator, list_url):
    response = administrator.get(list_url, {"export": "csv"})
    rows = list(csv.reader(StringIO(content_of(response).decode("utf-8-sig"))))
    assert len(rows) == 2
    fields = dict(zip(rows[0], rows[1], strict=True))
    assert "lectrice@portal.example" in fields.values()
    assert fields["Entreprise"] == "'=1+1"
    assert "J’accepte vos offres." in fields.values()
    assert "no-store" in response["Cache-Control"]

    book = load_workbook(BytesIO(administrator.get(list_url, {"export": "xlsx"}).content))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert "lectrice@portal.example" in [cell.value for cell in cells]
    assert "leser@portal.example" not in [cell.value for cell in cells]
    assert [cell for cell in cells if cell.data_type == "f"] == []


def test_renamed_question_keeps_its_column(administrator, list_url, sheet, requests_of_both_sites):
    earlier = requests_of_both_sites[0]
    SheetRequest.objects.create(
        **{
            name: getattr(earlier, name)
            for name in ("site", "page", "block", "title", "document", "language", "address")
        },
        same_address=earlier.same_address,
        purpose=earlier.purpose,
        link_expires_at=earlier.link_expires_at,
        delete_at=earlier.delete_at,
        answers=[["Société", "Menuiserie"]],
    )

    rows = list(
        csv.DictReader(StringIO(content_of(administrator.get(list_url, {"export": "csv"})).decode("utf-8-sig")))
    )

    assert {(row["Société"], row["Entreprise"]) for row in rows} == {("Menuiserie", ""), ("", "'=1+1")}


@pytest.mark.parametrize("role", OTHERS)
def test_other_roles_see_nothing(lorraine, requests_of_both_sites, list_url, role, newsroom):
    client = newsroom_client(lorraine, newsroom[role])
    own = requests_of_both_sites[0]
    erasing = {"address": own.address, "action": "erase"}

    for address in (
        list_url,
        f"{list_url}?export=csv",
        reverse("sheet_requests:index_results"),
        reverse("personal_data"),
    ):
        for response in (client.get(address), client.post(address, erasing)):
            assert (response.status_code, response["location"]) == (302, reverse("wagtailadmin_home")), address
    one = reverse("sheet_requests:delete", args=[own.pk])
    assert (client.get(one).status_code, client.post(one, erasing).status_code) == (404, 404)
    assert SheetRequest.objects.filter(pk=own.pk).exists()
    assert list_url not in client.get("/admin/").content.decode()


def test_erasing_a_request_disables_its_link_and_logs_no_address(administrator, sheet, requests_of_both_sites, reader):
    work_off()
    link = next(message.body for message in mail.outbox if message.to == ["lectrice@portal.example"])
    path = "/fr/_sheets/get/" + link.split("/_sheets/get/")[1].split()[0]
    own = requests_of_both_sites[0]
    administrator.post(reverse("sheet_requests:delete", args=[own.pk]))

    assert not SheetRequest.objects.filter(pk=own.pk).exists()
    assert reader.get(path).status_code == 404
    assert not ModelLogEntry.objects.filter(label__contains="lectrice").exists()


def test_data_of_one_person_is_shown_exported_and_erased(administrator, requests_of_both_sites):
    address = reverse("personal_data")
    assert administrator.get(address).status_code == 200
    shown = administrator.post(address, {"address": "LECTRICE@portal.example", "action": "show"}).content.decode()
    assert FORMULA in shown
    assert "J’accepte vos offres." in shown
    file = administrator.post(address, {"address": "lectrice@portal.example", "action": "export"})
    assert file["Content-Disposition"].startswith("attachment")
    assert file.json()

    other = administrator.post(address, {"address": "leser@portal.example", "action": "show"}).content.decode()
    assert "Schreinerei" not in other
    for spelling in ("leser@portal.example", "lectrice@portal.example"):
        administrator.post(address, {"address": spelling, "action": "erase"})

    assert [request.address for request in SheetRequest.objects.all()] == ["leser@portal.example"]
    assert administrator.post(address, {"address": "nobody", "action": "erase"}).status_code == 200


def test_command_exports_and_erases_queued_mails_as_well(requests_of_both_sites, capsys):
    from django_tasks_db.models import DBTaskResult

    work_off()
    call_command("personal_data", "export", "Lectrice@Portal.example")
    exported = capsys.readouterr().out
    assert "La fiche du procédé" in exported
    assert "/_sheets/get/" not in exported
    assert "Schreinerei" not in exported

    call_command("personal_data", "erase", "lectrice@portal.example")

    assert "lectrice" not in "".join(str(call.args_kwargs) for call in DBTaskResult.objects.all())
    assert SheetRequest.objects.count() == 1
    with pytest.raises(CommandError):
        call_command("personal_data", "erase", "nobody")
    with pytest.raises(CommandError):
        call_command("personal_data", "erase", "a@b.example", "--site", "nowhere.example")


def test_request_is_deleted_after_its_retention_period(requests_of_both_sites):
    own, other = requests_of_both_sites
    now = timezone.now()
    SheetRequest.objects.filter(pk=own.pk).update(delete_at=now - timedelta(seconds=1))

    run_due(now)

    assert list(SheetRequest.objects.all()) == [other]
