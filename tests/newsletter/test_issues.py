"""Issues are filled from a period, and readers find them in the archive of their site, in few queries."""

import json
from datetime import date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.newsletter.blocks import IssueContent
from portal.newsletter.content import MAX_EVENTS, MAX_STORIES, content_of_period, parts_of
from portal.newsletter.sections import sections_of
from tests.builders import (
    make_article,
    make_calendar,
    make_draft,
    make_event,
    make_image,
    make_portrait,
    make_private,
    make_recap,
    make_section,
    make_site,
)
from tests.checkers.vocabulary import faults
from tests.conftest import empty_caches
from tests.newsletter.makers import edition_of, group, make_issue, make_newsletter

pytestmark = pytest.mark.django_db
BUDGET = 12
FIRST, LAST = date(2026, 5, 4), date(2026, 5, 17)


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


def test_issue_shows_public_pages_only_with_overridden_titles(lorraine, saar, newsletter):
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
def test_query_count_does_not_grow_with_the_issue(lorraine, newsletter, stories):
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
    empty_caches()


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


@pytest.fixture
def ground():
    return make_site("fill.localhost", ("fr", "de"))


def at(ground, day: date, hour: int = 12):
    zone = edition_of(ground).zone
    return datetime(day.year, day.month, day.day, hour, tzinfo=zone)


def contents(ground):
    edition, now = edition_of(ground), timezone.now()
    parts = parts_of(IssueContent().to_python(content_of_period(edition, FIRST, LAST, now)), edition, now)
    return [
        (part.value["title"], [card.title for card in part.stories], [e.shown_title for e in part.events])
        for part in parts
    ]


def test_sections_keep_their_order_with_articles_portraits_and_recaps(ground):
    first, second = ground.section, make_section(ground.home, "Transitions")
    sub = make_section(first, "Industrie")
    when = {"date": at(ground, FIRST + timedelta(days=2))}
    make_article(second, "Soleil", **when)
    make_recap(ground.calendar, "Retour", **when)
    make_portrait(first, "Ruth", **when)
    make_article(sub, "Four", **when)
    make_article(first, "Prêt", date=at(ground, FIRST + timedelta(days=3)))
    make_event(ground.calendar, "Rendez-vous")

    assert contents(ground) == [
        ("Rubrique fr", ["Prêt", "Four", "Ruth", "Retour"], ["Rendez-vous"]),
        ("Transitions", ["Soleil"], []),
    ]


def test_period_includes_its_first_and_last_day(ground):
    for title, day, hour in [
        ("avant", FIRST - timedelta(days=1), 23),
        ("au début", FIRST, 0),
        ("à la fin", LAST, 23),
        ("après", LAST + timedelta(days=1), 0),
    ]:
        make_article(ground.section, title, date=at(ground, day, hour))

    assert contents(ground)[0][1] == ["à la fin", "au début"]


def test_private_foreign_and_past_pages_are_left_out(ground, lorraine):
    when = {"date": at(ground, FIRST)}
    closed = make_section(ground.home, "Réservé")
    make_article(closed, "Derrière", **when)
    make_event(make_calendar(closed), "Huis clos")
    make_private(closed)
    make_private(make_article(ground.section, "Secret", **when))
    make_article(lorraine.section, "D’à côté", **when)
    make_article(ground.sections["de"], "Auf Deutsch", **when)
    make_article(ground.section, "Ouvert", **when)
    make_event(ground.calendar, "Passé", timezone.now() - timedelta(days=3))

    assert contents(ground) == [("Rubrique fr", ["Ouvert"], [])]


def test_section_is_limited_in_stories_and_events(ground):
    for n in range(MAX_STORIES + 2):
        make_article(ground.section, date=at(ground, FIRST, n))
    for n in range(MAX_EVENTS + 2):
        make_event(ground.calendar, start=timezone.now() + timedelta(days=n + 1))

    _title, stories, events = contents(ground)[0]
    assert (len(stories), len(events)) == (MAX_STORIES, MAX_EVENTS)


def test_sections_have_one_key_in_all_languages(ground):
    keys = [{section.key for section in sections_of(edition_of(ground, code))} for code in ("fr", "de")]
    assert keys[0] == keys[1] == {str(ground.section.translation_key)}


def test_filling_takes_few_queries(ground, django_assert_max_num_queries):
    for n in range(5):
        make_article(ground.section, date=at(ground, FIRST, n))
    edition, now = edition_of(ground), timezone.now()
    content = IssueContent().to_python(content_of_period(edition, FIRST, LAST, now))
    with django_assert_max_num_queries(10):
        parts_of(content, edition, now)
