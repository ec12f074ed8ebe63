"""Fixtures: a database per module, people, and the language of translations."""

from collections.abc import Iterator

import pytest

from portal.editorial.roles import Role
from tests.own_database import copied_database


@pytest.fixture(scope="module")
def own_database(light_settings, django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[str]:
    with django_db_blocker.unblock(), copied_database(tmp_path_factory.mktemp("own")) as name:
        yield name


@pytest.fixture
def editor(newsroom):
    return newsroom[Role.EDITOR]


@pytest.fixture
def approver(newsroom):
    return newsroom[Role.APPROVER]


@pytest.fixture
def german(lorraine):
    return lorraine.homes["de"].locale
