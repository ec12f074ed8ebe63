"""The story context has previous and next, related and recent stories, and none of them twice."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from time_machine import travel

from articles.related import RelatedStory
from portal.content.records.topics import PageTopic
from tests.builders import (
    SampleSite,
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


class StoryContext:
    def __init__(self, ground: SampleSite, page, is_preview: bool = False):
        response = page.make_preview_request() if is_preview else ground.reader().get(ground.address(page))
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
    page = make_article(wood, "Lue", date=days_ago(90), topics=[])
    for number in range(8):
        make_article(lorraine.section, f"Récente {number}", date=timezone.now() - timedelta(minutes=number))

    assert StoryContext(lorraine, page).recent == [f"Récente {number}" for number in range(6)]


def test_story_is_not_among_its_own_recent_stories(lorraine, wood):
    page = make_article(wood, "Lue", date=timezone.now())

    assert "Lue" not in StoryContext(lorraine, page).shown


def test_no_story_is_shown_twice(lorraine, wood):
    topic = make_topic()
    stories = [make_article(wood, f"Récit {n}", date=days_ago(n + 1), topics=[topic]) for n in range(14)]
    page = make_article(wood, "Lue", date=days_ago(3), topics=[topic], related=[stories[0], stories[5]])

    context = StoryContext(lorraine, page)

    assert len(context.shown) == len(set(context.shown)) == 3 + 6 + 2
    assert len(context.recent) == 6


def test_small_site_shows_all_its_stories(lorraine, wood):
    page = make_article(wood, "Lue", date=days_ago(1), topics=[])

    context = StoryContext(lorraine, page)

    assert set(context.recent) == {"Article lorrain fr", "Portrait lorrain fr", "Retour lorrain fr"}
    assert context.related == []


def test_story_of_another_site_or_language_is_in_no_story_context(lorraine, saar, wood):
    topic = make_topic()
    make_article(saar.sections["fr"], "Décoy sarrois", topics=[topic])
    german = make_article(lorraine.sections["de"], "Deutscher Köder", topics=[topic])
    page = make_article(
        wood, "Lue", topics=[topic], related=[german, *saar.sections["fr"].get_children().specific()[:1]]
    )

    context = StoryContext(lorraine, page)

    assert not [title for title in context.shown if "sarrois" in title or title.endswith("de") or "Köder" in title]


@pytest.mark.parametrize("hide", ["draft", "private", "expired", "to come"])
def test_hidden_story_is_in_no_story_context(lorraine, wood, hide):
    topic = make_topic()
    hidden = make_article(wood, "Cachée", topics=[topic], date=days_ago(2))
    page = make_article(wood, "Lue", topics=[topic], related=[hidden], date=days_ago(3))
    assert "Cachée" in StoryContext(lorraine, page).shown

    if hide == "draft":
        make_draft(hidden)
    elif hide == "private":
        make_private(hidden, password="sésame")
    elif hide == "expired":
        change(hidden, expire_at=timezone.now() + timedelta(minutes=5))
    else:
        change(hidden, publication_date=timezone.now() + timedelta(days=1))

    with travel(timezone.now() + timedelta(minutes=5), tick=False):
        assert "Cachée" not in StoryContext(lorraine, page).shown


def test_chosen_related_stories_come_first_in_the_order_of_the_editor(lorraine, wood):
    topic = make_topic()
    make_article(lorraine.section, "Du thème", topics=[topic], date=days_ago(20))
    third, _first, second = (make_article(lorraine.section, f"Choix {n}", date=days_ago(n * 10)) for n in (3, 1, 2))
    page = make_article(wood, "Lue", topics=[topic], related=[second, third], date=days_ago(50))

    assert StoryContext(lorraine, page).related == ["Choix 2", "Choix 3", "Du thème"]


@pytest.mark.parametrize("rel", ["prev", "next"])
def test_chosen_story_that_is_a_neighbour_is_related_too(lorraine, wood, rel):
    neighbour = make_article(wood, "Voisin", date=days_ago(60 if rel == "prev" else 10))
    page = make_article(wood, "Lue", related=[neighbour], topics=[], date=days_ago(30))

    context = StoryContext(lorraine, page)

    assert (context.related, context.neighbour(rel)) == (["Voisin"], "Voisin")


def test_preview_shows_what_readers_will_see_around_a_story(lorraine, saar, wood):
    topic = make_topic()
    make_article(saar.section, "Décoy sarrois", topics=[topic], date=days_ago(31))
    first, second = (make_article(lorraine.section, f"Choix {n}", date=days_ago(n)) for n in (1, 2))
    for age in (29, 31):
        make_article(lorraine.section, "D’une autre rubrique", topics=[topic], date=days_ago(age))
    for age in (25, 35):
        make_article(wood, f"De la rubrique, {age}", date=days_ago(age))
    page = make_article(wood, "Lue", related=[first], date=days_ago(30))
    draft = page.get_latest_revision_as_object()
    draft.page_topics = [PageTopic(topic=topic)]
    draft.related_stories = [RelatedStory(story=story, sort_order=n) for n, story in enumerate((second, first))]
    revision = draft.save_revision()

    preview = StoryContext(lorraine, revision.as_object(), is_preview=True)
    revision.publish()

    assert preview.related == ["Choix 2", "Choix 1", "D’une autre rubrique"]
    assert (preview.neighbour("prev"), preview.neighbour("next")) == ("De la rubrique, 35", "De la rubrique, 25")
    assert preview.shown == StoryContext(lorraine, page).shown


def test_related_stories_are_filled_up_by_topic_newest_first(lorraine, wood):
    topic, other = make_topic(), make_topic("Bois")
    for n in range(5):
        make_article(lorraine.section, f"Du thème {n}", topics=[topic], date=days_ago(10 + n))
    make_article(lorraine.section, "D’un autre", topics=[other], date=days_ago(9))
    page = make_article(wood, "Lue", topics=[topic], date=days_ago(50))

    assert StoryContext(lorraine, page).related == ["Du thème 0", "Du thème 1", "Du thème 2"]


def test_story_without_topic_has_no_automatic_related_stories(lorraine, wood):
    topic = make_topic()
    make_article(lorraine.section, "Du thème", topics=[topic])

    assert StoryContext(lorraine, make_article(wood, "Lue", date=days_ago(50), topics=[])).related == []


def test_neighbours_come_from_the_same_section(lorraine, wood):
    make_article(wood, "Avant", date=days_ago(30))
    page = make_article(wood, "Lue", date=days_ago(20))
    make_portrait(wood, "Après", date=days_ago(10))
    make_article(lorraine.section, "D’une autre rubrique", date=days_ago(15))
    make_article(wood, "Bien avant", date=days_ago(40))

    context = StoryContext(lorraine, page)

    assert (context.neighbour("prev"), context.neighbour("next")) == ("Avant", "Après")


def test_first_and_last_story_have_one_neighbour(lorraine, wood):
    first = make_article(wood, "Première", date=days_ago(30))
    last = make_article(wood, "Dernière", date=days_ago(20))

    assert (StoryContext(lorraine, first).neighbour("prev"), StoryContext(lorraine, first).neighbour("next")) == (
        "",
        "Dernière",
    )
    assert (StoryContext(lorraine, last).neighbour("prev"), StoryContext(lorraine, last).neighbour("next")) == (
        "Première",
        "",
    )


def test_recap_has_a_story_context(lorraine):
    topic = make_topic()
    make_article(lorraine.section, "Du thème", topics=[topic], date=days_ago(3))
    recap = make_recap(lorraine.calendar, "Lue", topics=[topic])

    context = StoryContext(lorraine, recap)

    assert context.related == ["Du thème"]
    assert context.recent


def test_deleted_related_story_is_replaced_by_another(lorraine, wood):
    topic = make_topic()
    gone = make_article(lorraine.section, "Effacée", date=days_ago(3))
    make_article(lorraine.section, "Du thème", topics=[topic], date=days_ago(4))
    page = make_article(wood, "Lue", related=[gone], topics=[topic], date=days_ago(50))

    gone.delete()

    assert StoryContext(lorraine, page).related == ["Du thème"]
