"""What stands around a story: its neighbours, related stories and the most recent ones, and nothing twice."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from time_machine import travel

from tests.builders import (
    Ground,
    change,
    make_article,
    make_draft,
    make_portrait,
    make_private,
    make_recap,
    make_section,
    make_topic,
)


@pytest.fixture
def wood(lorraine):
    return make_section(lorraine.home, "Bois")


def days_ago(days: int):
    return timezone.now() - timedelta(days=days)


class Surroundings:
    """The titles around a story as a reader sees them."""

    def __init__(self, ground: Ground, page):
        response = ground.reader().get(ground.address(page))
        assert response.status_code == 200
        self.html = BeautifulSoup(response.content, "html.parser")

    def strip(self, name: str) -> list[str]:
        return [
            title.get_text(strip=True) for title in self.html.select(f"[aria-labelledby=strip-{name}] .card__title")
        ]

    @property
    def related(self) -> list[str]:
        return self.strip("related")

    @property
    def recent(self) -> list[str]:
        return self.strip("recent")

    def neighbour(self, rel: str) -> str:
        link = self.html.select_one(f".neighbours a[rel={rel}] .neighbours__title")
        return link.get_text(strip=True) if link else ""

    @property
    def shown(self) -> list[str]:
        return [*self.related, *self.recent, *(name for rel in ("prev", "next") if (name := self.neighbour(rel)))]


def test_six_most_recent_stories_of_the_site(lorraine, wood):
    page = make_article(wood, "Lue", date=days_ago(90))
    for number in range(8):
        make_article(lorraine.section, f"Récente {number}", date=timezone.now() - timedelta(minutes=number))

    assert Surroundings(lorraine, page).recent == [f"Récente {number}" for number in range(6)]


def test_most_recent_story_is_not_shown_below_itself(lorraine, wood):
    page = make_article(wood, "Lue", date=timezone.now())

    assert "Lue" not in Surroundings(lorraine, page).shown


def test_no_story_is_shown_twice(lorraine, wood):
    topic = make_topic()
    stories = [make_article(wood, f"Récit {n}", date=days_ago(n + 1), topics=[topic]) for n in range(14)]
    page = make_article(wood, "Lue", date=days_ago(3), topics=[topic], related=[stories[0], stories[5]])

    around = Surroundings(lorraine, page)

    assert len(around.shown) == len(set(around.shown)) == 3 + 6 + 2
    assert len(around.recent) == 6


def test_small_site_shows_what_it_has(lorraine, wood):
    page = make_article(wood, "Lue", date=days_ago(1))

    around = Surroundings(lorraine, page)

    assert set(around.recent) == {"Article lorrain fr", "Portrait lorrain fr", "Retour lorrain fr"}
    assert around.related == []


def test_story_of_another_site_or_language_is_never_around(lorraine, saar, wood):
    topic = make_topic()
    make_article(saar.sections["fr"], "Décoy sarrois", topics=[topic])
    german = make_article(lorraine.sections["de"], "Deutscher Köder", topics=[topic])
    page = make_article(
        wood, "Lue", topics=[topic], related=[german, *saar.sections["fr"].get_children().specific()[:1]]
    )

    around = Surroundings(lorraine, page)

    assert not [title for title in around.shown if "sarrois" in title or title.endswith("de") or "Köder" in title]


@pytest.mark.parametrize("hide", ["draft", "private", "expired", "to come"])
def test_story_that_readers_may_not_see_is_never_around(lorraine, wood, hide):
    topic = make_topic()
    hidden = make_article(wood, "Cachée", topics=[topic], date=days_ago(2))
    page = make_article(wood, "Lue", topics=[topic], related=[hidden], date=days_ago(3))
    assert "Cachée" in Surroundings(lorraine, page).shown

    if hide == "draft":
        make_draft(hidden)
    elif hide == "private":
        make_private(hidden, password="sésame")
    elif hide == "expired":
        change(hidden, expire_at=timezone.now() + timedelta(minutes=5))
    else:
        change(hidden, publication_date=timezone.now() + timedelta(days=1))

    with travel(timezone.now() + timedelta(minutes=5), tick=False):
        assert "Cachée" not in Surroundings(lorraine, page).shown


def test_related_stories_come_by_hand_first_in_the_order_of_the_editor(lorraine, wood):
    topic = make_topic()
    make_article(lorraine.section, "Du thème", topics=[topic], date=days_ago(20))
    third, _first, second = (make_article(lorraine.section, f"Choix {n}", date=days_ago(n * 10)) for n in (3, 1, 2))
    page = make_article(wood, "Lue", topics=[topic], related=[second, third], date=days_ago(50))

    assert Surroundings(lorraine, page).related == ["Choix 2", "Choix 3", "Du thème"]


def test_related_stories_are_filled_up_by_topic_newest_first(lorraine, wood):
    topic, other = make_topic(), make_topic("Bois")
    for n in range(5):
        make_article(lorraine.section, f"Du thème {n}", topics=[topic], date=days_ago(10 + n))
    make_article(lorraine.section, "D’un autre", topics=[other], date=days_ago(9))
    page = make_article(wood, "Lue", topics=[topic], date=days_ago(50))

    assert Surroundings(lorraine, page).related == ["Du thème 0", "Du thème 1", "Du thème 2"]


def test_story_without_topic_has_no_related_story_of_its_own_accord(lorraine, wood):
    topic = make_topic()
    make_article(lorraine.section, "Du thème", topics=[topic])

    assert Surroundings(lorraine, make_article(wood, "Lue", date=days_ago(50))).related == []


def test_neighbours_are_those_of_the_section(lorraine, wood):
    make_article(wood, "Avant", date=days_ago(30))
    page = make_article(wood, "Lue", date=days_ago(20))
    make_portrait(wood, "Après", date=days_ago(10))
    make_article(lorraine.section, "D’une autre rubrique", date=days_ago(15))
    make_article(wood, "Bien avant", date=days_ago(40))

    around = Surroundings(lorraine, page)

    assert (around.neighbour("prev"), around.neighbour("next")) == ("Avant", "Après")


def test_first_and_last_story_have_one_neighbour(lorraine, wood):
    first = make_article(wood, "Première", date=days_ago(30))
    last = make_article(wood, "Dernière", date=days_ago(20))

    assert (Surroundings(lorraine, first).neighbour("prev"), Surroundings(lorraine, first).neighbour("next")) == (
        "",
        "Dernière",
    )
    assert (Surroundings(lorraine, last).neighbour("prev"), Surroundings(lorraine, last).neighbour("next")) == (
        "Première",
        "",
    )


def test_stories_of_one_moment_are_neighbours_in_one_order(lorraine, wood):
    moment = days_ago(5)
    stories = [make_article(wood, f"Dépêche {n}", date=moment) for n in range(3)]

    around = [Surroundings(lorraine, story) for story in stories]

    assert [one.neighbour("prev") for one in around] == ["", "Dépêche 0", "Dépêche 1"]
    assert [one.neighbour("next") for one in around] == ["Dépêche 1", "Dépêche 2", ""]


def test_recap_has_the_surroundings_of_a_story(lorraine):
    topic = make_topic()
    make_article(lorraine.section, "Du thème", topics=[topic], date=days_ago(3))
    recap = make_recap(lorraine.calendar, "Lue", topics=[topic])

    around = Surroundings(lorraine, recap)

    assert around.related == ["Du thème"]
    assert around.recent


def test_related_story_that_was_deleted_leaves_its_place_to_another(lorraine, wood):
    topic = make_topic()
    gone = make_article(lorraine.section, "Effacée", date=days_ago(3))
    make_article(lorraine.section, "Du thème", topics=[topic], date=days_ago(4))
    page = make_article(wood, "Lue", related=[gone], topics=[topic], date=days_ago(50))

    gone.delete()

    assert Surroundings(lorraine, page).related == ["Du thème"]
