"""Generated content leaves the same rows in the database as editors' work."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db.models import Model
from wagtail.models import Page

from articles.listing import update_listings_below
from articles.models import ArticlePage, PortraitPage
from events.models import EventPage, RecapPage
from portal.content.records.listing import Placement, StoryCard
from tests.bench.bulk.generator import ContentGenerator
from tests.builders import (
    make_calendar,
    make_document,
    make_event,
    make_image,
    make_member,
    make_person,
    make_private,
    make_section,
    make_site,
    make_topic,
    newsroom_client,
)
from tests.conftest import rolled_back

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
STORIES, EVENTS = 120, 30
KINDS = (ArticlePage, PortraitPage, RecapPage, EventPage)


def generate(stories: int, events: int = 0, **facts) -> Counter[str]:
    return ContentGenerator(**{"now": NOW, **facts}).generate(stories, events)


def pages() -> list[Page]:
    """All pages of the generated types."""
    return [page for model in KINDS for page in model.objects.order_by("path")]


def rows(model: type[Model], *names: str) -> list[tuple]:
    return sorted(model.objects.values_list(*names), key=str)


@pytest.fixture(scope="module")
def network(module_db, django_db_blocker):
    with django_db_blocker.unblock(), rolled_back():
        first = make_site("premier.localhost", ("fr", "de"))
        second = make_site("zweiter.localhost", ("de",))
        craft = make_section(first.section, "Artisanat")
        make_calendar(craft)
        hidden = make_section(first.home, "Interne")
        make_private(hidden)
        for code in ("fr", "de"):
            for name in ("Énergie", "Bois", "Mobilité"):
                make_topic(name, code)
        for name in ("Claire Humbert", "Jana Kessler"):
            make_person(name)
        for name in ("Atelier", "Forêt"):
            make_image(name, description=f"{name}, un matin")
        make_document()
        written = generate(STORIES, EVENTS)
        yield SimpleNamespace(first=first, second=second, hidden=hidden, written=written)


def test_tree_has_no_problem(network):
    output = StringIO()

    call_command("fixtree", interactive=False, stdout=output)

    assert Page.find_problems() == ([], [], [], [], [])
    assert "No problems found" in output.getvalue()


def test_pages_pass_model_validation(network):
    for page in pages():
        page.full_clean()


def test_lists_equal_those_of_publication(network):
    card = ("page", "kind", "title", "standfirst", "image", "published_at", "hidden_at")
    placement = ("above", "card", "kind", "published_at", "hidden_at")
    generated = rows(StoryCard, *card), rows(Placement, *placement)

    with rolled_back():
        update_listings_below(Page.get_first_root_node())
        assert generated == (rows(StoryCard, *card), rows(Placement, *placement))


def test_private_section_has_stories_that_no_list_shows(network):
    below = ArticlePage.objects.descendant_of(network.hidden)

    assert below.exists()
    assert not StoryCard.objects.filter(page__in=below).exists()


@pytest.mark.parametrize("model", KINDS)
def test_page_opens_for_readers_and_in_the_editor(network, model):
    page = model.objects.filter(path__startswith=network.first.home.path).exclude(path__startswith=network.hidden.path)[
        0
    ]

    with rolled_back():
        editor = newsroom_client(network.first, make_member("chief", is_superuser=True))

        assert network.first.reader().get(network.first.address(page)).status_code == 200
        assert editor.get(f"/admin/pages/{page.pk}/edit/").status_code == 200


def snapshot(page: Page) -> tuple:
    return page.url_path, page.first_published_at, page.translation_key, str(page.body.raw_data[:])


def test_same_seed_gives_the_same_content(db):
    ground = make_site("gleich.localhost", ("de",))
    make_event(ground.calendar, start=NOW - timedelta(days=30))
    results = []
    for seed, moment in ((4, NOW), (4, NOW + timedelta(hours=3)), (5, NOW)):
        with rolled_back():
            generate(20, 4, seed=seed, now=moment)
            results.append([snapshot(page) for page in pages() if page.path.startswith(ground.home.path)])

    assert results[0] == results[1]
    assert results[0] != results[2]
