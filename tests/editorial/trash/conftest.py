"""A section with a story to delete, and the site administrator who deletes it."""

import pytest

from portal.editorial.roles import Role
from tests.builders import make_article, make_section, newsroom_client


@pytest.fixture
def chief(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])


@pytest.fixture
def section(lorraine):
    section = make_section(lorraine.home, "Industrie", slug="industrie")
    make_article(section, "La forge", slug="forge")
    return section
