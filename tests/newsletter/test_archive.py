"""The archive and the issues on the web: each on its own site, for readers, in few queries."""

import json
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.builders import make_article, make_draft, make_event, make_image, make_private
from tests.conftest import forget
from tests.newsletter.makers import group, make_issue, make_newsletter
from tests.vocabulary import faults

pytestmark = pytest.mark.django_db
BUDGET = 12


@pytest.fixture
def newsletter(lorraine):
    return make_newsletter(lorraine, introduction="Tous les quinze jours.")


def test_archive_lists_the_issues_of_its_own_newsletter_newest_first(lorraine, saar, newsletter):
    first = make_issue(newsletter, title="Numéro un")
    second = make_issue(newsletter, title="Numéro deux")
    make_draft(make_issue(newsletter, title="Retiré"))
    make_private(make_issue(newsletter, title="Réservé"))
    make_issue(make_newsletter(saar, "fr"), title="D’à côté")
    make_issue(make_newsletter(lorraine, "de"), title="Auf Deutsch")

    page = lorraine.reader().get(lorraine.address(newsletter))

    assert page.context["listing"].items == [second, first]
    for absent in ("Retiré", "Réservé", "D’à côté", "Auf Deutsch"):
        assert absent not in page.text
    assert "Tous les quinze jours." in page.text
    assert not page.cookies
    assert "/fr/_newsletter/sign-up/" in page.text


@pytest.mark.parametrize("query", ["?page=2", "?page=x", "?page=-1", "?page=0", "?page=%00"])
def test_bad_page_of_the_archive_is_not_found(lorraine, newsletter, query):
    assert lorraine.reader().get(lorraine.address(newsletter) + query).status_code == 404


def test_issue_shows_public_pages_only_with_their_other_titles(lorraine, saar, newsletter):
    story, renamed = make_article(lorraine.section, "Visible"), make_article(lorraine.section, "Titre long")
    draft, foreign = make_draft(make_article(lorraine.section, "Repris")), make_article(saar.sections["fr"], "D’à côté")
    private = make_article(lorraine.section, "Réservé")
    make_private(private)
    event = make_event(lorraine.calendar, "Portes ouvertes")
    stories = group("Tout", [renamed, story, draft, foreign, private], [event], lorraine.section)
    stories["value"]["stories"][0] |= {"title": "Titre court", "text": "Autre texte"}
    note = {"type": "note", "value": {"title": "À vos agendas", "text": "<p>Jeudi.</p>"}}
    button = {"type": "button", "value": {"label": "Tout lire", "page": None, "url": "https://example.org/"}}

    page = lorraine.reader().get(lorraine.address(make_issue(newsletter, [stories, note, button])))

    for text in ("Visible", "Titre court", "Autre texte", "Portes ouvertes", "À vos agendas", "Tout lire"):
        assert text in page.text
    for absent in ("Titre long", "Repris", "D’à côté", "Réservé"):
        assert absent not in page.text


@pytest.mark.parametrize("stories", [2, 30])
def test_issue_costs_as_few_queries_however_long_it_is(lorraine, newsletter, stories):
    image = make_image()
    pages = [make_article(lorraine.section, lead_image=image) for _ in range(stories)]
    events = [make_event(lorraine.calendar, start=timezone.now() + timedelta(days=n + 1)) for n in range(3)]
    issue = make_issue(newsletter, [group(f"Groupe {n}", pages[n::2], events) for n in range(2)])
    issue_url, archive_url = lorraine.address(issue), lorraine.address(newsletter)
    lorraine.reader().get(issue_url)
    for path in (issue_url, archive_url):
        with CaptureQueriesContext(connection) as queries:
            assert lorraine.reader().get(path).status_code == 200
        assert len(queries) <= BUDGET, [query["sql"][:200] for query in queries]
    forget()


def test_sign_up_box_costs_no_query_once_the_footer_is_cached(lorraine, newsletter):
    lorraine.reader().get("/fr/")
    with CaptureQueriesContext(connection) as queries:
        lorraine.reader().get("/fr/")
    assert not [query for query in queries if "newsletter_" in query["sql"]]


def test_newsletter_and_issue_have_valid_structured_data(lorraine):
    newsletter = make_newsletter(lorraine)
    issue = make_issue(newsletter, [group("Tout", [make_article(lorraine.section)])])

    for page in (newsletter, issue):
        found = BeautifulSoup(lorraine.reader().get(lorraine.address(page)).content, "html.parser")
        document = json.loads(found.select_one('script[type="application/ld+json"]').string)
        assert faults(document) == []
        assert [thing["name"] for thing in document["@graph"] if thing["@type"] == "WebPage"] == [page.title]
