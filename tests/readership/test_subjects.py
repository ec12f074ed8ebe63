"""Topic pages, author pages and the search are counted separately, besides pages of the tree."""

import pytest

from portal.readership.models import PageDay, PlaceDay, SubjectDay
from tests.builders import make_article, make_person, make_standard_page, make_topic

pytestmark = pytest.mark.django_db


def counted(watched) -> list[tuple[str, int, int]]:
    watched.write()
    return list(SubjectDay.objects.order_by("kind").values_list("kind", "key", "views"))


def test_pages_of_topics_and_authors_count_for_them(watched, lorraine):
    topic, person = make_topic(), make_person()
    make_article(lorraine.section, topics=[topic], authors=[person])
    for path in (f"/fr/themes/{topic.slug}/", f"/fr/themes/{topic.slug}/", f"/fr/auteurs/{person.slug}/"):
        assert watched.request(lorraine, path)[0].startswith("200")
    watched.request(lorraine, "/fr/themes/nichts/")
    assert counted(watched) == [("author", person.pk, 1), ("topic", topic.pk, 2)]


def test_search_is_counted_for_the_site_without_its_query(watched, lorraine):
    for words in ("fonderie", "scierie"):
        assert watched.request(lorraine, f"/fr/recherche/?q={words}")[0].startswith("200")
    assert counted(watched) == [("search", 0, 2)]
    assert list(PlaceDay.objects.values_list("place", "views")) == [(lorraine.home.pk, 2)]
    assert not PageDay.objects.exists()


def test_page_of_the_tree_at_such_an_address_counts_as_a_page(watched, lorraine):
    above = make_standard_page(lorraine.home, "Thèmes", slug="themes")
    page = make_standard_page(above, "Divers", slug="divers")
    watched.read(lorraine, page)
    assert watched.views(page) == 1
    assert counted(watched) == []
