"""Each page has valid schema.org data, into which no text can inject anything."""

import json
import re
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from hypothesis import given, strategies as st
from wagtail.models import Page

from events.pages import structured as of_events
from portal.content.serving.snapshot import snapshot_of
from portal.content.structured_data import schema
from portal.content.structured_data.pages import site_things
from tests.builders import (
    SampleSite,
    make_article,
    make_event,
    make_form_page,
    make_gated_document,
    make_image,
    make_person,
    make_portrait,
    make_private,
    make_recap,
    make_settings,
    make_sheet_page,
    make_standard_page,
    make_topic,
    sheet_block,
)
from tests.checkers.vocabulary import faults
from tests.conftest import Network
from tests.golden import assert_golden

DATE = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


def document(ground: SampleSite, path: str) -> dict[str, Any]:
    response = ground.reader().get(path)
    assert response.status_code == 200, path
    blocks = BeautifulSoup(response.content, "html.parser").select('script[type="application/ld+json"]')
    assert len(blocks) == 1
    return json.loads(blocks[0].string)


def things(ground: SampleSite, path: str) -> dict[str, dict[str, Any]]:
    found = document(ground, path)
    assert faults(found) == []
    return {thing["@type"]: thing for thing in found["@graph"]}


@pytest.fixture(scope="module")
def module_pages(module_network: Network) -> dict[str, Page]:
    """One page of each type, with all its optional fields."""
    lorraine = module_network.lorraine
    make_settings(
        lorraine,
        logo=make_image("Logo"),
        contact_organisation="Agence de Lorraine",
        contact_address="1, place Stanislas\n54000 Nancy",
        contact_email="bonjour@lorraine.example",
        social_accounts=[{"type": "account", "value": {"network": "x", "url": "https://x.com/lorraine"}}],
    )
    full = {
        "standfirst": "En quelques mots.",
        "topics": [make_topic("Bois")],
        "lead_image": make_image("Vue", credit="© A. Petit"),
        "lead_image_alt": "Une scierie",
        "date": DATE,
    }
    person = make_person("Claire Humbert", role="Journaliste")
    event = make_event(
        lorraine.calendar,
        "Les journées du bois",
        topics=[],
        standfirst="",
        start=DATE,
        slug="journees",
        place="Halle",
        address="Rue du Quai, Épinal",
        online_url="https://live.example/bois",
    )
    found = {
        "home": lorraine.home,
        "section": lorraine.section,
        "calendar": lorraine.calendar,
        "article": make_article(lorraine.section, "Le bois", slug="bois", authors=[person], **full),
        "portrait": make_portrait(
            lorraine.section,
            "La menuisière",
            slug="menuisiere",
            subject="person",
            name="Ana Weber",
            role="Menuisière",
            company="Scierie Weber",
            place="Épinal",
            sector="Bois",
            website="https://weber.example/",
            **full,
        ),
        "company": make_portrait(lorraine.section, "La scierie", slug="scierie", name="Scierie Weber", place="Épinal"),
        "event": event,
        "recap": make_recap(
            lorraine.calendar, "Ce fut beau", slug="retour", event=event, authors=[person], body=[], **full
        ),
        "plain": make_standard_page(lorraine.home, slug="a-propos", introduction="Qui nous sommes."),
        "form": make_form_page(lorraine.home, introduction="Une question ?"),
        "sheet": make_sheet_page(lorraine.home, sheet_block(make_gated_document(lorraine))),
    }
    for page in (*lorraine.homes.values(), *found.values()):
        Page.objects.filter(pk=page.pk).update(last_published_at=DATE + timedelta(hours=1))
    return found


@pytest.fixture
def pages(module_pages: dict[str, Page], network: Network) -> dict[str, Page]:
    return deepcopy(module_pages)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("home", {"Organization", "WebSite", "WebPage"}),
        ("section", {"Organization", "CollectionPage", "BreadcrumbList"}),
        ("calendar", {"Organization", "CollectionPage", "BreadcrumbList"}),
        ("article", {"Organization", "NewsArticle", "BreadcrumbList"}),
        ("portrait", {"Organization", "NewsArticle", "ProfilePage", "Person", "BreadcrumbList"}),
        ("company", {"Organization", "NewsArticle", "ProfilePage", "BreadcrumbList"}),
        ("event", {"Organization", "Event", "BreadcrumbList"}),
        ("recap", {"Organization", "NewsArticle", "BreadcrumbList"}),
        ("plain", {"Organization", "WebPage", "BreadcrumbList"}),
        ("form", {"Organization", "WebPage", "BreadcrumbList"}),
        ("sheet", {"Organization", "WebPage", "BreadcrumbList"}),
    ],
)
def test_each_page_type_is_described_and_valid(lorraine, pages, name, expected):
    assert set(things(lorraine, lorraine.address(pages[name]))) == expected


