"""Authors and topics have a page on each site that has a public story of theirs."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect

from portal.content.records.people import Person
from portal.content.records.topics import Topic
from tests.builders import (
    SampleSite,
    change,
    locale,
    make_article,
    make_draft,
    make_event,
    make_image,
    make_person,
    make_private,
    make_section,
    make_settings,
    make_topic,
)


def page_at(ground: SampleSite, path: str) -> BeautifulSoup:
    response = ground.reader().get(path)
    assert response.status_code == 200, path
    return BeautifulSoup(response.content, "html.parser")


def titles(page: BeautifulSoup) -> list[str]:
    return [link.text for link in page.select(".card__title a")]


def status(ground: SampleSite, path: str) -> int:
    return ground.reader().get(path).status_code


def leads_to(ground: SampleSite, path: str) -> tuple[int, str]:
    response = ground.reader().get(path)
    return response.status_code, response.get("Location", "")


def alternates(page: BeautifulSoup) -> dict[str, str]:
    return {link["hreflang"]: link["href"].partition("localhost")[2] for link in page.select("link[hreflang]")}


@pytest.fixture
def claire() -> Person:
    words = [
        {"type": "words", "value": {"language": "fr", "role": "Grand reporter", "text": "Elle écrit sur le bois."}},
        {"type": "words", "value": {"language": "de", "role": "Reporterin", "text": "Sie schreibt über Holz."}},
    ]
    return make_person("Claire Humbert", role="Reporter", picture=make_image("Claire"), words=words)


@pytest.fixture
def wood() -> dict[str, Topic]:
    """A topic of the network in both languages."""
    bois = Topic.objects.create(
        name="Bois",
        slug="bois",
        locale=locale("fr"),
        introduction="Du tronc à la charpente.",
        picture=make_image("Bois"),
    )
    holz = Topic.objects.create(
        name="Holz", slug="holz", locale=locale("de"), translation_key=bois.translation_key, introduction="Vom Stamm."
    )
    return {"fr": bois, "de": holz}


def test_author_page_has_their_stories_of_this_site_newest_first(lorraine, saar, claire):
    now = timezone.now()
    make_article(lorraine.section, "Ancien", authors=[claire], date=now - timedelta(days=3))
    make_article(lorraine.section, "Récent", authors=[claire], date=now - timedelta(days=1))
    make_article(saar.sections["fr"], "Leurre", authors=[claire])
    make_article(lorraine.section, "D’une autre", authors=[make_person("Ana Weber")])
    make_article(lorraine.section, "Sous embargo", authors=[claire], date=now + timedelta(days=1))
    make_draft(make_article(lorraine.section, "Brouillon", authors=[claire]))
    members = make_section(lorraine.home, "Membres")
    make_private(members)
    make_article(members, "Réservé", authors=[claire])

    page = page_at(lorraine, "/fr/auteurs/claire-humbert/")

    assert titles(page) == ["Récent", "Ancien"]
    assert page.h1.text == "Claire Humbert"
    assert "Elle écrit sur le bois." in page.main.text
    assert "Grand reporter" in page.main.text
    assert page.title.text == "Claire Humbert – Lorraine"
    assert page.select_one('link[rel="canonical"]')["href"] == "http://lorraine.localhost/fr/auteurs/claire-humbert/"
    assert page.select_one('meta[property="og:title"]')["content"] == "Claire Humbert"
    assert "max-image-preview:large" in page.select_one('meta[name="robots"]')["content"]
    assert f"/fr/feed.rss?person={claire.pk}" in [link["href"] for link in page.select('link[rel="alternate"]')]


def test_author_without_a_page_of_their_own_is_named_without_a_link(lorraine, claire):
    story = make_article(lorraine.section, authors=[claire])
    assert page_at(lorraine, lorraine.address(story)).select_one(".byline a")["href"] == "/fr/auteurs/claire-humbert/"

    claire.has_page = False
    claire.save()

    assert page_at(lorraine, lorraine.address(story)).select_one(".byline a") is None
    assert status(lorraine, "/fr/auteurs/claire-humbert/") == 404


def test_person_and_topic_of_another_site_have_no_page_here(lorraine, saar):
    person, topic = make_person("Jana Kessler", site=saar.site), make_topic("Charbon")
    topic.site = saar.site
    topic.save()
    story = make_article(saar.sections["fr"], authors=[person], topics=[topic])
    shown = page_at(lorraine, lorraine.address(story.create_alias(parent=lorraine.section, update_slug="partage")))

    assert shown.select_one(".byline a") is None
    assert shown.select_one(".story__foot .topics a") is None
    for path in ("/fr/auteurs/jana-kessler/", "/fr/themes/charbon/"):
        assert status(lorraine, path) == 404
        assert status(saar, path) == 200


def test_renamed_author_redirects_if_they_have_a_public_story_here(lorraine, saar, claire):
    make_article(lorraine.section, authors=[claire])
    make_draft(make_article(saar.sections["fr"], authors=[claire]))
    other = make_person("Claire  Humbert")
    claire.name, claire.slug = "Claire Łukasz", ""
    claire.save()

    assert other.slug == "claire-humbert-2"
    assert claire.slug == "claire-lukasz"
    assert leads_to(lorraine, "/fr/auteurs/claire-humbert/") == (301, "/fr/auteurs/claire-lukasz/")
    assert status(lorraine, "/fr/auteurs/claire-lukasz/") == 200
    # Redirects on the other site would disclose the new name.
    for slug in ("claire-humbert", "claire-lukasz"):
        assert status(saar, f"/fr/auteurs/{slug}/") == 404
    make_settings(lorraine, is_closed=True)
    assert status(lorraine, "/fr/auteurs/claire-lukasz/") == 503


def test_topic_page_has_stories_and_coming_events_of_this_site(lorraine, saar, wood):
    make_article(lorraine.section, "Le bois", topics=[wood["fr"]])
    make_article(saar.sections["fr"], "Leurre", topics=[wood["fr"]])
    make_event(lorraine.calendar, "Les journées du bois", topics=[wood["fr"]])
    make_event(lorraine.calendar, "Autre chose", topics=[make_topic("Eau")])
    make_event(lorraine.calendar, "Passé", topics=[wood["fr"]], start=timezone.now() - timedelta(days=3))
    make_event(saar.calendars["fr"], "Rencontre leurre", topics=[wood["fr"]])

    page = page_at(lorraine, "/fr/themes/bois/")

    assert titles(page) == ["Le bois"]
    assert [link.text for link in page.select(".event-row__title a")] == ["Les journées du bois"]
    assert page.h1.text == "Bois"
    assert "Du tronc à la charpente." in page.main.text
    assert page.select_one(".front__picture img")
    assert page.select_one('meta[name="description"]')["content"] == "Du tronc à la charpente."
    assert "/fr/feed.rss?topic=bois" in [link["href"] for link in page.select('link[rel="alternate"]')]


def test_empty_topic_has_a_noindex_page(lorraine):
    topic = make_topic("Charbon")

    page = page_at(lorraine, "/fr/themes/charbon/")

    assert page.h1.text == "Charbon"
    assert page.select_one('meta[property="og:image"]') is None
    assert "noindex" in page.select_one('meta[name="robots"]')["content"]

    topic.slug = "houille"
    topic.save()
    assert leads_to(lorraine, "/fr/themes/charbon/") == (301, "/fr/themes/houille/")


def rename(record: Any, slug: str) -> Any:
    record.slug = slug
    record.save()
    return record


def test_address_leads_to_the_topic_that_had_it_last(lorraine, saar):
    first = rename(make_topic("Charbon"), "houille")
    rename(make_topic("Charbon"), "coke")

    assert leads_to(lorraine, "/fr/themes/charbon/") == (301, "/fr/themes/coke/")
    # A site's own topic does not affect the network's topic, which the other site has.
    own = make_topic("Local")
    own.site = lorraine.site
    rename(first, "anthracite")
    rename(rename(own, "houille"), "lignite")
    assert leads_to(lorraine, "/fr/themes/houille/") == (301, "/fr/themes/lignite/")
    assert leads_to(saar, "/fr/themes/houille/") == (301, "/fr/themes/anthracite/")


def test_person_without_a_story_here_hides_no_other_with_that_former_slug(lorraine, saar, claire):
    make_article(lorraine.section, authors=[claire])
    rename(claire, "claire-lukasz")
    local = make_person("Claire Humbert", site=lorraine.site)
    rename(local, "claire-h")

    assert leads_to(lorraine, "/fr/auteurs/claire-humbert/") == (301, "/fr/auteurs/claire-lukasz/")


def test_former_slug_hides_neither_a_page_nor_a_redirect_of_the_site(lorraine):
    rename(make_topic("Charbon"), "houille")
    topics = make_section(lorraine.home, "Thèmes", slug="themes")
    page = make_article(topics, "Le charbon", slug="charbon")
    assert status(lorraine, "/fr/themes/charbon/") == 200

    page.delete()
    Redirect.add_redirect("/fr/themes/charbon/", redirect_to="/fr/dossier/", site=lorraine.site)
    assert leads_to(lorraine, "/fr/themes/charbon/") == (301, "/fr/dossier/")


def test_languages_of_topics_and_authors_follow_their_stories(lorraine, wood, claire):
    make_article(lorraine.section, topics=[wood["fr"]], authors=[claire])
    assert alternates(page_at(lorraine, "/fr/themes/bois/")) == {
        "fr": "/fr/themes/bois/",
        "x-default": "/fr/themes/bois/",
    }
    make_article(lorraine.sections["de"], topics=[wood["de"]], authors=[claire])

    topic, author = {"fr": "/fr/themes/bois/", "de": "/de/themen/holz/"}, {"fr": "auteurs", "de": "autoren"}
    author = {code: f"/{code}/{word}/claire-humbert/" for code, word in author.items()}
    for code, urls in [("fr", topic), ("de", topic), ("fr", author), ("de", author)]:
        page = page_at(lorraine, urls[code])
        assert alternates(page) == {**urls, "x-default": urls["fr"]}
    assert "Sie schreibt über Holz." in page.main.text
    assert page.select_one(".masthead a[hreflang=fr]")["href"] == "/fr/auteurs/claire-humbert/"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/fr/actualites/?topic=bois", (301, "/fr/themes/bois/")),
        ("/fr/actualites/?topic=bois&page=2", (301, "/fr/themes/bois/?page=2")),
        ("/fr/actualites/?topic=bois&utm_source=lettre", (301, "/fr/themes/bois/")),
        ("/de/nachrichten/?topic=holz", (301, "/de/themen/holz/")),
        ("/fr/actualites/?topic=bois&kind=article", (200, "")),
        ("/fr/actualites/?kind=&topic=bois&year=", (200, "")),
        ("/fr/rubrique/actualites/?topic=bois", (200, "")),
        ("/fr/actualites/?topic=rien", (404, "")),
        ("/fr/themes/rien/", (404, "")),
        ("/fr/themen/bois/", (404, "")),
        ("/themes/bois/", (301, "/fr/themes/bois/")),
        ("/fr//themes/bois/", (301, "/fr/themes/bois/")),
        ("/themes/rien/", (404, "")),
        ("/fr/themes/bois/?page=abc", (404, "")),
        ("/fr/themes/bois/?page=2", (404, "")),
    ],
)
def test_topic_urls_and_redirects(lorraine, wood, path, expected):
    make_article(lorraine.section, topics=[wood["fr"]])

    assert leads_to(lorraine, path) == expected


def test_section_front_links_to_its_topics_authors_and_events(lorraine, saar, wood, claire):
    story = make_article(lorraine.section, topics=[wood["fr"]], authors=[claire])
    make_event(lorraine.calendar, "Les journées du bois")
    make_event(saar.calendars["fr"], "Rencontre leurre")
    make_article(saar.sections["fr"], topics=[make_topic("Eau")], authors=[make_person("Leurre")])
    other = make_section(lorraine.home, "Ailleurs")
    make_article(other, topics=[make_topic("Pierre")], authors=[make_person("Paul Autre")])

    aside = page_at(lorraine, lorraine.address(lorraine.section)).select_one("aside")
    beside = page_at(lorraine, lorraine.address(story)).select_one(".story__aside")

    assert "Bois" in [link.text for link in aside.select(".topics a")]
    assert [link["href"] for link in aside.select(".byline a")] == ["/fr/auteurs/claire-humbert/"]
    assert "Les journées du bois" in beside.text
    for each in (aside, beside):
        assert each.select_one('.topics a[href="/fr/themes/bois/"]')
        assert not [name for name in ("Eau", "eurre", "Pierre", "Paul Autre") if name in each.text]


def test_long_lists_are_paginated(lorraine, wood):
    for number in range(22):
        make_article(lorraine.section, f"Récit {number}", topics=[wood["fr"]])

    first, last = page_at(lorraine, "/fr/themes/bois/"), page_at(lorraine, "/fr/themes/bois/?page=2")

    assert (len(titles(first)), len(titles(last))) == (20, 2)
    assert last.select_one('link[rel="canonical"]')["href"].endswith("/fr/themes/bois/?page=2")
    assert alternates(last) == {}


def test_sitemap_has_authors_and_topics_with_public_stories_only(lorraine, saar, wood, claire):
    story = make_article(lorraine.section, topics=[wood["fr"]], authors=[claire])
    hidden = make_person("Ana Weber")
    make_private(make_article(lorraine.section, authors=[hidden]))
    make_article(saar.sections["fr"], authors=[hidden], topics=[make_topic("Eau")])
    shy = make_person("Timide", has_page=False)
    make_article(lorraine.section, authors=[shy])
    change(story, title="Nouveau titre")
    story.refresh_from_db()

    found = BeautifulSoup(lorraine.reader().get("/sitemap-catalogue.xml").content, "xml")

    urls = {url.loc.text.removeprefix("http://lorraine.localhost"): url.lastmod.text for url in found.find_all("url")}
    stamp = story.last_published_at.isoformat(timespec="seconds")
    assert urls["/fr/themes/bois/"] == urls["/fr/auteurs/claire-humbert/"] == stamp
    assert not [url for url in urls if any(word in url for word in ("weber", "eau", "timide", "/de/themen/holz"))]


def feed_links(ground: SampleSite, query: str) -> Any:
    feed = BeautifulSoup(ground.reader().get(f"/fr/feed.rss?{query}").content, "xml")
    return feed.channel.find("link", recursive=False).text


def test_feeds_link_to_the_pages(lorraine, wood, claire):
    make_article(lorraine.section, topics=[wood["fr"]], authors=[claire])

    assert feed_links(lorraine, "topic=bois") == "http://lorraine.localhost/fr/themes/bois/"
    assert feed_links(lorraine, f"person={claire.pk}") == "http://lorraine.localhost/fr/auteurs/claire-humbert/"
