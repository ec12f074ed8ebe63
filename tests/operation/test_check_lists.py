"""Rows of lists that differ from their pages are found, counted and repaired."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from events.models import CalendarEntry, Occurrence, OccurrencePlacement
from portal.content.housekeeping import follow_privacy_in_lists
from portal.content.lists.checking import check_lists
from portal.content.records.listing import Placement, StoryCard
from tests.builders import change, make_article, make_event, make_private, make_section

pytestmark = pytest.mark.django_db


def test_lists_of_a_network_have_no_differences(network):
    section = make_section(network.lorraine.section, "Fermée")
    make_article(section, "Secret")
    make_private(section)
    change(make_article(network.lorraine.section, "Finit"), expire_at=timezone.now() + timedelta(days=2))
    make_event(network.lorraine.calendar, "Série", recurrence="FREQ=WEEKLY;COUNT=5")

    assert check_lists(repair=False) == {"stories": 0, "events": 0}


DAMAGE = {
    "a card is gone": (lambda story, event: StoryCard.objects.filter(page=story).delete(), "stories"),
    "a card has another title": (
        lambda story, event: StoryCard.objects.filter(page=story).update(title="?"),
        "stories",
    ),
    "a placement is gone": (lambda story, event: Placement.objects.filter(card=story.pk)[0].delete(), "stories"),
    "a page was taken down behind our back": (
        lambda story, event: Page.objects.filter(pk=story.pk).update(live=False),
        "stories",
    ),
    "an event is in no list": (lambda story, event: OccurrencePlacement.objects.filter(event=event).delete(), "events"),
    "an event has no dates": (lambda story, event: Occurrence.objects.filter(event=event).delete(), "events"),
    "an event has no entry": (lambda story, event: CalendarEntry.objects.filter(event=event).delete(), "events"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_counted_and_repaired_once(lorraine, damage):
    story, event = make_article(lorraine.section, "Fonderie"), make_event(lorraine.calendar, "Foire")
    act, name = DAMAGE[damage]
    act(story, event)

    assert check_lists(repair=False)[name] == 1
    assert check_lists(repair=True)[name] == 1
    assert check_lists(repair=False) == {"stories": 0, "events": 0}


@pytest.mark.parametrize("kind", ["story", "alias", "event"])
def test_scheduler_unlists_pages_made_private_without_a_signal(lorraine, kind):
    section = make_section(lorraine.section, "Fermée")
    page = make_event(lorraine.calendar, "Foire") if kind == "event" else make_article(section, "Fonderie")
    other = make_article(lorraine.section, "Ouverte")
    shown = page.create_alias(parent=lorraine.section, update_slug="alias") if kind == "alias" else page
    rule = PageViewRestriction(page=lorraine.calendar if kind == "event" else section, restriction_type="login")
    PageViewRestriction.objects.bulk_create([rule])
    rows = (
        OccurrencePlacement.objects.filter(event=page) if kind == "event" else Placement.objects.filter(card=shown.pk)
    )
    assert rows.exists()

    follow_privacy_in_lists(timezone.now())

    assert not rows.exists()
    assert Placement.objects.filter(card=other.pk).exists()
    assert check_lists(repair=False) == {"stories": 0, "events": 0}


@pytest.mark.parametrize("kind", ["story", "alias", "event"])
def test_scheduler_lists_what_became_public_again_without_a_signal(lorraine, kind):
    section = make_section(lorraine.section, "Fermée")
    page = make_event(lorraine.calendar, "Foire") if kind == "event" else make_article(section, "Fonderie")
    shown = page.create_alias(parent=lorraine.section, update_slug="alias") if kind == "alias" else page
    make_private(lorraine.calendar if kind == "event" else section)
    make_private(other := make_article(lorraine.section, "Privée"))
    rows = (
        OccurrencePlacement.objects.filter(event=page) if kind == "event" else Placement.objects.filter(card=shown.pk)
    )
    follow_privacy_in_lists(timezone.now())
    assert not rows.exists()
    rule = PageViewRestriction.objects.exclude(page=other.pk)
    rule._raw_delete(rule.db)

    follow_privacy_in_lists(timezone.now())

    assert rows.exists()
    assert not Placement.objects.filter(card=other.pk).exists()
    assert check_lists(repair=False) == {"stories": 0, "events": 0}


def test_lists_without_private_pages_cost_the_scheduler_few_queries(lorraine, django_assert_num_queries):
    make_private(make_section(lorraine.section, "Fermée"))
    follow_privacy_in_lists(timezone.now())

    with django_assert_num_queries(6):
        follow_privacy_in_lists(timezone.now())


def test_command_fails_while_something_differs(lorraine):
    make_article(lorraine.section, "Fonderie")
    StoryCard.objects.all().delete()
    with pytest.raises(CommandError, match="--repair"):
        call_command("check_lists", stdout=StringIO())

    call_command("check_lists", repair=True, stdout=StringIO())
    call_command("check_lists", stdout=StringIO())
