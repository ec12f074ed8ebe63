"""For uploads that cannot be read, and for failed imports, the newsroom shows the reason."""

from io import BytesIO
from typing import Any

import pytest
from django.db import DataError, IntegrityError, OperationalError
from django.test import Client
from django.urls import reverse
from django.utils.translation import get_language, override
from wagtail.models import Page

from events.importing.fetch import FetchError
from portal.editorial.roles import Role
from portal.editorial.sign_in.encryption import encrypt
from portal.moving.models import ImportedItem, ImportRun, ImportSource
from portal.moving.newsroom import tasks
from portal.moving.newsroom.forms import MOST_BYTES
from portal.moving.newsroom.runs import begin
from portal.moving.writing import files
from tests.builders import work_off
from tests.moving.conftest import POSTS, act, sent, shown, upload
from tests.moving.exports import OLD, item

pytestmark = pytest.mark.usefixtures("media")
State = ImportRun.State


def test_file_that_is_not_an_export_is_refused_with_a_reason(administrator, lorraine):
    upload(administrator, lorraine, content=b"<html>no export</html>")
    work_off()
    run = ImportRun.objects.get()

    assert run.state == State.FAILED
    page = shown(administrator, "moving_run", run.pk)
    assert "export.xml, line 1: it begins with &lt;html&gt;, an export of WordPress with &lt;rss&gt;" in page


def test_reading_can_be_stopped_and_the_import_removed(administrator, lorraine, monkeypatch):
    look_at = tasks.look_at

    def stopping(*words: Any) -> Any:
        administrator.post(reverse("moving_run", args=[run.pk]), {"action": "stop_reading"})
        return look_at(*words)

    monkeypatch.setattr(tasks, "look_at", stopping)
    assert 'value="stop_reading"' in upload(administrator, lorraine, *POSTS).content.decode()
    run = ImportRun.objects.get()
    work_off()
    assert "The reading was stopped." in shown(administrator, "moving_run", run.pk)

    administrator.post(reverse("moving_run", args=[run.pk]), {"action": "delete"})

    assert not ImportRun.objects.exists()


def test_password_is_erased_when_the_reading_is_stopped_before_it_began(administrator, lorraine, saar, newsroom):
    facts = {"origin": OLD, "address": OLD, "secret": encrypt("anna:abcd")}
    other = ImportRun.objects.create(site=saar.site, locale=saar.home.locale, **facts)
    run = begin(ImportRun(site=lorraine.site, locale=lorraine.home.locale, **facts), newsroom[Role.SITE_ADMINISTRATOR])

    for each in (run, other):
        administrator.post(reverse("moving_run", args=[each.pk]), {"action": "stop_reading"})
        each.refresh_from_db()

    assert (run.state, run.secret) == (State.FAILED, "")
    assert (other.state, other.secret) == (State.READING, facts["secret"])


def test_reason_is_in_the_language_of_the_person_who_started_the_work(administrator, proposed, newsroom):
    address = reverse("moving_run", args=[proposed.pk])
    administrator.post(address, sent(proposed, "import"), headers={"accept-language": "de"})
    newsroom[Role.SITE_ADMINISTRATOR].groups.clear()
    with override("fr"):
        work_off()

    proposed.refresh_from_db()
    assert "verwaltet die Website nicht mehr" in proposed.error


def test_spreadsheet_without_an_address_is_known_by_its_name(administrator, lorraine, saar):
    content = b"Titre;Texte\nUn;Le texte\n"
    for _time in range(2):
        upload(administrator, lorraine, content=content, name="articles.csv")
        work_off()
        act(administrator, ImportRun.objects.latest("pk"), "import")

    assert ImportSource.objects.get().address == "spreadsheet:articles"
    assert Page.objects.filter(title="Un").count() == 1


def test_failure_is_shown_and_the_choices_stay(administrator, proposed, monkeypatch):
    def failing(*args: Any) -> None:
        raise RuntimeError("a secret of the installation")

    monkeypatch.setattr(tasks, "run_import", failing)
    act(administrator, proposed, "import", **{"name-0": "Entreprises"})

    page = shown(administrator, "moving_run", proposed.pk)
    assert "Something failed" in page
    assert "a secret" not in page
    assert "Entreprises" in page


@pytest.mark.parametrize("error", [DataError, IntegrityError])
def test_value_that_the_database_refuses_ends_the_reading(administrator, lorraine, monkeypatch, error):
    def refusing(*args: Any) -> None:
        raise error("unsupported Unicode escape sequence")

    monkeypatch.setattr(tasks, "look_at", refusing)
    upload(administrator, lorraine, *POSTS)
    work_off()

    page = shown(administrator, "moving_run", ImportRun.objects.get().pk)
    assert "Something failed" in page
    assert "is being read" not in page


def test_reading_is_retried_after_the_database_was_unavailable(administrator, lorraine, monkeypatch):
    look_at, errors = tasks.look_at, [OperationalError("the connection is closed")]

    def interrupted(*args: Any) -> Any:
        if errors:
            raise errors.pop()
        return look_at(*args)

    monkeypatch.setattr(tasks, "look_at", interrupted)
    upload(administrator, lorraine, *POSTS)
    for _time in range(2):
        work_off(pauses=True)

    assert ImportRun.objects.get().state == State.PROPOSED


def test_import_that_failed_is_not_shown_as_a_dry_run(administrator, proposed, monkeypatch):
    act(administrator, proposed, "try")

    def failing(*args: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(tasks, "run_import", failing)
    act(administrator, proposed, "import")

    page = shown(administrator, "moving_run", proposed.pk)
    assert "Something failed" in page
    assert "Dry run: nothing is stored" not in page


class Unread(BytesIO):
    """A body that nobody may read."""

    def read(self, *sizes: int) -> bytes:
        raise AssertionError("the file was read")


def test_file_that_is_too_large_is_refused_before_it_is_read(administrator):
    size = {"CONTENT_LENGTH": str(MOST_BYTES * 2), "wsgi.input": Unread()}

    response = administrator.post(reverse("moving_begin"), **size)

    assert response.status_code == 413
    assert "larger than 60 MB. The command import_wordpress takes larger ones." in response.content.decode()
    assert not ImportRun.objects.exists()


def test_upload_without_the_token_of_the_form_is_refused(lorraine, newsroom):
    client = Client(enforce_csrf_checks=True, headers={"host": lorraine.host})
    client.force_login(newsroom[Role.SITE_ADMINISTRATOR])

    assert upload(client, lorraine, *POSTS).status_code == 403
    assert not ImportRun.objects.exists()


def test_reason_for_a_missing_picture_is_in_the_importing_persons_language(bring, monkeypatch):
    def failing(address: str, **facts: Any) -> Any:
        raise FetchError(str(get_language()))

    monkeypatch.setattr(files, "fetch", failing)
    with override("de"):
        bring(item("Un", f'<img src="{OLD}/hall.png" alt="">', wp_id=1), media="")

    assert ["picture missing", f"{OLD}/hall.png: de"] in ImportedItem.objects.get(kind="page").notes
