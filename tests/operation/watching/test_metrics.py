"""The web server and the scheduler count requests and the work behind them, for Prometheus."""

import json
import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client, RequestFactory
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from prometheus_client import values
from wagtail.models import Revision

from portal.content.mail import Message, enqueue
from portal.editorial.roles import Role
from portal.editorial.schedule.scheduling import run_schedule
from portal.env import BASE_DIR
from portal.platform.caching.wsgi_cache import ResponseCache
from portal.platform.measuring import metrics
from portal.platform.measuring.requests import MeasuredRequests, measured
from tests.builders import make_article, work_off
from tests.readership.watching import connection_stays_open

pytestmark = pytest.mark.django_db
FAR = "203.0.113.9"


@pytest.fixture
def measuring(settings, tmp_path, monkeypatch):
    """Counting has begun in this process, with files of its own."""
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(metrics, "_active", {})
    monkeypatch.setattr(metrics, "_slot", (0, "", -1))
    monkeypatch.setattr(values, "ValueClass", values.ValueClass)
    monkeypatch.setenv(metrics.FOLDER, "")
    metrics.start(metrics.WEB)
    yield
    metrics.user_logged_in.disconnect(dispatch_uid="measuring")
    metrics.user_login_failed.disconnect(dispatch_uid="measuring")
    values.close_all_multiprocess_files()
    os.close(metrics._slot[2])


def sample(name: str, **labels: str) -> float:
    """A number on the page of metrics; 0 if it is not there."""
    wanted = set(labels.items())
    for line in Client().get("/-/metrics").content.decode().splitlines():
        if line.startswith((f"{name}{{", f"{name} ")) and wanted <= set(re.findall(r'(\w+)="([^"]*)"', line)):
            return float(line.split()[-1])
    return 0.0


def ask(application, host: str, path: str) -> str:
    statuses = []
    environ = RequestFactory(headers={"host": host}).get(path).environ
    with connection_stays_open():
        b"".join(application(environ, lambda status, *_: statuses.append(status)))
    return statuses[0][:3]


def test_requests_are_counted_by_page_status_cache_and_site(measuring, lorraine, saar):
    application = measured(ResponseCache(WSGIHandler(), 8))
    for _turn in range(3):
        ask(application, lorraine.site.hostname, "/fr/")
    ask(application, saar.site.hostname, "/de/nowhere/")

    def counted(**labels: str) -> float:
        return sample("portal_requests_total", **labels)

    assert counted(kind="homepage", status="200", cache="miss", site=lorraine.site.hostname) == 1
    assert counted(kind="homepage", status="200", cache="hit", site=lorraine.site.hostname) == 2
    assert counted(status="404", site=saar.site.hostname) == 1
    assert sample("portal_request_duration_seconds_count", kind="homepage", cache="hit") == 2


def test_clients_cannot_add_labels(measuring, lorraine):
    application = measured(ResponseCache(WSGIHandler(), 8))
    for number in range(5):
        assert ask(application, f"host-{number}.localhost", f"/fr/invented-{number}/") == "400"

    assert sample("portal_requests_total", kind="other", site="", status="400") == 5
    assert "invented" not in Client().get("/-/metrics").content.decode()


def test_nothing_stands_between_server_and_portal_without_the_extra(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    metrics.start(metrics.WEB)
    application = WSGIHandler()

    assert measured(application) is application
    assert list(tmp_path.iterdir()) == []


def test_readers_do_not_get_the_metrics(measuring):
    assert Client().get("/-/metrics", REMOTE_ADDR=FAR).status_code == 404


def test_sign_ins_are_counted(measuring, lorraine, newsroom):
    person, client = newsroom[Role.EDITOR], Client(headers={"host": lorraine.site.hostname})
    person.set_password("a-long-password-of-tests")
    person.save()
    for password in ("wrong", "a-long-password-of-tests"):
        client.post("/admin/login/", {"username": person.username, "password": password})

    assert sample("portal_sign_ins_total", outcome="refused") == 1
    assert sample("portal_sign_ins_total", outcome="ok") == 1


def test_delay_of_a_scheduled_publication_is_observed(measuring, lorraine):
    page = make_article(lorraine.section, live=False)
    due = timezone.now() - timedelta(seconds=40)
    revision = page.save_revision(clean=False)
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=due)
    assert run_schedule(timezone.now()) == []

    assert sample("portal_publication_delay_seconds_bucket", kind="page", le="60.0") == 1
    assert sample("portal_publication_delay_seconds_bucket", kind="page", le="30.0") == 0


