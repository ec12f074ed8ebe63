"""An expired page is shown nowhere after its expiry, with or without a scheduler."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from time_machine import travel

from events.models import EventPage
from portal.content.records.listing import Placement
from portal.content.serving.snapshot import snapshot_of
from tests.builders import (
    change,
    make_article,
    make_calendar,
    make_event,
    make_section,
    make_settings,
    make_standard_page,
)


@pytest.fixture
def end():
    return timezone.now() + timedelta(hours=1)


@pytest.fixture
def late(end):
    """Fetches a page at the time of expiry from a process with an earlier snapshot of the site."""

    def read(ground, path: str):
        ground.reader().get(path)
        with travel(end, tick=False):
            return ground.reader().get(path)

    return read


def sub_section(ground, end):
    """A section that expires, with a story and an event below it."""
    sub = make_section(ground.section, "Salon", expire_at=end)
    calendar = make_calendar(sub)
    return sub, make_article(sub, "Sous le salon"), make_event(calendar, "Visite du salon")


@pytest.mark.parametrize("path", ["", "rubrique/", "rubrique/actualites/", "rubrique/agenda/", "rubrique/calendrier/"])
def test_expired_page_is_in_no_list_and_on_no_shelf(lorraine, late, end, path):
    shelves = [{"type": kind, "value": {"title": "Neuf", "count": 6}} for kind in ("latest", "events")]
    change(lorraine.home, shelves=shelves)
    make_article(lorraine.section, "Bientôt périmé", expire_at=end)
    make_event(lorraine.calendar, "Bientôt périmé", expire_at=end)

    assert "Bientôt périmé" in lorraine.reader().get(f"/fr/{path}").content.decode()
    assert "Bientôt périmé" not in late(lorraine, f"/fr/{path}").content.decode()


def test_text_does_not_link_to_an_expired_page(lorraine, saar, late, end):
    goal = make_article(saar.section, "Ziel", expire_at=end)
    body = [{"type": "button", "value": {"label": "", "page": goal.pk, "url": ""}}]
    story = make_article(lorraine.section, "Avec un lien", body=body)

    assert "Ziel" in lorraine.reader().get(lorraine.address(story)).content.decode()
    assert "Ziel" not in late(lorraine, lorraine.address(story)).content.decode()


def test_text_links_to_nothing_below_an_expired_section(lorraine, late, end):
    _sub, below, _event = sub_section(lorraine, end)
    body = [{"type": "button", "value": {"label": "", "page": below.pk, "url": ""}}]
    story = make_article(lorraine.section, "Avec un lien", body=body)

    def text(response):
        return str(BeautifulSoup(response.content, "html.parser").select_one(".prose"))

    assert "Sous le salon" in text(lorraine.reader().get(lorraine.address(story)))
    assert "Sous le salon" not in text(late(lorraine, lorraine.address(story)))


@pytest.mark.parametrize("which", ["navigation", "default"])
def test_expired_section_leaves_the_menu(lorraine, late, end, which):
    section = make_section(lorraine.home, "Salon", expire_at=end)
    if which == "navigation":
        make_settings(lorraine, navigation=[{"type": "page", "value": {"page": section.pk, "label": ""}}])

    assert "Salon" in lorraine.reader().get("/fr/").content.decode()
    assert "Salon" not in late(lorraine, "/fr/").content.decode()


def test_expired_page_leaves_the_legal_links(lorraine, late, end):
    legal = make_standard_page(lorraine.home, "Mentions", expire_at=end)
    words = {"language": "fr", "tagline": "", "footer": "", "notice": "", "notice_link": "", "legal_links": [legal.pk]}
    make_settings(lorraine, wording=[{"type": "edition", "value": words}])

    assert "Mentions" in lorraine.reader().get("/fr/").content.decode()
    assert "Mentions" not in late(lorraine, "/fr/").content.decode()


def test_pages_below_an_expired_section_are_hidden(lorraine, late, end):
    sub, article, event = sub_section(lorraine, end)

    for page in (sub, article, event):
        assert lorraine.reader().get(lorraine.address(page)).status_code == 200
        # The expired page itself is gone (410); a page below it is not found (404).
        assert late(lorraine, lorraine.address(page)).status_code == (410 if page == sub else 404)
    assert late(lorraine, lorraine.address(sub, "actualites/")).status_code == 410
    for path in ("/fr/", "/fr/rubrique/actualites/", "/fr/rubrique/calendrier/"):
        html = late(lorraine, path).content.decode()
        assert "Sous le salon" not in html
        assert "Visite du salon" not in html


def test_pages_stay_hidden_after_the_scheduler_unpublished_the_section(lorraine, end):
    sub, article, event = sub_section(lorraine, end)

    with travel(end + timedelta(minutes=1), tick=False):
        sub.unpublish(set_expired=True)
        edition = snapshot_of("lorraine.localhost", "80").default

        assert not Placement.objects.in_lists_of(lorraine.home.pk, timezone.now()).filter(card_id=article.pk).exists()
        assert event not in EventPage.objects.visible_in(edition, timezone.now())
        assert lorraine.reader().get(lorraine.address(article)).status_code == 404


def test_section_published_again_shows_the_pages_below(lorraine, end):
    sub, article, event = sub_section(lorraine, end)

    with travel(end + timedelta(minutes=1), tick=False):
        sub.unpublish(set_expired=True)
        change(sub, expire_at=None)
        html = lorraine.reader().get("/fr/rubrique/actualites/").content.decode()

        assert "Sous le salon" in html
        assert lorraine.reader().get(lorraine.address(article)).status_code == 200
        assert lorraine.reader().get(lorraine.address(event)).status_code == 200


def test_section_with_a_later_expiry_keeps_its_stories_listed(lorraine, end):
    sub, _article, _event = sub_section(lorraine, end)
    change(sub, expire_at=end + timedelta(days=1))

    with travel(end + timedelta(minutes=1), tick=False):
        assert "Sous le salon" in lorraine.reader().get("/fr/rubrique/actualites/").content.decode()


def test_earlier_expiry_of_section_or_story_counts(lorraine, late, end):
    sub = make_section(lorraine.section, "Salon", expire_at=end + timedelta(days=1))
    make_article(sub, "Bref", expire_at=end)

    assert "Bref" not in late(lorraine, "/fr/rubrique/actualites/").content.decode()


def test_section_unpublished_by_a_person_keeps_the_pages_below(lorraine):
    sub = make_section(lorraine.section, "Salon")
    article = make_article(sub, "Sous le salon")
    sub.unpublish()

    assert lorraine.reader().get(lorraine.address(article)).status_code == 200
    assert "Sous le salon" in lorraine.reader().get("/fr/rubrique/actualites/").content.decode()


def test_expired_section_of_one_site_hides_nothing_on_the_other(lorraine, saar, late, end):
    sub_section(lorraine, end)
    make_article(saar.section, "Bleibt hier")

    assert "Bleibt hier" in late(saar, saar.address(saar.section)).content.decode()


def test_expired_home_page_removes_its_language(lorraine, end):
    change(lorraine.homes["de"], expire_at=end)

    with travel(end, tick=False):
        assert list(snapshot_of("lorraine.localhost", "80").editions) == ["fr"]