@pytest.mark.parametrize("name", ["article", "portrait", "event"])
def test_description_matches_its_golden_file(lorraine, pages, name):
    text = json.dumps(document(lorraine, lorraine.address(pages[name])), indent=1, ensure_ascii=False)

    assert_golden(f"{name}.jsonld", text + "\n")


@pytest.mark.parametrize("path", ["actualites/", "calendrier/", "actualites/?kind=portrait"])
def test_lists_are_collections_of_what_they_show(lorraine, pages, path):
    found = things(lorraine, f"/fr/rubrique/{path}")["CollectionPage"]

    assert found["url"].startswith("http://lorraine.localhost/fr/rubrique/")
    if "portrait" in path:
        names = [entry["name"] for entry in found["mainEntity"]["itemListElement"]]
        assert set(names) >= {"La menuisière", "La scierie"}
        assert "Le bois" not in names


def test_site_offers_a_search_only_where_it_has_one(lorraine, pages):
    assert "potentialAction" not in things(lorraine, "/fr/")["WebSite"]

    edition = snapshot_of(lorraine.host, "80").default
    site = site_things(edition, "/fr/recherche/")[1]

    assert faults({"@context": "https://schema.org", "@graph": site_things(edition, "/fr/recherche/")}) == []
    assert site["potentialAction"]["target"]["urlTemplate"] == (
        "http://lorraine.localhost/fr/recherche/?q={search_term_string}"
    )


