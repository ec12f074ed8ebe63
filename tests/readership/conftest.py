"""Fixtures for the tests of readership."""

import pytest

from tests.readership.watching import Watched


@pytest.fixture
def watched() -> Watched:
    return Watched()
