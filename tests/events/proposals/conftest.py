"""A calendar that takes proposals."""

import pytest

from tests.builders import SampleSite
from tests.events.proposals.proposing import take_proposals


@pytest.fixture
def ground(lorraine: SampleSite) -> SampleSite:
    return take_proposals(lorraine)
