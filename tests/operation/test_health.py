"""Monitors, administrators and newsrooms see when a service that the portal depends on fails."""

import json
import re
from contextlib import closing
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portal.content.housekeeping import repair_lists
from portal.content.mail import Message, enqueue
from portal.content.records.listing import StoryCard
from portal.editorial.accounts.mails import send_password_link
from portal.editorial.roles import Role
from portal.platform.operation.static_files import StaticFiles
from portal.platform.records.maintenance import MaintenanceRun
from portal.platform.records.periodic_runs import PeriodicRun
from portal.platform.status import installation
from search.indexes import DRAFTS
from search.indexing.checking import check
from search.periodic import repair_index
from tests.builders import make_article, newsroom_client, work_off

pytestmark = pytest.mark.django_db


def scheduler_ran(ago: timedelta) -> None:
    PeriodicRun.objects.update_or_create(name="any", defaults={"started_at": timezone.now() - ago})


def ran_just_now() -> None:
    scheduler_ran(timedelta(seconds=5))
    MaintenanceRun.note("backup", True)


def refuse(execute, sql, params, many, context):
    raise OperationalError("the connection is lost")


def nobody_listens(*args, **kwargs):
    raise ConnectionRefusedError


def status(**options) -> tuple[int, str]:
    written = StringIO()
    try:
        call_command("status", stdout=written, **options)
    except CommandError as error:
        return error.returncode, written.getvalue()
    return 0, written.getvalue()


@pytest.mark.parametrize("path", ["/-/live", "/-/ready"])
def test_probes_respond_for_any_host_without_https(settings, path):
    settings.SECURE_SSL_REDIRECT = True
    ran_just_now()

    response = Client(headers={"host": "10.0.0.7:8000"}).get(path)

    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"


def test_portal_without_its_database_is_alive_and_not_ready(client):
    with connection.execute_wrapper(refuse):
        assert client.get("/-/live").status_code == 200
        response = client.get("/-/ready")

    assert response.status_code == 503
    assert response.json()["database"] is False


def test_portal_without_its_scheduler_is_ready_with_a_warning(client):
    scheduler_ran(timedelta(hours=1))
    response = client.get("/-/ready")

    assert response.status_code == 200
    assert response.json()["scheduler"] is False


def test_portal_with_migrations_to_apply_is_not_ready(client, monkeypatch):
    monkeypatch.setattr("portal.platform.status.health.MigrationExecutor.migration_plan", lambda *args: ["one"])

    assert client.get("/-/ready").status_code == 503


def test_portal_without_collected_static_files_is_not_ready(client, settings, tmp_path):
    ran_just_now()
    manifest = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": manifest}}

    assert client.get("/-/ready").status_code == 503
    assert status()[0] == 2
    assert "files are not collected, such as css/colour-input.css" in status()[1]

    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    call_command("collectstatic", interactive=False, verbosity=0)

    assert client.get("/-/ready").status_code == 200

    serving, [gone] = StaticFiles(HttpResponse), tmp_path.glob("css/colour-input.*.css")
    address = f"{settings.STATIC_URL}css/{gone.name}"
    with closing(serving(RequestFactory().get(address))) as response:
        assert response.status_code == 200
    gone.unlink()

    assert client.get("/-/ready").status_code == 503
    assert serving(RequestFactory().get(address)).status_code == 404


def test_status_of_a_working_installation_is_zero():
    ran_just_now()
    code, text = status()

    assert code == 0, text
    assert "scheduler     last ran 5 s ago" in text