def test_recap_and_event_refer_to_each_other(lorraine, pages):
    event = things(lorraine, lorraine.address(pages["event"]))["Event"]
    recap = things(lorraine, lorraine.address(pages["recap"]))["NewsArticle"]

    assert event["subjectOf"]["@id"] == recap["@id"]
    assert recap["about"]["@id"] == event["@id"]
    assert event["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"


def test_recap_of_a_hidden_event_does_not_refer_to_it(lorraine, pages):
    make_private(pages["event"])

    assert "about" not in things(lorraine, lorraine.address(pages["recap"]))["NewsArticle"]


def test_alias_is_described_as_its_original(lorraine, saar):
    article = make_article(saar.sections["fr"], "Partagé")
    alias = article.create_alias(parent=lorraine.section, update_slug="partage")

    found = things(lorraine, lorraine.address(alias))["NewsArticle"]

    assert found["url"] == f"http://saar.localhost{saar.address(article)}"


def test_corrected_story_has_its_correction(lorraine):
    article = make_article(lorraine.section, date=DATE, corrected_at=DATE + timedelta(days=2), correction="Un chiffre.")

    found = things(lorraine, lorraine.address(article))["NewsArticle"]

    assert found["dateModified"] == "2026-03-06T09:30:00+00:00"
    assert found["correction"] == "Un chiffre."


def test_story_has_its_picture_in_three_ratios_and_the_logo_of_its_publisher(lorraine, pages):
    found = things(lorraine, lorraine.address(pages["article"]))

    sizes = [(image["width"], image["height"]) for image in found["NewsArticle"]["image"]]
    assert [round(width / height, 2) for width, height in sizes] == [1.0, 1.33, 1.78]
    assert "/pictures/" in found["Organization"]["logo"]["url"]


def test_author_is_described_on_a_page_of_their_own(lorraine, pages):
    author = things(lorraine, lorraine.address(pages["article"]))["NewsArticle"]["author"][0]
    profile = things(lorraine, "/fr/auteurs/claire-humbert/")["ProfilePage"]

    assert author["url"] == profile["url"] == "http://lorraine.localhost/fr/auteurs/claire-humbert/"
    assert author["@id"] == profile["mainEntity"]["@id"]
    assert profile["mainEntity"]["knowsAbout"] == ["Bois"]


def test_topic_is_a_collection_of_its_stories(lorraine, pages):
    found = things(lorraine, "/fr/themes/bois/")["CollectionPage"]

    names = [entry["name"] for entry in found["mainEntity"]["itemListElement"]]
    assert "Le bois" in names
    assert found["about"]["name"] == "Bois"


@pytest.mark.parametrize("path", ["rubrique/{list}/", "{list}/"])
def test_lists_name_their_counterparts_and_the_switch_leads_there(lorraine, path):
    html = BeautifulSoup(lorraine.reader().get("/fr/" + path.format(list="actualites")).content, "html.parser")

    found = {link["hreflang"]: link["href"].partition("localhost")[2] for link in html.select("link[hreflang]")}
    french, german = "/fr/" + path.format(list="actualites"), "/de/" + path.format(list="nachrichten")
    assert found == {"fr": french, "de": german, "x-default": french}
    assert html.select_one(".masthead a[hreflang=de]")["href"] == german
    filtered = lorraine.reader().get("/fr/" + path.format(list="actualites") + "?kind=portrait").content
    assert not BeautifulSoup(filtered, "html.parser").select("link[hreflang]")


@pytest.mark.parametrize(("amount", "told"), [("12.5", "12.50"), ("0", "0.00")])
def test_offer_has_price_and_currency(lorraine, amount, told):
    event = make_event(lorraine.calendar, price="au choix", price_amount=Decimal(amount), price_currency="CHF")

    offer = things(lorraine, lorraine.address(event))["Event"]["offers"]

    assert (offer["price"], offer["priceCurrency"], offer["description"]) == (told, "CHF", "au choix")


ZONE = timezone.get_default_timezone()


def dated(**facts: Any) -> SimpleNamespace:
    usual = {
        **dict.fromkeys(
            ("shown_place", "shown_address", "shown_online_url", "price", "registration_url", "url_path"), ""
        ),
        **dict.fromkeys(("shown_venue", "previous_start", "availability", "price_amount")),
        "status": "scheduled",
        "is_all_day": False,
        "is_open_ended": False,
        "key": "2026-03-04",
    }
    return SimpleNamespace(**usual | facts, start=DATE, end=DATE + timedelta(hours=2), zone=ZONE, title="Foire")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, {"eventStatus": "EventScheduled"}),
        ({"status": "cancelled"}, {"eventStatus": "EventCancelled"}),
        (
            {"status": "moved", "previous_start": DATE - timedelta(days=7)},
            {"eventStatus": "EventRescheduled", "previousStartDate": "2026-02-25T10:30:00+01:00"},
        ),
        ({"status": "full"}, {"eventStatus": "EventScheduled", "offers": {"availability": "SoldOut"}}),
        ({"shown_place": "Halle"}, {"eventAttendanceMode": "OfflineEventAttendanceMode"}),
        ({"shown_online_url": "https://a.example/"}, {"eventAttendanceMode": "OnlineEventAttendanceMode"}),
        ({"is_all_day": True}, {"startDate": "2026-03-04", "endDate": "2026-03-04"}),
        ({"attendance": ""}, {}),
    ],
)
def test_status_and_time_of_an_event(facts, expected):
    page = dated(**facts)

    found = schema.thing("Event", name=page.title, **of_events._when_and_where(page, page, "https://a.example/foire/"))

    assert faults({"@context": "https://schema.org", "@graph": [found]}) == []
    text = json.dumps(found)
    for name, value in expected.items():
        assert name in found
        for word in value.values() if isinstance(value, dict) else [value]:
            assert word in text


def test_dates_of_a_series_are_described_one_by_one(lorraine, pages):
    page = pages["event"]
    dates = [dated(status="cancelled"), dated(shown_place="Ailleurs", status="moved", previous_start=DATE)]

    edition = snapshot_of(lorraine.host, "80").default
    found = of_events.event_data(page, edition, {"dates": dates, "shown": dates[0]})

    assert faults({"@context": "https://schema.org", "@graph": found}) == []
    described = next(thing for thing in found if thing["@type"] == "EventSeries")
    assert [date["eventStatus"].rsplit("/")[-1] for date in described["subEvent"]] == [
        "EventCancelled",
        "EventRescheduled",
    ]


class Scripts(HTMLParser):
    """Counts the script elements that a browser would find."""

    def __init__(self):
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.text += data


NASTY = st.text() | st.sampled_from(
    ["</script><script>alert(1)</script>", "<!--<script>", "]]>", "\u2028</ScRiPt >", "&lt;/script&gt;"]
)


@given(NASTY, NASTY)
def test_text_cannot_close_the_script_element(title, name):
    block = schema.script([schema.thing("NewsArticle", headline=title, author=schema.thing("Person", name=name))])

    parser = Scripts()
    parser.feed(f"<head>{block}</head>")
    parser.close()

    assert parser.tags == ["head", "script"]
    assert not re.search("[<>&\u2028\u2029]", parser.text)
    found = json.loads(parser.text)["@graph"][0]
    assert found.get("headline", "") == title