def test_mails_are_counted_by_their_outcome(measuring, monkeypatch, django_capture_on_commit_callbacks):
    def send(mail) -> None:
        if "nobody" in mail.to[0]:
            raise ConnectionRefusedError

    monkeypatch.setattr("portal.content.mail.EmailMultiAlternatives.send", send)
    with django_capture_on_commit_callbacks(execute=True):
        enqueue([Message(f"{name}@example.org", "Lettre", "Bonjour.") for name in ("anna", "paul", "nobody")])
    work_off()

    assert sample("portal_mails_total", kind="single", outcome="sent") == 2
    assert sample("portal_mails_total", kind="single", outcome="failed") == 1
    assert sample("portal_tasks_total", task="deliver", outcome="ok") == 2
    assert DBTaskResult.objects.count() == 3


PROCESS = """
import os, sys
import django
from django.conf import settings
django.setup()
from portal.platform.measuring import metrics
metrics.start(metrics.WEB, keep="keep" in sys.argv)
for _child in range(2):
    if os.fork() == 0:
        metrics.count(metrics.SIGN_INS, outcome="ok")
        print("counted", flush=True)
        sys.stdin.read()
        os._exit(0)
print("started", flush=True)
os.wait()
os.wait()
"""


def test_counts_of_all_processes_are_added_and_continued(measuring, settings, tmp_path):
    def run(*arguments: str) -> None:
        environment = os.environ | {"DATA_DIR": str(tmp_path), "SECRET_KEY": "k" * 40}
        environment |= {"DJANGO_SETTINGS_MODULE": "portal.settings"}
        command = [sys.executable, "-c", PROCESS, *arguments]
        # Both children exist at the same time: they end with their input.
        subprocess.run(command, env=environment, cwd=BASE_DIR, input="", text=True, check=True, capture_output=True)

    run("keep")
    assert sample("portal_sign_ins_total", outcome="ok") == 2
    run("keep")
    assert sample("portal_sign_ins_total", outcome="ok") == 4
    # At most one file for each process that ran at the same time as others.
    assert len(list((tmp_path / "metrics" / "web").glob("counter_*.db"))) <= 3
    run()
    assert sample("portal_sign_ins_total", outcome="ok") == 2


def names_in(text: str) -> set[str]:
    return {re.sub(r"_(bucket|count|sum)$", "", name) for name in re.findall(r"\bportal_\w+", text)}


@pytest.mark.parametrize("file", ["alerts.yml", "grafana-dashboard.json"])
def test_every_metric_of_the_samples_exists(file, measuring):
    text = (BASE_DIR / "deploy" / file).read_text()
    page = Client().get("/-/metrics").content.decode()
    served = set(re.findall(r"^(portal_\w+)", page, re.MULTILINE))

    assert names_in(text) - set(metrics.MEASURES) - served == set()
    for name, figure in re.findall(r'portal_figure\{name=\\?"(\w+)\\?",figure=\\?"(\w+)\\?"\}', text):
        assert f'portal_figure{{figure="{figure}",name="{name}"}}' in page
    for name in re.findall(r'portal_condition_well\{name=\\?"(\w+)\\?"\}', text):
        assert f'portal_condition_untried{{name="{name}"}}' in page


def test_dashboard_uses_recorded_series_that_the_rules_define():
    panels = json.loads((BASE_DIR / "deploy" / "grafana-dashboard.json").read_text())["panels"]
    used = {
        name for panel in panels for target in panel["targets"] for name in re.findall(r"portal:\S+", target["expr"])
    }
    defined = set(re.findall(r"record: (\S+)", (BASE_DIR / "deploy" / "alerts.yml").read_text()))

    assert used <= defined
    assert used


def test_request_that_fails_is_counted_as_500(measuring):
    def broken(environ, start_response):
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        ask(MeasuredRequests(broken), "localhost", "/fr/")

    assert sample("portal_requests_total", status="500", kind="other") == 1
