"""Choosers of pictures, documents, topics, people and venues: newest first, and a search that forgives typing errors."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from events.models import Venue
from portal import settings as project
from portal.content.records.people import Byline, Person
from portal.content.records.topics import Topic
from portal.editorial.roles import Role, media_collection
from search.models import IndexWord
from tests.builders import SampleSite, make_article, make_document, make_image, newsroom_client
from tests.search.searching import AS_CLOSE

pytestmark = pytest.mark.django_db


class Kind(NamedTuple):
    chooser: str
    make: Callable[[SampleSite, str], Any]


def make_document_of(ground: SampleSite, name: str) -> Any:
    document = make_document(name)
    document.collection = media_collection(ground.site)
    document.save()
    return document


def slug(name: str) -> str:
    return name.lower().replace(" ", "-")


KINDS = {
    "picture": Kind("wagtailimages_chooser", lambda ground, name: make_image(name, media_collection(ground.site))),
    "document": Kind("wagtaildocs_chooser", make_document_of),
    "topic": Kind(
        "wagtailsnippetchoosers_core_topic",
        lambda ground, name: Topic.objects.create(
            name=name, slug=slug(name), site=ground.site, locale=ground.home.locale
        ),
    ),
    "person": Kind(
        "wagtailsnippetchoosers_core_person",
        lambda ground, name: Person.objects.create(name=name, slug=slug(name), site=ground.site),
    ),
    "venue": Kind(
        "venue_chooser",
        lambda ground, name: Venue.objects.create(name=name, collection=media_collection(ground.site)),
    ),
}


@pytest.fixture(autouse=True)
def indexed(settings):
    settings.WAGTAILSEARCH_BACKENDS = project.WAGTAILSEARCH_BACKENDS


@pytest.fixture(params=KINDS.values(), ids=KINDS)
def kind(request) -> Kind:
    return request.param


@pytest.fixture
def client(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.EDITOR])


def opened(client, kind: Kind) -> BeautifulSoup:
    """The dialog as it opens."""
    response = client.get(reverse(f"{kind.chooser}:choose"))
    return BeautifulSoup(response.json()["html"], "html.parser")


def found(client, kind: Kind, words: str, **query: Any) -> BeautifulSoup:
    """The list below the search field."""
    response = client.get(reverse(f"{kind.chooser}:choose_results"), {"q": words, **query})
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def names(html: BeautifulSoup) -> list[str]:
    return [link.get_text(strip=True) for link in html.select("a[data-chooser-modal-choice]")]


def test_dialog_opens_on_the_search_field_and_the_sites_newest_records(client, lorraine, saar, kind):
    for ground, name in ((lorraine, "Ardoise"), (lorraine, "Zinc"), (saar, "Schiefer")):
        kind.make(ground, name)

    html = opened(client, kind)

    assert names(html)[:2] == ["Zinc", "Ardoise"]
    assert "Schiefer" not in names(html)
    field, first = html.select_one("[data-chooser-modal-search] input[name=q]"), html.select_one("#search-results a")
    assert field in first.find_all_previous("input")


def test_latest_authors_of_the_own_newsroom_come_first_below_their_name(client, lorraine, saar):
    facts = (("Aline", lorraine.site), ("Basile", lorraine.site), ("Carine", None))
    first, second, network = (Person.objects.create(name=name, slug=slug(name), site=site) for name, site in facts)
    for section, person in ((lorraine.section, first), (saar.section, network)):
        Byline.objects.create(page=make_article(section), person=person)

    html = opened(client, KINDS["person"])

    assert names(html)[:3] == [first.name, network.name, second.name]
    assert html.select_one("thead th").get_text(strip=True) == "Name"


@pytest.mark.parametrize("words", ["fonderie", "FONDERIE de pont", "fonde", "Mousson fonderie"])
def test_search_finds_words_and_prefixes_on_the_users_site_only(client, lorraine, saar, kind, words):
    kind.make(lorraine, "Fonderie de Pont à Mousson")
    kind.make(lorraine, "Halle")
    kind.make(saar, "Fonderie de Pont à Mousson bis")

    assert names(found(client, kind, words)) == ["Fonderie de Pont à Mousson"]


@pytest.mark.parametrize("words", ["fondreie", "Fondderie pont", "fonderi mouson"])
def test_search_forgives_typing_errors(client, lorraine, saar, kind, words):
    kind.make(lorraine, "Fonderie de Pont à Mousson")
    kind.make(saar, "Fonderie de Pont à Mousson bis")

    assert names(found(client, kind, words)) == ["Fonderie de Pont à Mousson"]


# Those of pictures and documents are Wagtail's.
@pytest.mark.parametrize("kind", [KINDS["topic"], KINDS["person"], KINDS["venue"]], ids=["topic", "person", "venue"])
def test_own_choosers_say_what_was_searched(client, lorraine, kind):
    kind.make(lorraine, "Fonderie de Pont à Mousson")

    heading = found(client, kind, "fonderi mouson").select_one("[role=alert]").get_text()

    assert heading == "Nothing matches “fonderi mouson”. These are the matches for “fonderie mousson”."


def test_words_of_another_site_are_not_disclosed_by_a_correction(client, lorraine, saar, kind):
    kind.make(lorraine, "Halle")
    kind.make(saar, "Obsidienne")

    html = found(client, kind, "obsidinene")

    assert names(html) == []
    assert "obsidienne" not in html.get_text().lower()


def test_words_of_another_site_do_not_prevent_a_correction(client, lorraine, saar, kind):
    kind.make(lorraine, "Chevalement")
    for word in AS_CLOSE:
        kind.make(saar, word)

    assert names(found(client, kind, "chevalemetn")) == ["Chevalement"]


def test_word_of_another_site_is_not_disclosed_by_one_that_begins_with_it(client, lorraine, saar, kind):
    kind.make(lorraine, "Fonderie")
    kind.make(saar, "Fonder")

    html = found(client, kind, "foneder")

    assert not re.search(r"\bfonder\b", html.get_text(), re.IGNORECASE)


def test_second_page_has_the_rest_of_the_results(client, lorraine, kind):
    for number in range(21):
        kind.make(lorraine, f"Fonderie {number}")
    kind.make(lorraine, "Halle")

    first = found(client, kind, "fonderie")
    link = next(each for each in first.select("a[href*='p=2']"))
    assert "q=fonderie" in link["href"]
    second = found(client, kind, "fonderie", p=2)

    assert names(second)
    assert not {*names(first)} & {*names(second)}
    assert "Halle" not in names(second)


def test_words_of_records_are_not_for_readers(lorraine, kind):
    kind.make(lorraine, "Obsidienne")

    assert [word.is_public for word in IndexWord.objects.filter(word="obsidienne")] == [False]


def test_empty_chooser_says_so_and_offers_help(client):
    html = found(client, KINDS["venue"], "xylophone")

    assert "Nothing was found for “xylophone”." in html.get_text()
    assert html.select_one("button[data-create=xylophone]")
    assert html.select_one("button[data-clear-search]")


# Editors create no topics.
def test_empty_chooser_without_a_form_only_clears_the_search(client):
    html = found(client, KINDS["topic"], "xylophone")

    assert html.select_one("button[data-clear-search]")
    assert html.select_one("button[data-create]") is None
