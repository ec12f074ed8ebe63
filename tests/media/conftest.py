"""Uploaded files go into a folder of the test."""

import pytest

from portal.editorial.roles import Role
from tests.builders import newsroom_client


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def editor(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.EDITOR])
