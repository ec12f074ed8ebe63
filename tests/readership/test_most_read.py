"""The shelf “most read” shows what the readers of its own site read, in an order that changes once an hour."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from wagtail import hooks

from home.most_read import MostReadStory
from home.periodic import choose_most_read
from portal.platform.operation.changes import present_state
from portal.readership.models import ReadershipChoices
from tests.builders import change, make_article, make_draft, make_private, make_section
from tests.readership.reading import read

pytestmark = pytest.mark.django_db


def shelf(count: int = 5) -> tuple[str, dict]:
    return "most_read", {"title": "Les plus lus", "count": count}


def shown(ground) -> list[str]:
    page = BeautifulSoup(ground.reader().get("/fr/").content, "html.parser")
    return [title.get_text(strip=True) for title in page.select(".shelf--most-read .card__title")]


@pytest.fixture
def stories(lorraine):
    """Three stories of the site, read 12, 30 and 20 times, and one that few have read."""
    change(lorraine.home, shelves=[shelf()])
    found = {}
    for title, views in {"Scierie": 12, "Fonderie": 30, "Verrerie": 20, "Tuilerie": 9}.items():
        found[title] = make_article(lorraine.section, title)
        read(lorraine, found[title], views)
    choose_most_read(timezone.now())
    return found


def test_most_read_story_comes_first_and_few_readers_are_not_told(lorraine, stories):
    assert shown(lorraine) == ["Fonderie", "Verrerie", "Scierie"]


def test_stories_of_another_site_never_show(lorraine, saar, stories):
    read(saar, make_article(saar.sections["fr"], "Aciérie"), 500)
    choose_most_read(timezone.now())
    assert shown(lorraine) == ["Fonderie", "Verrerie", "Scierie"]


def test_home_page_that_is_taken_down_meanwhile_gets_no_rows(lorraine, saar):
    homes = sorted([lorraine.home, saar.home], key=lambda home: home.pk)
    for home in homes:
        change(home, shelves=[shelf()])
    story = make_article(lorraine.section, "Fonderie")

    def take_down(home, now, most):
        make_draft(homes[1])
        return [story.pk]

    with hooks.register_temporarily("portal_most_read", take_down):
        choose_most_read(timezone.now())
    assert set(MostReadStory.objects.values_list("home", flat=True)) == {homes[0].pk}


def test_order_stays_until_the_hour_is_over(lorraine, stories):
    read(lorraine, stories["Tuilerie"], 500, days_ago=1)
    assert shown(lorraine)[0] == "Fonderie"
    choose_most_read(timezone.now())
    assert shown(lorraine)[0] == "Tuilerie"


def test_kept_answers_end_when_the_order_changes_and_not_before(lorraine, stories):
    before = present_state()
    read(lorraine, stories["Fonderie"], 500, days_ago=1)
    choose_most_read(timezone.now())
    assert present_state() == before

    read(lorraine, stories["Scierie"], 900, days_ago=1)
    choose_most_read(timezone.now())
    assert present_state().mark != before.mark


def test_readers_of_more_than_a_week_ago_are_forgotten(lorraine, stories):
    choose_most_read(timezone.now() + timedelta(days=8))
    assert shown(lorraine) == []


def test_story_that_became_private_leaves_at_once(lorraine, stories):
    make_private(stories["Fonderie"], "secret")
    assert shown(lorraine) == ["Verrerie", "Scierie"]


def test_story_above_is_not_shown_twice(lorraine, stories):
    change(lorraine.home, shelves=[("lead", {"story": stories["Fonderie"]}), shelf()])
    assert "Fonderie" not in shown(lorraine)


def test_story_that_moved_to_another_home_page_leaves_at_once(lorraine, saar, stories):
    stories["Fonderie"].move(make_section(saar.homes["fr"], "Bois", slug="bois"), "last-child")
    assert "Fonderie" not in shown(lorraine)


def test_there_is_no_shelf_before_anything_was_read(lorraine):
    change(lorraine.home, shelves=[shelf()])
    choose_most_read(timezone.now())
    assert "Les plus lus" not in lorraine.reader().get("/fr/").content.decode()


def test_site_that_counts_nobody_shows_nothing(lorraine, stories):
    ReadershipChoices.objects.create(site=lorraine.site, is_counting=False)
    choose_most_read(timezone.now())
    assert shown(lorraine) == []


def test_nothing_is_kept_for_a_home_page_without_the_shelf(lorraine, stories):
    change(lorraine.home, shelves=[])
    choose_most_read(timezone.now())
    assert not MostReadStory.objects.exists()
