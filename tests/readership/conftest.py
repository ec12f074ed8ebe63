"""What the tests of readership share."""

import pytest

from tests.readership.watching import Watched


@pytest.fixture
def watched() -> Watched:
    return Watched()
