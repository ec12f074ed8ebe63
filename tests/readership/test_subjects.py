"""The pages of topics and authors, and the search, are counted as what they are, beside the pages of the tree."""

import pytest

from portal.readership.models import PageDay, PlaceDay, SubjectDay
from tests.builders import make_article, make_person, make_standard_page, make_topic

pytestmark = pytest.mark.django_db


def counted(watched) -> list[tuple[str, int, int]]:
    watched.write()
    return list(SubjectDay.objects.order_by("kind").values_list("kind", "key", "views"))


def test_page_of_a_topic_counts_for_the_topic(watched, lorraine):
    topic = make_topic()
    make_article(lorraine.section, topics=[topic])
    for _reader in range(2):
        assert watched.ask(lorraine, f"/fr/themes/{topic.slug}/")[0].startswith("200")
    assert counted(watched) == [("topic", topic.pk, 2)]


def test_page_of_an_author_counts_for_the_author(watched, lorraine):
    person = make_person()
    make_article(lorraine.section, authors=[person])
    assert watched.ask(lorraine, f"/fr/auteurs/{person.slug}/")[0].startswith("200")
    assert counted(watched) == [("author", person.pk, 1)]


def test_search_counts_whatever_is_asked(watched, lorraine):
    for words in ("fonderie", "scierie"):
        assert watched.ask(lorraine, f"/fr/recherche/?q={words}")[0].startswith("200")
    assert counted(watched) == [("search", 0, 2)]


def test_they_are_views_of_the_site_and_of_no_page(watched, lorraine):
    watched.ask(lorraine, "/fr/recherche/?q=bois")
    watched.write()
    assert list(PlaceDay.objects.values_list("place", "views")) == [(lorraine.home.pk, 1)]
    assert not PageDay.objects.exists()


def test_topic_that_is_not_there_is_no_view(watched, lorraine):
    watched.ask(lorraine, "/fr/themes/nichts/")
    assert counted(watched) == []


def test_page_of_the_tree_at_such_an_address_counts_as_a_page(watched, lorraine):
    above = make_standard_page(lorraine.home, "Thèmes", slug="themes")
    page = make_standard_page(above, "Divers", slug="divers")
    watched.read(lorraine, page)
    assert watched.views(page) == 1
    assert counted(watched) == []
