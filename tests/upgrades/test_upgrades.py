"""Backups of earlier versions are restored and upgraded with the documented commands, and nothing in them is lost.

That of 0.9.0 was made before its release: its schema is that of 1 December 2026, 36 migrations before the newest.
"""

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.database_copies import finished, installed
from tests.upgrades.contents import FOREIGN, PRIVATE

BACKUPS = Path(__file__).parent / "backups"
VERSIONS = sorted(each.name.partition("-")[0] for each in BACKUPS.glob("*-sqlite.tar.xz"))
LOOK = "from tests.upgrades.looking import look; print(look())"


@pytest.fixture(scope="module", params=VERSIONS)
def upgraded(request, light_settings, django_db_setup, django_db_blocker, tmp_path_factory) -> dict[str, Any]:
    """What is found in an installation with this version of the code and the content of an earlier one."""
    folder = tmp_path_factory.mktemp("installation")
    with django_db_blocker.unblock(), installed(folder) as found:
        with tarfile.open(BACKUPS / f"{request.param}-{connection.vendor}.tar.xz") as archive:
            archive.extractall(folder / "backups", filter="data")
        finished(found.start("manage.py", "restore", "--from", str(folder / "backups"), "--yes"))
        finished(found.start("manage.py", "upgrade", "--no-backup"))
        # It fails if a list or the index of the search is incomplete.
        return json.loads(finished(found.start("manage.py", "shell", "--no-imports", "-v0", "-c", LOOK)))


def test_every_public_page_of_both_sites_answers(upgraded):
    assert len(upgraded["statuses"]) == 14
    assert set(upgraded["statuses"].values()) == {200}


def test_story_is_in_the_list_of_its_section(upgraded):
    assert FOREIGN in upgraded["section"]


def test_search_finds_the_story_of_its_site_only(upgraded):
    assert FOREIGN in upgraded["found"]
    assert FOREIGN not in upgraded["found elsewhere"]


def test_private_story_is_shown_to_nobody_without_its_password(upgraded):
    assert PRIVATE not in upgraded["private"]


def test_draft_in_review_is_approved_and_seen_by_readers(upgraded):
    assert (upgraded["in review"], upgraded["approved"]) == (404, 200)


def test_scheduled_story_is_still_scheduled(upgraded):
    assert upgraded["scheduled"] == [upgraded["to be scheduled"]]


def test_registration_and_subscription_are_there(upgraded):
    assert upgraded["registered"] == ["Anna"]
    assert upgraded["subscribed"] == ["lectrice@reader.example"]
