"""Proposals of one person that are confirmed at the same instant do not exceed the limit together.

The confirmations run in threads with a connection each, to a separate database.
"""

from collections.abc import Iterator

import pytest
from django.utils import timezone

from events.models import Proposal
from events.proposals import acting
from events.proposals.acting import MOST_OPEN, ProposalRefusedError, confirm
from events.records import EventConsent
from tests.builders import SampleSite, make_site
from tests.events.proposals.proposing import take_proposals
from tests.events.registration.test_last_seat import run_concurrently
from tests.own_database import connected_to, copied_database

CROWD = 4


@pytest.fixture(scope="module")
def own_database(light_settings, django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[str]:
    with django_db_blocker.unblock(), copied_database(tmp_path_factory.mktemp("proposals")) as name:
        yield name


@pytest.fixture
def ground(db, own_database) -> Iterator[SampleSite]:
    with connected_to(own_database):
        yield take_proposals(make_site("crowd.localhost", ("fr",)))


def make(ground: SampleSite, number: int, state: str) -> list[Proposal]:
    consent = EventConsent.version(ground.site, "fr", "J’accepte.")
    now = timezone.now()
    facts = {"calendar": ground.calendar, "site": ground.site, "language": "fr", "kind": "event", "consent": consent}
    mine = {"same_address": "anna@portal.example", "address": "anna@portal.example", "state": state}
    return [
        Proposal.objects.create(title=f"Veillée {each}", standfirst="…", delete_at=now, **facts, **mine)
        for each in range(number)
    ]


def test_only_as_many_as_allowed_are_confirmed(ground, monkeypatch):
    make(ground, MOST_OPEN - 1, Proposal.State.OPEN)
    held = make(ground, CROWD, Proposal.State.HELD)
    count = acting.MOST_OPEN

    def attempt(proposal: Proposal) -> bool:
        try:
            confirm(proposal, timezone.now())
        except ProposalRefusedError:
            return False
        return True

    results = run_concurrently([lambda each=each: attempt(each) for each in held])

    assert sorted(results) == [False] * (CROWD - 1) + [True]
    assert Proposal.objects.open().count() == count
