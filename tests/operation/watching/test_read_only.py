"""A read-only installation: readers go on, nothing that people send is saved or lost, and nothing runs by itself."""

import json
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from django_tasks_db.models import DBTaskResult

from portal.content.mail import Message, enqueue
from portal.editorial.roles import Role
from portal.platform.records.maintenance import MaintenanceRun, SchedulerPause
from portal.platform.records.periodic_runs import PeriodicRun
from portal.platform.tasks.periodic import run_due
from portal.readership.counting.counter import ViewCounter
from portal.readership.flushing import Flusher
from portal.readership.links import PageLinks
from tests.builders import make_article, newsroom_client
from tests.editorial.actions import form_of, reload

pytestmark = pytest.mark.django_db
WHY = "Le portail déménage jusqu’à 14 heures."


def read_only(state: str, **options) -> str:
    written = StringIO()
    call_command("read_only", state, stdout=written, **options)
    return written.getvalue()


@pytest.fixture
def is_read_only(db) -> None:
    read_only("on", why=WHY)


def text_of(response) -> str:
    return re.sub(r"<[^>]+>", " ", response.content.decode())


def test_readers_go_on(lorraine, saar, is_read_only):
    path = lorraine.address(make_article(lorraine.section))

    assert lorraine.reader().get(path).status_code == 200
    assert saar.reader().get("/de/").status_code == 200
    assert lorraine.reader().get("/fr/recherche/?q=tour").status_code == 200


def test_reading_does_not_look_for_the_state(lorraine, is_read_only):
    path, reader = lorraine.address(make_article(lorraine.section)), lorraine.reader()
    reader.get(path)
    with CaptureQueriesContext(connection) as found:
        reader.get(path)

    assert not any("schedulerpause" in query["sql"] for query in found)


def test_reader_gets_the_reason_and_their_own_words_back(lorraine, is_read_only):
    fields = {
        "message": "Une longue lettre\nà la rédaction",
        "name": "Jeanne <b>Colin</b>",
        "csrfmiddlewaretoken": "abcdefgh",
    }
    response = lorraine.reader().post("/fr/_forms/any/", fields | {"password": "never shown"})
    shown = response.content.decode()

    assert response.status_code == 503
    assert response["Retry-After"]
    assert response["Cache-Control"] == "no-store"
    assert WHY in shown
    assert "Une longue lettre<br>à la rédaction" in shown
    assert "Jeanne &lt;b&gt;Colin&lt;/b&gt;" in shown
    assert "abcdefgh" not in shown
    assert "never shown" not in shown


def test_page_is_in_the_language_of_its_address(lorraine, saar, is_read_only):
    assert '<html lang="de"' in saar.reader().post("/de/_registration/any/").content.decode()


def test_newsroom_saves_nothing_and_learns_why(lorraine, newsroom, is_read_only):
    page = make_article(lorraine.section, "Le tour")
    editor = newsroom_client(lorraine, newsroom[Role.EDITOR])
    before = page.revisions.count()
    response = editor.post(f"/admin/pages/{page.pk}/edit/", form_of(page, title="Le détour"))

    assert response.status_code == 503
    assert WHY in text_of(response)
    assert page.revisions.count() == before
    assert reload(page).title == "Le tour"


def test_every_newsroom_page_has_a_notice(lorraine, newsroom, is_read_only):
    PeriodicRun.objects.create(name="any", started_at=timezone.now())
    for role in (Role.EDITOR, Role.SITE_ADMINISTRATOR):
        shown = newsroom_client(lorraine, newsroom[role]).get("/admin/").content.decode()
        assert WHY in shown


def test_nobody_signs_in(lorraine, is_read_only):
    response = lorraine.reader().post("/admin/login/", {"username": "anna", "password": "secret-secret"})

    assert response.status_code == 503
    assert "secret-secret" not in response.content.decode()


def test_no_periodic_task_runs(is_read_only):
    assert run_due(timezone.now()) == []
    assert not PeriodicRun.objects.filter(started_at__isnull=False).exists()


def test_scheduler_takes_no_task_until_the_end(django_capture_on_commit_callbacks, is_read_only, mailoutbox):
    with django_capture_on_commit_callbacks(execute=True):
        enqueue([Message("anna@example.org", "Lettre", "Bonjour.")])
    call_command("scheduler", once=True, stdout=StringIO())
    assert mailoutbox == []

    read_only("off")
    call_command("scheduler", once=True, stdout=StringIO())
    assert [mail.to for mail in mailoutbox] == [["anna@example.org"]]


def test_views_wait_in_memory(is_read_only, monkeypatch):
    counter = ViewCounter()
    flushed: list[object] = []
    monkeypatch.setattr(counter, "flush", flushed.append)
    flusher = Flusher(counter, PageLinks(None))
    monkeypatch.setattr("portal.readership.flushing.connections.close_all", lambda: None)
    flusher.flush()
    assert flushed == []

    read_only("off")
    flusher.flush()
    assert len(flushed) == 1


def test_command_waits_for_running_tasks(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        enqueue([Message("anna@example.org", "Lettre", "Bonjour.")])
    DBTaskResult.objects.update(status="RUNNING", started_at=timezone.now())

    with pytest.raises(CommandError, match="1 tasks that began before"):
        read_only("on", why=WHY, wait=0.1)
    assert SchedulerPause.read_only()


def test_status_names_the_reason_and_the_command_that_ends_it(is_read_only, client):
    MaintenanceRun.note("backup", True)
    written = StringIO()
    with pytest.raises(CommandError), override("en"):
        call_command("status", json=True, stdout=written)
    found = json.loads(written.getvalue())["writes"]

    assert found["well"] is False
    assert WHY in found["text"]
    assert "manage.py read_only off" in found["text"]
    # Readers get pages, so a load balancer must not take the machine away.
    assert Client().get("/-/ready").json()["writes"] is False


def test_reason_is_required():
    with pytest.raises(CommandError, match="--why"):
        read_only("on")
    with pytest.raises(CommandError, match="not read-only"):
        read_only("off")


def test_end_lets_people_save_at_once(lorraine, newsroom, is_read_only):
    page = make_article(lorraine.section, "Le tour")
    editor = newsroom_client(lorraine, newsroom[Role.EDITOR])
    read_only("off")

    assert editor.post(f"/admin/pages/{page.pk}/edit/", form_of(page, title="Le détour")).status_code == 302


def test_read_only_is_not_the_pause_after_a_restore(is_read_only):
    assert SchedulerPause.beginning() is None
    with pytest.raises(CommandError, match="Nothing is paused"):
        call_command("resume")
