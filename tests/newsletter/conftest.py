"""A newsletter of the tested site and its newsroom: built once per module, restored for each test."""

from copy import deepcopy
from typing import Any

import pytest

from portal.editorial.roles import Role
from portal.newsletter.models import NewsletterPage
from tests.builders import make_newsroom
from tests.newsletter.makers import make_newsletter


@pytest.fixture(scope="module")
def module_staff(module_network) -> dict[Role, Any]:
    return make_newsroom(module_network.lorraine)


@pytest.fixture
def staff(module_staff, network) -> dict[Role, Any]:
    return deepcopy(module_staff)


@pytest.fixture(scope="module")
def module_newsletter(module_network) -> NewsletterPage:
    return make_newsletter(module_network.lorraine)


@pytest.fixture
def newsletter(module_newsletter, network) -> NewsletterPage:
    return deepcopy(module_newsletter)
