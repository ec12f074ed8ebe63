"""Fixtures: the newsrooms of the two sites, set up once for each test module."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from portal.editorial.roles import Role
from tests.builders import make_newsroom
from tests.own_database import copied_database


class Newsrooms(NamedTuple):
    """One member in each role, by site."""

    lorraine: dict[Role, Any]
    saar: dict[Role, Any]


@pytest.fixture(scope="module")
def module_newsrooms(module_network) -> Newsrooms:
    return Newsrooms(make_newsroom(module_network.lorraine), make_newsroom(module_network.saar))


@pytest.fixture
def newsrooms(module_newsrooms, network) -> Newsrooms:
    return module_newsrooms


@pytest.fixture
def newsroom(newsrooms) -> dict[Role, Any]:
    """The newsroom of the site under test."""
    return newsrooms.lorraine


@pytest.fixture(scope="module")
def own_database(light_settings, django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[str]:
    with django_db_blocker.unblock(), copied_database(tmp_path_factory.mktemp("own")) as name:
        yield name
