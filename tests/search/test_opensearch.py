"""The OpenSearch engine: its mapping, its queries and its documents."""

import json
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.test import override_settings

from articles.models import ArticlePage
from search.engines import engine, opensearch
from search.engines.base import Frequencies, LanguageQuery, Match
from search.indexing.entries import prepared_entries
from search.models import IndexEntry
from search.query.parse import parse, terms_in_language
from tests.builders import make_article
from tests.search.searching import get_results

NOW = datetime(2026, 3, 1, tzinfo=UTC)
URL = "https://portal:s%20cret@search.example:9243/news"


@pytest.fixture
def requests(monkeypatch):
    """The requests to a server without documents."""
    calls = []

    def respond(request, timeout):
        calls.append((request.get_method(), request.full_url, request.data and request.data.decode(), request.headers))
        return BytesIO(
            b"[]"
            if "_cat" in request.full_url
            else b'{"hits": {"hits": []}, "aggregations": {"groups": {"buckets": []}}}'
        )

    monkeypatch.setattr(opensearch, "urlopen", respond)
    return calls


def match(query: str, **filters) -> Match:
    return Match((LanguageQuery(terms_in_language(parse(query), "fr"), (3, 4)),), NOW, filters)


def test_setting_selects_the_server():
    with override_settings(SEARCH_URL=URL):
        found = engine()
    assert isinstance(found, opensearch.OpenSearchEngine)
    assert (found.base, found.index) == ("https://search.example:9243", "news")
    assert found.headers["Authorization"].startswith("Basic ")


def test_index_is_created_with_texts_split_at_spaces_only(requests):
    opensearch.OpenSearchEngine(URL).create_index()
    method, address, body, _headers = requests[-1]
    assert (method, address) == ("PUT", "https://search.example:9243/news")
    properties = json.loads(body)["mappings"]["properties"]
    assert {properties[name]["analyzer"] for name in ("title", "summary", "names", "text", "autocomplete")} == {
        "whitespace"
    }
    assert properties["scope"] == {"type": "keyword"}


def test_query_filters_by_edition_facets_and_time_and_scores_the_words():
    found = opensearch.match_query(match('fonderies "four électrique" -gaz', kind=("karticle",)))["bool"]
    assert {"terms": {"scope": ["karticle"]}} in found["filter"]
    assert {"range": {"hidden_at": {"lte": NOW.isoformat()}}} in found["filter"][-1]["bool"]["must_not"]
    part = found["must"][0]["bool"]["should"][0]["bool"]
    assert part["filter"] == [{"terms": {"scope": ["h3", "h4"]}}]
    assert {"match_phrase": {"title": {"query": "fonder", "boost": 2.0}}} in part["must"][0]["bool"]["should"]
    assert {"match_phrase": {"text": {"query": "four electr", "boost": 1.0}}} in part["must"][1]["bool"]["should"]
    assert part["must_not"][0]["bool"]["should"][0] == {"match_phrase": {"title": {"query": "gaz", "boost": 2.0}}}


def test_counts_candidates_and_completions_are_queried_from_the_server(requests):
    server = opensearch.OpenSearchEngine(URL)
    assert server.count(match("bois"), match("bois")) == ([], [], None)
    assert server.candidates(match("bois"), None, Frequencies(1, {})) == []
    assert server.completions(["bois"], 3, NOW, 5) == []
    bodies = [json.loads(body) for _method, _address, body, _headers in requests]
    assert bodies[0]["aggs"]["groups"]["terms"]["field"] == "bucket"
    assert bodies[2]["sort"] == [{"key": "desc"}]
    assert {"prefix": {"autocomplete": "bois"}} in bodies[4]["query"]["bool"]["filter"]


@pytest.mark.django_db
def test_page_is_written_as_a_document_with_its_terms(lorraine, requests):
    page = make_article(lorraine.section, "Les fonderies d’ici")
    prepared = prepared_entries(ArticlePage.objects.filter(pk=page.pk))[0]
    entry = IndexEntry.objects.get(pk=page.pk)
    IndexEntry.objects.filter(pk=page.pk).delete()
    opensearch.OpenSearchEngine(URL).write([entry], [prepared])
    action, found = map(json.loads, requests[-1][2].splitlines())
    assert action == {"index": {"_id": str(prepared.key)}}
    assert found["title"] == "le fonder ici"
    assert found["autocomplete"] == "les fonderies ici"
    assert f"h{lorraine.home.pk}" in found["scope"]


@pytest.mark.django_db
def test_unreachable_server_stops_neither_publishing_nor_reading(lorraine, reader, monkeypatch):
    def refuse(request, timeout):
        raise OSError("unreachable")

    monkeypatch.setattr(opensearch, "urlopen", refuse)
    with override_settings(SEARCH_URL=URL):
        page = make_article(lorraine.section, "Une fonderie")
        assert get_results(reader, "fonderie").status_code == 503
        assert reader.get(lorraine.address(page)).status_code == 200
