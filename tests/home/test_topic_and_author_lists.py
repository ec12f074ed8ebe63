"""Every site lists its topics and its authors with public stories, in each of its languages."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from portal.content.records.people import Person
from portal.content.records.topics import Topic
from tests.builders import (
    SampleSite,
    locale,
    make_article,
    make_draft,
    make_event,
    make_person,
    make_private,
    make_section,
    make_site_map,
    make_topic,
)
from tests.home.test_author_and_topic_pages import alternates, page_at

TOPICS = {"fr": "/fr/themes/", "de": "/de/themen/"}
AUTHORS = {"fr": "/fr/auteurs/", "de": "/de/autoren/"}


def rows(page: BeautifulSoup) -> list[tuple[str, str, str]]:
    """The name, address and number of stories in each row."""
    return [
        (row.a.text, row.a["href"], row.select_one(".subject__count").get_text(strip=True).replace("\xa0", " "))
        for row in page.select(".subject")
    ]


@pytest.fixture(autouse=True)
def without_topics(lorraine, saar) -> None:
    """The sites' stories have no topics."""
    Topic.objects.all().delete()


@pytest.fixture
def claire() -> Person:
    return make_person("Claire Humbert", role="Reporter")


def hidden_stories(ground: SampleSite, saar: SampleSite, **of: list) -> None:
    """Stories hidden from the site's readers: of another site, a draft, private, scheduled and expired."""
    now = timezone.now()
    make_article(saar.sections["fr"], "Leurre", **of)
    make_draft(make_article(ground.section, "Brouillon", **of))
    make_article(ground.section, "Sous embargo", date=now + timedelta(days=1), **of)
    make_article(ground.section, "Passé", expire_at=now, **of)
    members = make_section(ground.home, "Membres")
    make_private(members)
    make_article(members, "Réservé", **of)


def test_list_of_topics_counts_the_public_stories_of_the_site(lorraine, saar):
    energy, wood, decoy = make_topic("Énergie", slug="energie"), make_topic("Bois"), make_topic("Leurre")
    make_article(lorraine.section, "Un", topics=[energy, wood])
    make_article(lorraine.section, "Deux", topics=[energy])
    make_event(lorraine.calendar, "Une rencontre", topics=[wood])
    hidden_stories(lorraine, saar, topics=[decoy])
    make_article(lorraine.sections["de"], "Deutsch", topics=[make_topic("Energie", "de")])

    page = page_at(lorraine, "/fr/themes/")

    assert page.h1.text == "Thèmes"
    assert rows(page) == [("Bois", "/fr/themes/bois/", "1 article"), ("Énergie", "/fr/themes/energie/", "2 articles")]


def test_list_of_authors_counts_the_public_stories_of_the_site(lorraine, saar, claire):
    ana, nameless = make_person("Ana Weber"), make_person("Sans Page", has_page=False)
    make_article(lorraine.section, "Un", authors=[claire, nameless])
    make_article(lorraine.section, "Deux", authors=[claire, ana])
    theirs = make_person("Jana Kessler", site=saar.site)
    make_article(saar.sections["fr"], "Trois", authors=[theirs]).create_alias(
        parent=lorraine.section, update_slug="partage"
    )
    hidden_stories(lorraine, saar, authors=[make_person("Lea Leurre")])

    page = page_at(lorraine, "/fr/auteurs/")

    assert page.h1.text == "Auteurs"
    assert rows(page) == [
        ("Ana Weber", "/fr/auteurs/ana-weber/", "1 article"),
        ("Claire Humbert", "/fr/auteurs/claire-humbert/", "2 articles"),
    ]
    assert "Reporter" in page.main.text


def test_list_has_topics_of_its_language_only(lorraine):
    make_article(lorraine.section, topics=[make_topic("Bois")])

    for path in ("/de/themes/", "/fr/themen/", "/fr/autoren/", "/fr/topics/"):
        assert lorraine.reader().get(path).status_code == 404, path


def test_lists_link_to_their_translations(lorraine, claire):
    wood = make_topic("Bois")
    holz = Topic.objects.create(name="Holz", locale=locale("de"), translation_key=wood.translation_key)
    make_article(lorraine.section, topics=[wood], authors=[claire])
    make_draft(make_article(lorraine.sections["de"], topics=[holz], authors=[claire]))
    assert alternates(page_at(lorraine, "/fr/themes/")) == {"fr": "/fr/themes/", "x-default": "/fr/themes/"}
    make_article(lorraine.sections["de"], topics=[holz], authors=[claire])

    for urls in (TOPICS, AUTHORS):
        for path in urls.values():
            assert alternates(page_at(lorraine, path)) == {**urls, "x-default": urls["fr"]}
    assert [row[0] for row in rows(page_at(lorraine, "/de/themen/"))] == ["Holz"]


def test_empty_list_is_noindex(lorraine):
    for path in ("/fr/auteurs/", "/fr/themes/"):
        assert "noindex" in page_at(lorraine, path).select_one('meta[name="robots"]')["content"]


def test_long_list_is_paginated_and_a_tree_page_takes_precedence(lorraine, monkeypatch):
    monkeypatch.setattr("home.catalogue_index.PER_PAGE", 2)
    make_article(lorraine.section, topics=[make_topic(name) for name in ("A", "B", "C")])

    assert [row[0] for row in rows(page_at(lorraine, "/fr/themes/?page=2"))] == ["C"]
    assert lorraine.reader().get("/fr/themes/?page=3").status_code == 404

    section = make_section(lorraine.home, "Nos thèmes", slug="themes")
    below = make_section(section, "À part", slug="a-part")
    for page in (section, below):
        assert page_at(lorraine, lorraine.address(page)).h1.text == page.title


def test_topic_author_and_site_map_link_to_the_lists(lorraine, saar, claire):
    make_article(lorraine.section, topics=[make_topic("Bois")], authors=[claire])
    plan, theirs = make_site_map(lorraine.home), make_site_map(saar.homes["fr"])

    def links(ground: SampleSite, path: str, within: str) -> list[str]:
        return [link["href"] for link in page_at(ground, path).select(f"{within} a")]

    assert links(lorraine, "/fr/themes/bois/", ".breadcrumb") == ["/fr/", "/fr/themes/"]
    assert links(lorraine, "/fr/auteurs/claire-humbert/", ".breadcrumb") == ["/fr/", "/fr/auteurs/"]
    assert {"/fr/themes/", "/fr/auteurs/"} <= set(links(lorraine, lorraine.address(plan), "main"))
    assert not {"/fr/themes/", "/fr/auteurs/"} & set(links(saar, saar.address(theirs), "main"))


def test_non_empty_lists_are_in_the_sitemap(lorraine, saar, claire):
    make_article(lorraine.section, topics=[make_topic("Bois")], authors=[claire])
    make_draft(make_article(saar.sections["fr"], topics=[make_topic("Eau")], authors=[claire]))

    def listed(ground: SampleSite) -> list[str]:
        found = BeautifulSoup(ground.reader().get("/sitemap-catalogue.xml").content, "xml").select("url > loc")
        return [loc.text.partition("localhost")[2] for loc in found]

    assert listed(lorraine) == ["/fr/themes/bois/", "/fr/themes/", "/fr/auteurs/claire-humbert/", "/fr/auteurs/"]
    assert listed(saar) == []
