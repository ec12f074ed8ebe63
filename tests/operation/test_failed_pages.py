"""Administrators see the failing public URLs with the number and time of failures, and nothing about readers."""

from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.models import ArticlePage
from portal.editorial.roles import Role
from portal.platform.records.maintenance import MaintenanceRun
from portal.platform.status import failed_pages
from tests.builders import make_article, make_newsroom, newsroom_client

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def written_at_once(monkeypatch):
    monkeypatch.setattr(failed_pages, "WRITTEN_EVERY", 0.0)


@pytest.fixture
def broken(monkeypatch):
    """Articles whose template fails."""

    def fail(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(ArticlePage, "get_context", fail)


def ask(ground, path: str, **facts) -> int:
    reader = ground.reader()
    reader.raise_request_exception = False
    return reader.get(path, facts).status_code


def rows(ground, user) -> list[list[str]]:
    page = newsroom_client(ground, user).get(reverse("system")).content
    return [
        [cell.get_text(strip=True) for cell in row.select("td")]
        for row in BeautifulSoup(page, "html.parser").select("tr:has(.system__address)")
    ]


@pytest.mark.usefixtures("broken")
def test_administrators_of_a_site_see_which_of_its_pages_failed_and_how_often(lorraine, saar):
    address, decoy = (ground.address(make_article(ground.section)) for ground in (lorraine, saar))
    assert [ask(lorraine, address, q="Dupont"), ask(lorraine, address), ask(saar, decoy)] == [500, 500, 500]

    seen = rows(lorraine, make_newsroom(lorraine)[Role.SITE_ADMINISTRATOR])

    assert [row[:2] for row in seen] == [[address, "2"]]
    assert "Dupont" not in str(MaintenanceRun.objects.values_list("facts"))


@pytest.mark.usefixtures("broken")
def test_status_counts_addresses_until_they_are_two_days_old(lorraine, saar, capsys):
    for ground in (lorraine, saar, saar):
        ask(ground, ground.address(make_article(ground.section)))

    with pytest.raises(CommandError):
        call_command("status")
    assert "3 failed in the last two days" in capsys.readouterr().out
    later = timezone.now() + timedelta(days=3)
    with time_machine.travel(later, tick=False), pytest.raises(CommandError):
        call_command("status")
    assert "none has failed" in capsys.readouterr().out
    failed_pages.forget_failed_pages(later)
    assert not MaintenanceRun.objects.exists()


def test_recorded_address_has_no_secret_of_a_link(lorraine, monkeypatch):
    def fail(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("events.registration.views.registration_for_token", fail)

    assert ask(lorraine, "/fr/_registration/own/geheim-12345/") == 500
    [page] = failed_pages.failed_pages(lorraine.site.pk, timezone.now())
    assert page.path == "/fr/_registration/own/…/"


@pytest.mark.usefixtures("broken")
def test_at_most_twenty_addresses_are_stored(lorraine):
    addresses = [lorraine.address(make_article(lorraine.section)) for _ in range(22)]
    for address in addresses:
        ask(lorraine, address)

    stored = [page.path for page in failed_pages.failed_pages(lorraine.site.pk, timezone.now())]

    assert stored == addresses[:1:-1]


@pytest.mark.usefixtures("broken")
def test_simultaneous_failures_are_written_once(lorraine, monkeypatch):
    address = lorraine.address(make_article(lorraine.section))
    monkeypatch.setattr(failed_pages, "WRITTEN_EVERY", 3600.0)
    ask(lorraine, address)

    with CaptureQueriesContext(connection) as requested:
        assert ask(lorraine, address) == 500

    assert not [query for query in requested if query["sql"].startswith(("INSERT", "UPDATE"))]


@pytest.mark.usefixtures("broken")
def test_reader_gets_the_error_page_if_it_cannot_be_recorded(lorraine, monkeypatch):
    def refuse(*args):
        raise DatabaseError("read-only")

    monkeypatch.setattr(failed_pages, "_write", refuse)

    assert ask(lorraine, lorraine.address(make_article(lorraine.section))) == 500


def test_successful_page_makes_no_additional_query(lorraine):
    address = lorraine.address(make_article(lorraine.section))
    with CaptureQueriesContext(connection) as requested:
        assert ask(lorraine, address) == 200

    assert not [query for query in requested if "core_maintenancerun" in query["sql"]]
