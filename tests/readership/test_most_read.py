"""The shelf “most read” ranks stories by the readers of its own site, and is updated hourly."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from wagtail import hooks

from home.most_read import MostReadStory
from home.periodic import choose_most_read
from portal.platform.operation.changes import content_version
from portal.readership.models import ReadershipChoices
from tests.builders import change, make_article, make_draft, make_private, make_section
from tests.readership.watching import read

pytestmark = pytest.mark.django_db


def shelf(count: int = 5) -> tuple[str, dict]:
    return "most_read", {"title": "Les plus lus", "count": count}


def shown(ground) -> list[str]:
    page = BeautifulSoup(ground.reader().get("/fr/").content, "html.parser")
    return [title.get_text(strip=True) for title in page.select(".shelf--most-read .card__title")]


@pytest.fixture
def stories(lorraine):
    """Three stories of the site with 12, 30 and 20 views, and one with few."""
    change(lorraine.home, shelves=[shelf()])
    found = {}
    for title, views in {"Scierie": 12, "Fonderie": 30, "Verrerie": 20, "Tuilerie": 9}.items():
        found[title] = make_article(lorraine.section, title)
        read(lorraine, found[title], views)
    choose_most_read(timezone.now())
    return found


def test_most_read_stories_of_the_site_with_enough_views_are_shown_in_order(lorraine, saar, stories):
    read(saar, make_article(saar.sections["fr"], "Aciérie"), 500)
    choose_most_read(timezone.now())
    assert shown(lorraine) == ["Fonderie", "Verrerie", "Scierie"]


def a_week_later(ground):
    choose_most_read(timezone.now() + timedelta(days=8))


def counts_no_readers(ground):
    ReadershipChoices.objects.create(site=ground.site, is_counting=False)
    choose_most_read(timezone.now())


def has_no_shelf(ground):
    change(ground.home, shelves=[])
    choose_most_read(timezone.now())


@pytest.mark.parametrize("end", [a_week_later, counts_no_readers, has_no_shelf])
def test_shelf_is_hidden_without_views_in_the_last_week(lorraine, stories, end):
    end(lorraine)
    assert not MostReadStory.objects.exists()
    assert "Les plus lus" not in lorraine.reader().get("/fr/").content.decode()


def test_unpublished_home_page_gets_no_rows(lorraine, saar):
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


def test_order_is_updated_hourly(lorraine, stories):
    read(lorraine, stories["Tuilerie"], 500, days_ago=1)
    assert shown(lorraine)[0] == "Fonderie"
    choose_most_read(timezone.now())
    assert shown(lorraine)[0] == "Tuilerie"


def test_content_version_changes_with_the_order_and_not_before(lorraine, stories):
    before = content_version()
    read(lorraine, stories["Fonderie"], 500, days_ago=1)
    choose_most_read(timezone.now())
    assert content_version() == before

    read(lorraine, stories["Scierie"], 900, days_ago=1)
    choose_most_read(timezone.now())
    assert content_version() != before


def test_story_made_private_or_moved_disappears_at_once(lorraine, saar, stories):
    make_private(stories["Fonderie"], "secret")
    stories["Verrerie"].move(make_section(saar.homes["fr"], "Bois", slug="bois"), "last-child")
    assert shown(lorraine) == ["Scierie"]


def test_story_of_a_higher_shelf_is_not_repeated(lorraine, stories):
    change(lorraine.home, shelves=[("lead", {"story": stories["Fonderie"]}), shelf()])
    assert "Fonderie" not in shown(lorraine)
