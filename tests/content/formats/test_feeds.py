"""Feeds contain the right stories in three valid formats, and an unchanged feed is not sent again."""

import json
import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import feedparser
import pytest
import time_machine
from bs4 import BeautifulSoup
from django.utils import timezone
from wagtail.models import Page

from home.models import SectionPage
from tests.builders import (
    SampleSite,
    change,
    make_article,
    make_draft,
    make_image,
    make_person,
    make_portrait,
    make_private,
    make_section,
    make_settings,
    make_topic,
)
from tests.golden import assert_golden

FORMS = ("rss", "atom", "json")
DATE = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
BODY = [
    {"type": "heading", "value": {"text": "Un atelier", "level": "h2"}},
    {"type": "paragraph", "value": '<p>Ils <b>forment</b> & <a href="/fr/rubrique/">recrutent</a>.</p>'},
]


def body_of(ground: SampleSite, path: str) -> str:
    response = ground.reader().get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def titles(ground: SampleSite, path: str) -> list[str]:
    return [item["title"] for item in json.loads(body_of(ground, path))["items"]]


@pytest.fixture
def full_site(lorraine: SampleSite) -> SampleSite:
    """The site with a section that has one story with all optional fields."""
    make_settings(lorraine, feeds_in_full=True)
    section = make_section(lorraine.home, "Industrie", slug="industrie", search_description="Ce que l’on fabrique ici.")
    make_article(
        section,
        "Une forge < deux & trois",
        slug="forge",
        date=DATE,
        standfirst="Elle embauche : dix personnes.",
        topics=[make_topic("Emploi")],
        authors=[make_person("Claire Humbert"), make_person("Paul & Fils")],
        lead_image=make_image("Forge", credit="© A. Petit"),
        body=BODY,
    )
    change_dates(section)
    return lorraine


def change_dates(section: SectionPage) -> None:
    Page.objects.filter(path__startswith=section.path).update(last_published_at=DATE + timedelta(hours=1))


@pytest.mark.parametrize("form", FORMS)
def test_feed_matches_its_golden_file(full_site, form):
    document = body_of(full_site, f"/fr/industrie/feed.{form}")

    if form == "json":
        document = json.dumps(json.loads(document), indent=1, ensure_ascii=False)
    else:
        # This leaves out the HTML for browsers, which is translated. There is one element per line, for readability.
        document = re.sub(r"<div xmlns=.*?</div>", "", document, flags=re.DOTALL).replace("><", ">\n<")
    assert_golden(f"feed.{form}", document + "\n")


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_feed_parser_reports_no_error(full_site, form):
    document = body_of(full_site, f"/fr/feed.{form}")

    feed = feedparser.parse(document.encode(), response_headers={"content-type": "application/xml; charset=utf-8"})

    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == {"rss": "rss20", "atom": "atom10"}[form]
    assert feed.feed.title == "Lorraine"
    entry = next(entry for entry in feed.entries if "forge" in entry.link)
    assert entry.title in ("Une forge < deux & trois", "Une forge &lt; deux &amp; trois")
    assert entry.link == "http://lorraine.localhost/fr/industrie/forge/"
    assert entry.published_parsed[:5] == (2026, 3, 4, 9, 30)
    assert [author.name for author in entry.authors] == ["Claire Humbert", "Paul & Fils"]
    assert entry.tags[0].term == "Emploi"
    assert entry.media_content[0]["width"] == "1200"
    assert entry.enclosures[0].type == "image/jpeg"
    assert 'href="http://lorraine.localhost/fr/rubrique/"' in entry.content[-1].value


