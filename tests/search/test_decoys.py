"""Hidden pages do not influence search: results and counts are the same without them."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from wagtail.models import Page

from search.models import IndexEntry
from tests.builders import (
    SampleSite,
    make_article,
    make_draft,
    make_event,
    make_person,
    make_portrait,
    make_private,
    make_section,
    make_topic,
)
from tests.search.searching import counts, paragraph, search

pytestmark = pytest.mark.django_db

QUERIES = ["fonderie", '"fonderie neuve"', "fondreie", "nuit fonderie", "fonderie -neuve", "quartz", "métallurgie"]
FACETS: list[dict[str, str]] = [
    {},
    {"kind": "article"},
    {"kind": "event"},
    {"topic": "metallurgie"},
    {"section": "rubrique"},
    {"year": f"{timezone.now():%Y}"},
    {"languages": "all"},
]
TYPED = ["fon", "nuit de la f", "quar", "metal", "rub", "réser"]


def outputs(ground: SampleSite) -> dict[str, Any]:
    """Results, counts, corrections, extracts and suggestions; unordered, since scores depend on the entry count."""
    by_query: dict[str, Any] = {}
    for query in QUERIES:
        for facets in FACETS:
            found = search(ground, query, **facets)
            shown = sorted((result.pk, result.url, result.title, result.extract) for result in found.page_results)
            facet_counts = {facet.name: counts(found, facet.name) for facet in found.facets}
            numbers = found.total, found.reachable
            by_query[f"{query} {facets}"] = (*numbers, found.correction, found.suggestion, shown, facet_counts)
    for typed in TYPED:
        response = ground.reader().get("/fr/recherche/suggestions.json", {"q": typed})
        by_query[typed] = sorted((each["label"], each["url"]) for each in response.json()["suggestions"])
    return by_query


@pytest.fixture
def pages(lorraine) -> list[Page]:
    facts = {"topics": [make_topic("Métallurgie")], "authors": [make_person("Zénobie Quartz")]}
    text = paragraph("On y coule la métallurgie d’une fonderie de demain.")
    return [
        make_article(lorraine.section, "Une fonderie neuve", body=text, **facts),
        make_article(lorraine.section, "Le four", body=text),
        make_portrait(lorraine.section, "Le fondeur et sa fonderie", **facts),
        make_event(lorraine.calendar, "Nuit de la fonderie", body=text),
    ]


def hide_copies(pages: list[Page], ground: SampleSite, other: SampleSite) -> int:
    """Copy each page in every way that hides it from this site's readers; return the number of copies."""
    now = timezone.now()
    closed = make_section(ground.section, "Fermée")
    make_private(closed)
    copies = 0
    for page in pages:
        parent = page.get_parent().specific
        is_event = parent.pk == ground.calendar.pk
        away = (other.calendars if is_event else other.sections)["fr"]

        def copy(to: Page, page=page, **facts: Any) -> Page:
            nonlocal copies
            copies += 1
            return page.copy(to=to, update_attrs={"slug": f"{page.slug}-{copies}", **facts})

        make_draft(copy(parent))
        make_private(copy(parent))
        copy(parent, expire_at=now - timedelta(minutes=1))
        copy(away)
        if not is_event:
            copy(closed)
            copy(parent, publication_date=now + timedelta(days=3))
        page.create_alias(parent=parent, update_slug=f"{page.slug}-alias")
        page.create_alias(parent=away, update_slug=f"{page.slug}-alias")
    return copies


def test_hidden_copies_of_every_page_change_no_output(lorraine, saar, pages):
    before = outputs(lorraine)
    assert before["fonderie {}"][0] == len(pages)
    assert before["fondreie {}"][2] == "fonderie"
    assert before["fon"]
    assert before["quar"]
    assert hide_copies(pages, lorraine, saar) > 3 * len(pages)
    assert IndexEntry.objects.filter(text__title="Une fonderie neuve").count() > 1
    assert outputs(lorraine) == before


def test_pages_that_become_hidden_leave_nothing_behind(lorraine, pages):
    for number, page in enumerate(pages):
        make_private(page) if number % 2 else make_draft(page)
    after = outputs(lorraine)
    for query in QUERIES:
        assert after[f"{query} {{}}"] == (0, 0, "", "", [], {}), query
    assert not [label for typed in TYPED for label, _url in after[typed] if "ond" in label or "Zén" in label]
