"""An issue is filled from a period: section by section in the site's order, articles first, and nothing private."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from portal.newsletter.blocks import IssueContent
from portal.newsletter.content import MAX_EVENTS, MAX_STORIES, content_of_period, parts_of
from portal.newsletter.sections import sections_of
from tests.builders import (
    make_article,
    make_calendar,
    make_event,
    make_portrait,
    make_private,
    make_recap,
    make_section,
    make_site,
)
from tests.newsletter.makers import edition_of

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 5, 4), date(2026, 5, 17)


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