@pytest.mark.parametrize("form", FORMS)
def test_type_and_url_of_each_format(reader, form):
    response = reader.get(f"/fr/feed.{form}")

    kind = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}[form]
    assert response["Content-Type"] == f"{kind}; charset=utf-8"
    assert response.cookies == {}
    assert response["Vary"] == "Accept, Accept-Encoding"
    assert "public" in response["Cache-Control"]
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_browser_gets_the_same_feed_as_plain_xml(reader, form):
    shown = reader.get(f"/fr/feed.{form}", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    assert shown["Content-Type"] == "application/xml; charset=utf-8"
    assert shown.content == reader.get(f"/fr/feed.{form}").content
    assert b'<?xml-stylesheet href="/static/css/feed.css" media="screen" type="text/css"' in shown.content


def test_feed_contains_full_text_only_if_the_site_wants_it(full_site):
    assert "recrutent" in body_of(full_site, "/fr/industrie/feed.json")

    make_settings(full_site, feeds_in_full=False)

    for form in FORMS:
        assert "recrutent" not in body_of(full_site, f"/fr/industrie/feed.{form}")
        assert "Elle embauche" in body_of(full_site, f"/fr/industrie/feed.{form}")


def test_stories_of_another_site_and_hidden_stories_are_absent(lorraine, saar):
    shown = make_article(lorraine.section, "Visible")
    make_draft(make_article(lorraine.section, "Brouillon"))
    make_private(make_article(lorraine.section, "Privé"))
    make_private(make_section(lorraine.home, "Membres", slug="membres"))
    make_article(lorraine.section, "À venir", date=timezone.now() + timedelta(days=1))
    change(make_article(lorraine.section, "Passé"), expire_at=timezone.now() + timedelta(seconds=0.1))

    found = titles(lorraine, "/fr/feed.json")

    assert shown.title in found
    assert not {"Brouillon", "Privé", "À venir"} & set(found)
    assert not any("sarrois" in title for title in found)
    assert titles(lorraine, "/de/feed.json") != found
    assert lorraine.reader().get("/fr/membres/feed.rss").status_code == 404


def test_feed_of_section_topic_kind_and_person(lorraine, saar):
    energy, person = make_topic("Énergie", slug="energie"), make_person("Ana Weber")
    section = make_section(lorraine.section, "Artisanat", slug="artisanat")
    article = make_article(section, "Le bois", topics=[energy])
    portrait = make_portrait(lorraine.section, "La menuisière", authors=[person], topics=[energy])
    make_article(saar.sections["fr"], "Leurre", topics=[energy], authors=[make_person("Leurre")])

    assert titles(lorraine, "/fr/rubrique/artisanat/feed.json") == [article.title]
    assert set(titles(lorraine, "/fr/feed.json?topic=energie")) == {article.title, portrait.title}
    assert titles(lorraine, "/fr/feed.json?topic=energie&kind=portrait") == [portrait.title]
    assert titles(lorraine, f"/fr/feed.json?person={person.pk}&utm_source=mail") == [portrait.title]
    feed = json.loads(body_of(lorraine, f"/fr/rubrique/feed.json?person={person.pk}"))
    assert feed["title"] == "Lorraine – Rubrique fr – Ana Weber"


def test_person_without_a_story_here_is_not_named(lorraine, saar):
    stranger = make_person("Leurre")
    make_article(saar.section, authors=[stranger])

    response = lorraine.reader().get(f"/fr/feed.rss?person={stranger.pk}")

    assert response.status_code == 404
    assert b"Leurre" not in response.content


@pytest.mark.parametrize(
    "query",
    [
        "kind=poem",
        "topic=rien",
        "topic=%00",
        "person=0",
        "person=-1",
        "person=x",
        "person=99999999999999999999",
        "person=²",
    ],
)
def test_unknown_choice_is_not_found(reader, query):
    assert reader.get(f"/fr/feed.rss?{query}").status_code == 404


@pytest.mark.parametrize("path", ["/fr/rien/feed.rss", "/fr/feed.xml", "/fr/rubrique/agenda/feed.rss", "/feed.rss"])
def test_unknown_path_is_not_found(reader, path):
    assert reader.get(path, follow=True).status_code == 404


def test_characters_that_xml_forbids_are_removed(lorraine):
    make_article(lorraine.section, "Cloche\x07 et\x0b fin", standfirst="Fin\x1f de ligne")

    for form in ("rss", "atom"):
        ET.fromstring(body_of(lorraine, f"/fr/feed.{form}"))


def test_unchanged_feed_is_not_sent_again(lorraine):
    """It is not sent again even after a change elsewhere on the site."""
    reader = lorraine.reader()
    first = reader.get("/fr/feed.rss")
    make_article(lorraine.sections["de"], "Etwas anderes")

    by_tag = reader.get("/fr/feed.rss", headers={"if-none-match": first["ETag"]})

    assert by_tag.status_code == 304
    assert by_tag.content == b""


@pytest.mark.parametrize("what", ["new", "edited", "taken down", "settings"])
def test_changed_feed_is_sent_again(lorraine, what):
    article = make_article(lorraine.section, "Avant")
    tag = lorraine.reader().get("/fr/feed.rss")["ETag"]

    if what == "new":
        make_article(lorraine.section, "Après")
    elif what == "edited":
        change(article, title="Corrigé")
    elif what == "taken down":
        make_draft(article)
    else:
        make_settings(lorraine, feeds_in_full=True)

    assert lorraine.reader().get("/fr/feed.rss", headers={"if-none-match": tag}).status_code == 200


def test_id_of_a_story_does_not_change_with_its_url(lorraine):
    article = make_article(lorraine.section, "Stable")
    before = {item["title"]: item["id"] for item in json.loads(body_of(lorraine, "/fr/feed.json"))["items"]}

    change(article, slug="autrement")
    make_settings(lorraine, feeds_in_full=True)

    after = {item["title"]: item["id"] for item in json.loads(body_of(lorraine, "/fr/feed.json"))["items"]}
    assert before == after


def test_feed_moves_with_its_section(lorraine, django_capture_on_commit_callbacks):
    section = make_section(lorraine.home, "Avant", slug="avant")
    make_article(section, "Histoire")
    with django_capture_on_commit_callbacks(execute=True):
        change(section, slug="apres")

    response = lorraine.reader().get("/fr/avant/feed.atom?kind=article")

    assert response.status_code == 301
    assert response["Location"].endswith("/fr/apres/feed.atom?kind=article")


def links(ground: SampleSite, path: str) -> set[str]:
    page = BeautifulSoup(body_of(ground, path), "html.parser")
    return {link["href"] for link in page.select("head link[rel=alternate][type]")}


def test_pages_link_to_their_feeds(full_site):
    person = make_person("Ana Weber")
    article = make_article(full_site.section, "Signé", authors=[person])
    site = {"/fr/feed.rss", "/fr/feed.atom", "/fr/feed.json"}
    section = {"/fr/rubrique/feed.rss", "/fr/rubrique/feed.atom"}

    assert links(full_site, "/fr/") == site
    assert links(full_site, "/fr/rubrique/") == site | section
    assert links(full_site, full_site.address(article)) == site | section | {
        f"/fr/feed.rss?person={person.pk}",
        f"/fr/feed.atom?person={person.pk}",
    }
    assert "/fr/rubrique/feed.rss?kind=article&topic=emploi" in links(
        full_site, "/fr/rubrique/actualites/?kind=article&topic=emploi"
    )


@pytest.mark.parametrize("form", FORMS)
def test_empty_feed_is_valid_and_stable(lorraine, form):
    make_section(lorraine.home, "Vide", slug="vide")

    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        later = body_of(lorraine, f"/fr/vide/feed.{form}")

    assert later == body_of(lorraine, f"/fr/vide/feed.{form}")
    if form == "json":
        assert json.loads(later)["items"] == []
    else:
        assert not feedparser.parse(later).bozo
