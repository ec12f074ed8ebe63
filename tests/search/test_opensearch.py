"""The engine on a server of its own, by the mapping and the queries that it generates."""

import json
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.test import override_settings

from articles.models import ArticlePage
from search.engines import engine, opensearch
from search.engines.base import Match, QueryPart
from search.indexing.entries import drafts_of
from search.models import IndexEntry
from search.query.parse import in_language, parse
from tests.builders import make_article
from tests.search.looking import ask

NOW = datetime(2026, 3, 1, tzinfo=UTC)
URL = "https://portal:s%20cret@search.example:9243/news"


@pytest.fixture
def asked(monkeypatch):
    """What the server was asked; it answers that there is nothing."""
    calls = []

    def answer(request, timeout):
        calls.append((request.get_method(), request.full_url, request.data and request.data.decode(), request.headers))
        return BytesIO(
            b"[]"
            if "_cat" in request.full_url
            else b'{"hits": {"hits": []}, "aggregations": {"groups": {"buckets": []}}}'
        )

    monkeypatch.setattr(opensearch, "urlopen", answer)
    return calls


def match(query: str, **filters) -> Match:
    return Match((QueryPart(in_language(parse(query), "fr"), (3, 4)),), NOW, filters)


def test_one_setting_chooses_the_server():
    with override_settings(SEARCH_URL=URL):
        found = engine()
    assert isinstance(found, opensearch.OpenSearchEngine)
    assert (found.base, found.index) == ("https://search.example:9243", "news")
    assert found.headers["Authorization"].startswith("Basic ")


def test_index_is_made_once_with_texts_cut_at_spaces_only(asked):
    opensearch.OpenSearchEngine(URL).create()
    method, address, body, _headers = asked[-1]
    assert (method, address) == ("PUT", "https://search.example:9243/news")
    properties = json.loads(body)["mappings"]["properties"]
    assert {properties[name]["analyzer"] for name in ("title", "summary", "names", "text", "start")} == {"whitespace"}
    assert properties["scope"] == {"type": "keyword"}


def test_query_filters_by_edition_facets_and_time_and_scores_the_words():
    found = opensearch.query(match('fonderies "four électrique" -gaz', kind=("karticle",)))["bool"]
    assert {"terms": {"scope": ["karticle"]}} in found["filter"]
    assert {"range": {"hidden_at": {"lte": NOW.isoformat()}}} in found["filter"][-1]["bool"]["must_not"]
    part = found["must"][0]["bool"]["should"][0]["bool"]
    assert part["filter"] == [{"terms": {"scope": ["h3", "h4"]}}]
    assert {"match_phrase": {"title": {"query": "fonder", "boost": 10.0}}} in part["must"][0]["bool"]["should"]
    assert {"match_phrase": {"text": {"query": "four electr", "boost": 1.0}}} in part["must"][1]["bool"]["should"]
    assert part["must_not"][0]["bool"]["should"][0] == {"match_phrase": {"title": {"query": "gaz", "boost": 10.0}}}


def test_counts_and_candidates_are_asked_of_the_server(asked):
    server = opensearch.OpenSearchEngine(URL)
    assert server.tally(match("bois"), match("bois")) == ([], [], None)
    assert server.candidates(match("bois"), None) == []
    assert server.completions(["bois"], 3, NOW, 5) == []
    bodies = [json.loads(body) for _method, _address, body, _headers in asked]
    assert bodies[0]["aggs"]["groups"]["terms"]["field"] == "shelf"
    assert bodies[2]["sort"] == [{"key": "desc"}]
    assert {"prefix": {"start": "bois"}} in bodies[4]["query"]["bool"]["filter"]


@pytest.mark.django_db
def test_page_is_written_as_a_document_with_its_terms(lorraine, asked):
    page = make_article(lorraine.section, "Les fonderies d’ici")
    draft = drafts_of(ArticlePage.objects.filter(pk=page.pk))[0]
    entry = IndexEntry.objects.get(pk=page.pk)
    IndexEntry.objects.filter(pk=page.pk).delete()
    opensearch.OpenSearchEngine(URL).write([entry], [draft])
    action, found = map(json.loads, asked[-1][2].splitlines())
    assert action == {"index": {"_id": str(draft.key)}}
    assert found["title"] == "le fonder ici"
    assert found["start"] == "les fonderies ici"
    assert f"h{lorraine.home.pk}" in found["scope"]


@pytest.mark.django_db
def test_server_that_is_away_stops_neither_publishing_nor_reading(lorraine, reader, monkeypatch):
    def away(request, timeout):
        raise OSError("away")

    monkeypatch.setattr(opensearch, "urlopen", away)
    with override_settings(SEARCH_URL=URL):
        page = make_article(lorraine.section, "Une fonderie")
        assert ask(reader, "fonderie").status_code == 503
        assert reader.get(lorraine.address(page)).status_code == 200
