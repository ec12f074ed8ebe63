"""A day of ten writing editors ends no more cached responses than there are changes that readers can see."""

from random import Random

import pytest

from portal.editorial.roles import Role
from portal.platform.caching.purge_watch import PurgeWatch
from tests.builders import make_article, make_event, make_person, make_section_member, make_settings
from tests.events.registering import make_bookable
from tests.keeping.newsroom_day import SEEN_ACTS, UNSEEN_ACTS, Day

EDITORS = 10
# Each editor does so much of what nobody sees, and then something that readers see.
ROUNDS = 4


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def watch(db):
    """It looks after each act, and has no second purge for what was on its way meanwhile."""
    purges = []
    watch = PurgeWatch(purge=lambda: purges.append(1), clock=lambda: 0.0)
    watch.look()
    purges.clear()
    watch.purges = purges
    return watch


@pytest.fixture
def editors(lorraine, newsroom):
    make_person()
    make_settings(lorraine, contact_email="redaction@lorraine.example")
    live = {
        "article": make_article(lorraine.section, "Le bois"),
        "event": make_event(lorraine.calendar, "Marché"),
        "bookable": make_bookable(lorraine.calendar, "Atelier", capacity=50),
    }
    for number in range(6):
        make_article(lorraine.section, f"Brève {number}")
    others = [make_section_member(lorraine, Role.EDITOR) for _number in range(EDITORS - 1)]
    chance = Random(27)
    return [Day(lorraine, newsroom, editor, chance, live) for editor in [newsroom[Role.EDITOR], *others]]


def purges_of(watch, act, editor):
    before = len(watch.purges)
    act(editor)
    watch.look()
    return len(watch.purges) - before


@pytest.mark.parametrize("act", UNSEEN_ACTS, ids=lambda act: act.__name__)
def test_work_that_no_reader_sees_purges_nothing(watch, editors, act):
    watch.look()

    assert purges_of(watch, act, editors[0]) == 0


@pytest.mark.parametrize("act", SEEN_ACTS, ids=lambda act: act.__name__)
def test_change_that_readers_see_purges_once(watch, editors, act):
    watch.look()

    assert purges_of(watch, act, editors[0]) == 1


def test_day_of_ten_editors_purges_as_often_as_readers_see_a_change(watch, editors):
    watch.look()
    watch.purges.clear()
    chance, seen = Random(27), 0
    for _round in range(ROUNDS):
        for editor in editors:
            for act in chance.sample(UNSEEN_ACTS, 3):
                purges_of(watch, act, editor)
        purges_of(watch, chance.choice(SEEN_ACTS), chance.choice(editors))
        seen += 1

    assert len(watch.purges) == seen
