"""An installation and its backup, for the tests of this folder."""

from collections.abc import Iterator

import pytest
from django.core import mail

from tests.backups.place import Place, build


@pytest.fixture(scope="module")
def built(light_settings, django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Place]:
    with django_db_blocker.unblock():
        yield from build(tmp_path_factory.mktemp("installation"))


@pytest.fixture
def place(built: Place, db: None) -> Iterator[Place]:
    """A newly restored installation. Within the test, this process uses it."""
    with built.installation.here():
        built.reset()
        mail.outbox = []
        yield built