@pytest.mark.parametrize(
    ("files", "commit"),
    [
        ({"HEAD": "1a2b3c4d5e6f7890"}, "1a2b3c4d5e6f"),
        ({"HEAD": "ref: refs/heads/main", "refs/heads/main": "2b3c4d5e6f7a8901"}, "2b3c4d5e6f7a"),
        (
            {"HEAD": "ref: refs/heads/main", "packed-refs": "# pack-refs\n3c4d5e6f7a8b9012 refs/heads/main"},
            "3c4d5e6f7a8b",
        ),
        ({}, ""),
    ],
)
def test_status_names_the_commit_of_a_checkout(tmp_path, monkeypatch, files, commit):
    for name, text in files.items():
        file = tmp_path / ".git" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n")
    monkeypatch.setattr(installation, "COMMIT", installation.commit_of(tmp_path))

    assert f"Portal {installation.portal_version()}{f' ({commit})' if commit else ','}" in status()[1]


def test_status_as_json_names_late_tasks(django_capture_on_commit_callbacks):
    ran_just_now()
    with django_capture_on_commit_callbacks(execute=True):
        enqueue([Message("anna@example.org", "Lettre", "Bonjour.")])
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(hours=9))
    code, text = status(json=True)
    assert code == 1
    queue = json.loads(text)["queue"]

    assert (queue["well"], queue["needed"], queue["text"]) == (False, False, "1 wait, the oldest for 9 h")
    assert queue["figures"]["length"] == 1
    assert queue["figures"]["seconds"] >= 9 * 3600


def test_status_names_failed_and_retried_tasks(lorraine, monkeypatch, newsroom):
    ran_just_now()
    person = newsroom[Role.EDITOR]
    monkeypatch.setattr("portal.content.mail.EmailMultiAlternatives.send", nobody_listens)
    send_password_link.enqueue(person.pk, person.pk)
    work_off()
    code, text = status()

    assert code == 1
    assert "LOOK    queue         1 failed and will be retried: send_password_link" in text


@pytest.mark.parametrize(
    ("hours", "age", "is_well", "sentence"),
    [
        (26, 25, True, "was made 25 h ago"),
        (26, 27, False, "was made 27 h ago"),
        (26, None, False, "has never been made"),
        (0, None, True, "is made by other means"),
    ],
)
def test_missing_backup_is_a_warning_and_the_portal_stays_ready(client, settings, hours, age, is_well, sentence):
    ran_just_now()
    settings.BACKUP_HOURS = hours
    if age:
        MaintenanceRun.objects.update(finished_at=timezone.now() - timedelta(hours=age))
    else:
        MaintenanceRun.objects.all().delete()
    code, text = status()
    probe = client.get("/-/ready")

    assert code == (0 if is_well else 1)
    assert sentence in text
    assert (probe.status_code, probe.json()["backup"]) == (200, is_well)


def test_nightly_comparisons_are_counted(lorraine):
    ran_just_now()
    StoryCard.objects.filter(page=make_article(lorraine.section, "Fonderie")).delete()
    # A test commits nothing, so its pages are not indexed automatically.
    check(DRAFTS, repair=True)
    repair_lists(timezone.now())
    repair_index(timezone.now())
    work_off()
    text = status()[1]

    assert re.search(r"lists         compared \d+ s ago: 1 differed", text)
    assert re.search(r"search        compared \d+ s ago: none differed", text)


def test_status_without_a_database_is_two():
    with connection.execute_wrapper(refuse):
        assert status()[0] == 2


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.SITE_ADMINISTRATOR])
def test_every_newsroom_sees_that_the_scheduler_is_down(lorraine, role, newsroom):
    scheduler_ran(timedelta(minutes=11))
    person = newsroom_client(lorraine, newsroom[role])

    for address in ("/admin/", f"/admin/pages/{lorraine.section.pk}/"):
        page = person.get(address).content.decode()
        assert page.count('role="alert"') == 1
        assert "planificateur" in page or "scheduler" in page


def test_newsroom_has_no_notice_while_the_scheduler_runs(lorraine, newsroom):
    scheduler_ran(timedelta(minutes=9))
    page = newsroom_client(lorraine, newsroom[Role.EDITOR]).get("/admin/").content.decode()

    assert 'role="alert"' not in page
