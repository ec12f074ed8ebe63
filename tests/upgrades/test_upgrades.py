"""Backups of earlier versions are restored and upgraded with the documented commands, and nothing in them is lost.

That of 0.9.0 was made before its release: its schema is that of 1 December 2026, 36 migrations before the newest.
"""

import tarfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.utils.html import strip_tags
from wagtail.models import Page, Revision

from events.models import Registration
from portal.newsletter.models import Subscriber
from tests.builders import reader_of
from tests.conftest import rolled_back
from tests.database_copies import Installation, finished, installed
from tests.editorial.drafts import answer, step_of
from tests.upgrades.contents import FOREIGN, IN_REVIEW, PRIVATE, SCHEDULED

BACKUPS = Path(__file__).parent / "backups"
VERSIONS = sorted(each.name.partition("-")[0] for each in BACKUPS.glob("*-sqlite.tar.xz"))
SAAR, LORRAINE = "saar.localhost", "lorraine.localhost"


@pytest.fixture(scope="module", params=VERSIONS)
def upgraded(request, light_settings, django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Installation]:
    """An installation with this version of the code and the content of an earlier one."""
    folder = tmp_path_factory.mktemp("installation")
    with django_db_blocker.unblock(), installed(folder) as found:
        with tarfile.open(BACKUPS / f"{request.param}-{connection.vendor}.tar.xz") as archive:
            archive.extractall(folder / "backups", filter="data")
        finished(found.start("manage.py", "restore", "--from", str(folder / "backups"), "--yes"))
        finished(found.start("manage.py", "upgrade", "--no-backup"))
        yield found


@pytest.fixture(autouse=True)
def installation(upgraded, db) -> Iterator[None]:
    with upgraded.here(), rolled_back():
        yield


def page(title: str) -> Page:
    return Page.objects.get(title=title).specific


def path_of(page: Page) -> str:
    return str(page.get_url_parts()[2])


def seen(host: str, path: str) -> str:
    """The text of a page, without its tags."""
    return strip_tags(reader_of(host).get(path).content.decode())


def status_of(host: str, page: Page) -> int:
    return int(reader_of(host).get(path_of(page)).status_code)


def test_every_public_page_of_both_sites_answers():
    pages = [each for each in Page.objects.live().public().filter(depth__gt=2) if each.get_url_parts()]
    answers = {each.get_site().hostname + each.url_path: status_of(each.get_site().hostname, each) for each in pages}

    assert len(answers) >= 14
    assert {address: status for address, status in answers.items() if status != 200} == {}


def test_story_is_in_the_list_of_its_section():
    assert FOREIGN in seen(SAAR, path_of(page(FOREIGN).get_parent()))


def test_search_finds_the_story_of_its_site_only():
    assert FOREIGN in seen(SAAR, "/de/suche/?q=Stahlwerk")
    assert FOREIGN not in seen(LORRAINE, "/fr/recherche/?q=Stahlwerk")


def test_private_story_is_shown_to_nobody_without_its_password():
    assert PRIVATE not in seen(SAAR, path_of(page(PRIVATE)))


def test_draft_in_review_is_approved_and_seen_by_readers():
    draft = page(IN_REVIEW)
    assert status_of(SAAR, draft) == 404

    answer(step_of(draft), get_user_model().objects.get(username=f"approver-{SAAR}"))

    assert status_of(SAAR, page(IN_REVIEW)) == 200


def test_scheduled_story_is_still_scheduled():
    assert Revision.objects.get(approved_go_live_at__isnull=False).object_id == str(page(SCHEDULED).pk)


def test_registration_and_subscription_are_there():
    assert [each.name for each in Registration.objects.all()] == ["Anna"]
    assert [each.address for each in Subscriber.objects.all()] == ["lectrice@reader.example"]


@pytest.mark.parametrize("command", ["check_lists", "check_search"])
def test_lists_and_search_are_complete(command):
    # It raises CommandError if anything is missing.
    call_command(command, stdout=StringIO())
