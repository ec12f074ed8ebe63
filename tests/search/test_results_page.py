"""The results page: results, facets, scopes, pagination and corrections."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from portal.content.serving.views import server_error
from search.models import LoggedQuery, SearchSettings
from search.views import SEARCHES, SUGGESTIONS
from tests.builders import (
    make_article,
    make_draft,
    make_event,
    make_image,
    make_portrait,
    make_private,
    make_section,
    make_standard_page,
    make_topic,
    reader_of,
)
from tests.search.searching import (
    counts,
    get_results,
    page_of,
    paragraph,
    search,
    shown,
    soup,
    stories,
    titles,
)

pytestmark = pytest.mark.django_db


def set_settings(ground, **values):
    found = SearchSettings.for_site(ground.site)
    for name, value in values.items():
        setattr(found, name, value)
    found.save()


def test_masthead_has_a_search_box_that_works_without_a_script(lorraine, reader):
    page = make_article(lorraine.section, "Une fonderie neuve")
    for address in ("/fr/", lorraine.address(page), "/fr/nulle-part/"):
        form = soup(reader.get(address)).select_one(".masthead form[role=search]")
        assert (form["action"], form["method"]) == ("/fr/recherche/", "get")
        assert form.select_one("input[type=search]")["name"] == "q"
        assert form.select_one("label")["for"] == form.select_one("input[type=search]")["id"]


def test_error_pages_have_a_search_box_and_the_500_page_makes_no_query(lorraine, reader, django_assert_num_queries):
    missing = reader.get("/fr/nulle-part/")
    with django_assert_num_queries(0):
        fault = server_error(missing.wsgi_request)
    assert (missing.status_code, fault.status_code) == (404, 500)
    for response in (missing, fault):
        form = soup(response).select_one("main form[role=search]")
        assert (form["action"], form["method"]) == ("/fr/recherche/", "get")
        assert form.select_one("input[type=search][name=q]")


def test_page_without_a_query_has_a_search_box_in_every_language(reader):
    assert soup(reader.get("/fr/recherche/")).select_one(".search form input[name=q]")
    response = reader.get("/fr/suche/?q=bois")
    assert (response.status_code, response["Location"]) == (301, "/fr/recherche/?q=bois")


def test_result_shows_kind_section_date_picture_and_marked_words(lorraine, reader):
    make_article(
        lorraine.section,
        "Une fonderie neuve",
        standfirst="Elle emploie vingt fondeurs & apprentis.",
        body=paragraph(f"{'Rien. ' * 90}Les fonderies d’ici se portent bien. {'Fin. ' * 90}"),
        lead_image=make_image(),
        date=datetime(2026, 3, 4, 12, tzinfo=UTC),
    )
    card = page_of(reader, "fonderie").select_one(".result")
    assert card.select_one(".result__title mark").text == "fonderie"
    assert card.select_one(".result__title a")["href"].startswith("/fr/rubrique/une-fonderie-neuve")
    assert [each.text for each in card.select(".card__label span")] == ["Article", "Rubrique fr"]
    assert card.select_one("time")["datetime"].startswith("2026-03-04")
    assert card.select_one("picture")
    assert card.select_one(".result__extract mark").text == "fonderies"
    assert card.select_one(".result__extract").text.startswith("…")
    assert len(card.select_one(".result__extract").text) < 300


def test_results_are_excluded_from_search_engines_and_shared_caches(reader):
    response = get_results(reader, "fonderie")
    assert soup(response).select_one("meta[name=robots]")["content"] == "noindex, follow"
    assert "private" in response["Cache-Control"]
    assert not response.cookies


def test_facets_count_their_results_and_offer_no_empty_choice(lorraine, saar):
    wood, metal = make_topic("Bois"), make_topic("Métal")
    sub = make_section(lorraine.section, "Ateliers")
    make_article(lorraine.section, "Une fonderie", topics=[metal], date=datetime(2024, 5, 1, tzinfo=UTC))
    make_article(sub, "Une fonderie et une scierie", topics=[wood, metal], date=datetime(2025, 5, 1, tzinfo=UTC))
    make_portrait(sub, "Le fondeur et sa fonderie", topics=[metal], date=datetime(2025, 6, 1, tzinfo=UTC))
    make_article(saar.sections["fr"], "Une fonderie sarroise")
    make_draft(make_article(sub, "Une fonderie cachée"))
    make_private(make_article(sub, "Une fonderie privée"))
    found = search(lorraine, "fonderie")
    assert counts(found, "kind") == {"Article": 2, "Portrait": 1}
    assert counts(found, "topic") == {"Métal": 3, "Bois": 1}
    assert counts(found, "year") == {"2025": 2, "2024": 1}
    assert counts(found, "section") == {"Rubrique fr": 3, "Ateliers": 2}
    assert not counts(found, "site")
    assert not counts(found, "language")
    narrow = search(lorraine, "fonderie", kind="article", year="2025")
    assert titles(lorraine, "fonderie", kind="article", year="2025") == ["Une fonderie et une scierie"]
    # The other choices of a facet remain, counted with the choices of all other facets.
    assert counts(narrow, "kind") == {"Article": 1, "Portrait": 1}
    assert counts(narrow, "year") == {"2025": 1, "2024": 1}
    assert counts(narrow, "topic") == {"Métal": 1, "Bois": 1}
    assert titles(lorraine, "fonderie", topic=wood.slug) == ["Une fonderie et une scierie"]
    assert len(titles(lorraine, "fonderie", section="rubrique")) == 3


def test_every_facet_link_leads_to_its_number_of_results(lorraine, reader):
    wood = make_topic("Bois")
    for number in range(4):
        make_article(lorraine.section, f"La fonderie {number}", topics=[wood] if number % 2 else [])
    make_portrait(lorraine.section, "Une fonderie", date=datetime(2023, 1, 2, tzinfo=UTC))
    links = page_of(reader, "fonderie").select(".facet a")
    assert links
    for link in links:
        page = soup(reader.get("/fr/recherche/" + link["href"]))
        assert len(page.select(".search__results .result")) == int(link.select_one(".facet__count").text)
        assert parse_qs(urlsplit(link["href"]).query)["q"] == ["fonderie"]


def test_network_has_facets_of_sites_and_languages(lorraine, saar):
    make_article(lorraine.section, "Fonderie un")
    make_article(lorraine.sections["de"], "Fonderie zwei")
    make_article(saar.section, "Fonderie drei")
    found = search(lorraine, "fonderie", sites="all", languages="all")
    assert counts(found, "site") == {"Lorraine": 2, "Saar": 1}
    assert counts(found, "language") == {"Deutsch": 2, "Français": 1}
    assert titles(lorraine, "fonderie", sites="all", languages="all", site=str(saar.site.pk)) == ["Fonderie drei"]
    assert titles(lorraine, "fonderie", languages="all", language="fr") == ["Fonderie un"]
    other = next(r for r in found.page_results if r.site_name == "Saar")
    assert other.url.startswith("http://saar.localhost/de/")


def test_scopes_are_offered_only_if_they_have_more_results(lorraine, saar, reader):
    stories(lorraine, "Fonderie une")
    stories(lorraine, "Gießerei", language="de")
    make_private(*stories(saar, "Fonderie cachée", language="fr"))
    assert not page_of(reader, "fonderie").select(".search__scopes")
    stories(lorraine, "Fonderie zwei", language="de")
    stories(saar, "Fonderie trois", "La scierie", language="fr")
    links = [link["href"] for link in page_of(reader, "fonderie").select(".search__scopes a")]
    assert [("sites=all" in link, "languages=all" in link) for link in links] == [
        (False, False),
        (True, False),
        (False, False),
        (False, True),
    ]
    elsewhere = page_of(reader, "scierie").select(".search__nothing > ul:not(.search__ways) a")
    assert [link["href"] for link in elsewhere] == ["?q=scierie&sites=all"]


def test_words_are_searched_separately_if_no_page_has_them_all(lorraine, reader):
    stories(lorraine, "Une fonderie neuve", "Une scierie ancienne")
    assert len(shown(page_of(reader, "fonderie scierie"))) == 2
    assert search(lorraine, "fonderie scierie").is_loose


def test_results_are_paginated(lorraine, reader):
    for number in range(12):
        make_article(lorraine.section, f"Fonderie numéro {number}")
    first, second = (page_of(reader, "fonderie", page=page) for page in ("1", "2"))
    seen = [link["href"] for page in (first, second) for link in page.select(".result__title a")]
    assert (len(first.select(".result")), len(second.select(".result")), len(set(seen))) == (10, 2, 12)
    assert first.select_one(".pagination a[rel=next]")["href"] == "?q=fonderie&page=2"


def test_synonyms_of_the_site_are_found(lorraine, saar):
    make_article(lorraine.section, "Responsabilité sociétale des entreprises : un guide")
    make_article(lorraine.section, "La RSE en pratique")
    make_article(lorraine.section, "La responsabilité, une histoire")
    block = {"language": "fr", "words": ["RSE", "responsabilité sociétale des entreprises"]}
    set_settings(saar, synonyms=[{"type": "synonyms", "value": {"language": "fr", "words": ["RSE", "guide"]}}])
    assert titles(lorraine, "rse") == ["La RSE en pratique"]
    set_settings(lorraine, synonyms=[{"type": "synonyms", "value": block}])
    both = {"Responsabilité sociétale des entreprises : un guide", "La RSE en pratique"}
    assert set(titles(lorraine, "rse")) == both
    assert set(titles(lorraine, "la responsabilité sociétale des entreprises")) == both
    assert titles(lorraine, "pratique rse") == ["La RSE en pratique"]
    # Broken settings of one site break no other.
    set_settings(saar, synonyms=[{"type": "synonyms", "value": 5}])
    assert titles(lorraine, "pratique rse") == ["La RSE en pratique"]


def test_promoted_page_is_shown_for_its_query_only(lorraine, saar, reader):
    page = make_standard_page(lorraine.home, "Contact")
    make_article(lorraine.section, "Qui écrire")
    value = {"language": "fr", "queries": ["Qui  écrire", "joindre"], "page": page.pk}
    set_settings(lorraine, promotions=[{"type": "promotion", "value": value}])
    found = page_of(reader, "qui ÉCRIRE")
    assert shown(found, ".search__promoted") == ["Contact"]
    assert not page_of(reader, "écrire").select(".search__promoted")
    assert not page_of(reader_of("saar.localhost"), "joindre").select(".search__promoted")
    make_draft(page)
    assert not page_of(reader, "joindre").select(".search__promoted")


def test_queries_are_logged_without_personal_data(lorraine, reader):
    for number in range(11):
        make_article(lorraine.section, f"Fonderie numéro {number}")
    get_results(reader, "Fonderie")
    get_results(reader, " fonderie ")
    get_results(reader, "fonderie", page="2")
    get_results(reader, "fonderie", kind="article")
    get_results(reader, "jean.dupont@example.org")
    get_results(reader, "06 12 34 56 78")
    get_results(reader, "introuvable")
    logged = list(LoggedQuery.objects.order_by("text").values_list("text", "times", "result_count", "language"))
    assert logged == [("fonderie", 2, 11, "fr"), ("introuvable", 1, 0, "fr")]
    fields = {"id", "site", "language", "text", "day", "times", "result_count", "opened"}
    assert {field.name for field in LoggedQuery._meta.fields} == fields


def test_rate_limit_applies_to_one_client(lorraine, reader, monkeypatch):
    monkeypatch.setattr("search.views.SEARCHES", replace(SEARCHES, most=3))
    monkeypatch.setattr("search.views.SUGGESTIONS", replace(SUGGESTIONS, most=1))
    statuses = [get_results(reader, "fonderie").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert get_results(reader, "fonderie")["Retry-After"] == "60"
    assert reader.get("/fr/").status_code == 200
    assert reader.get("/fr/recherche/").status_code == 200
    other = lorraine.reader()
    assert other.get("/fr/recherche/", {"q": "fonderie"}, REMOTE_ADDR="192.0.2.7").status_code == 200
    assert [reader.get("/fr/recherche/suggestions.json?q=fon").status_code for _ in range(2)] == [200, 429]


def test_suggestions_are_of_sections_topics_people_and_titles(lorraine, saar, reader):
    make_section(lorraine.home, "Fonderies")
    make_article(lorraine.section, "L’été de la fonderie", topics=[make_topic("Fonderie d’art")])
    make_article(saar.sections["fr"], "Une fonderie d’ailleurs")
    make_draft(make_article(lorraine.section, "Une fonderie cachée"))
    response = reader.get("/fr/recherche/suggestions.json", {"q": "fonder"})
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "application/json"
    assert [(each["label"], each["kind"]) for each in response.json()["suggestions"]] == [
        ("Fonderies", "Rubrique"),
        ("Fonderie d’art", "Thème"),
        ("L’été de la fonderie", "Article"),
    ]
    assert [
        each["label"] for each in reader.get("/fr/recherche/suggestions.json?q=ete+de+la+f").json()["suggestions"]
    ] == ["L’été de la fonderie"]
    assert reader.get("/fr/recherche/suggestions.json?q=f").json() == {"suggestions": []}


def test_browsers_find_the_opensearch_description(lorraine, reader):
    link = soup(reader.get("/fr/")).select_one("link[rel=search]")
    response = reader.get(link["href"])
    assert response["Content-Type"].startswith("application/opensearchdescription+xml")
    assert response.content.startswith(b"<?xml")
    assert b'template="http://lorraine.localhost/fr/recherche/?q={searchTerms}"' in response.content


def test_results_page_makes_few_queries(lorraine, reader, django_assert_max_num_queries):
    wood = make_topic("Bois")
    for number in range(11):
        make_article(lorraine.section, f"Fonderie numéro {number}", topics=[wood], lead_image=make_image())
    make_event(lorraine.calendar, "Nuit de la fonderie", start=timezone.now() - timedelta(days=3))
    get_results(reader, "fonderie")
    for params in ({}, {"kind": "article"}, {"sites": "all", "languages": "all"}, {"page": "2"}):
        with django_assert_max_num_queries(10):
            get_results(reader, "fonderie", **params)
    # The words are corrected, searched in other scopes and searched again.
    with django_assert_max_num_queries(12):
        get_results(reader, "fondreie")
