"""Before its embargo ends, a page is in no output of its site or of the network; afterwards it is in all of them."""

from datetime import timedelta

import pytest
from django.utils import timezone
from time_machine import travel

from portal.editorial.schedule.scheduling import run_schedule
from tests.builders import (
    content_of,
    make_article,
    make_event,
    make_person,
    make_recap,
    make_topic,
)

TITLE = "La halle de Pompey"


@pytest.fixture
def until():
    return timezone.now().replace(second=0, microsecond=0) + timedelta(hours=3)


def read(ground, path: str) -> str:
    """The whole text of a response, with unfolded calendar lines."""
    response = ground.reader().get(path)
    body = content_of(response)
    return body.decode().replace("\r\n ", "")


def story_surfaces(ground, page, beside) -> list[str]:
    return [
        "/fr/rubrique/",
        "/fr/actualites/",
        "/fr/rubrique/actualites/",
        *(f"/fr/feed.{form}" for form in ("rss", "atom", "json")),
        "/fr/rubrique/feed.rss",
        "/sitemap-fr-1.xml",
        "/sitemap-news.xml",
        "/fr/recherche/?q=Pompey",
        "/fr/recherche/suggestions.json?q=Pomp",
        "/api/v2/pages/",
        f"/api/v2/pages/{page.pk}/",
        ground.address(page),
        ground.address(beside),
    ]


def event_surfaces(ground, page, recap) -> list[str]:
    return [
        "/fr/rubrique/agenda/",
        "/fr/calendrier/",
        "/fr/rubrique/calendrier/",
        "/calendar.ics",
        "/fr/calendrier.ics",
        f"{ground.address(page).rstrip('/')}.ics",
        "/sitemap-fr-1.xml",
        "/fr/recherche/?q=Pompey",
        "/api/v2/pages/",
        f"/api/v2/pages/{page.pk}/",
        ground.address(page),
        ground.address(recap),
    ]


def where_it_shows(ground, addresses: list[str], page) -> set[str]:
    # A sitemap lists addresses, not titles.
    return {path for path in addresses if TITLE in (text := read(ground, path)) or page.slug in text}


@pytest.mark.parametrize("kind", ["story", "event"])
def test_page_appears_everywhere_exactly_when_its_embargo_ends(lorraine, saar, until, kind):
    facts = {"embargo_until": until, "slug": "sous-scelle"}
    if kind == "story":
        topic, person = make_topic("Fonte"), make_person("Claire Humbert")
        page = make_article(lorraine.section, TITLE, topics=[topic], authors=[person], date=None, **facts)
        link = f'<p><a linktype="page" id="{page.pk}">Lire</a></p>'
        text = [{"type": "paragraph", "value": link}]
        beside = make_article(lorraine.section, "Voisin", date=None, related=[page], body=text)
        addresses = story_surfaces(lorraine, page, beside)
    else:
        page = make_event(lorraine.calendar, TITLE, **facts)
        recap = make_recap(lorraine.calendar, "Retour", event=page)
        addresses = event_surfaces(lorraine, page, recap)

    assert where_it_shows(lorraine, addresses, page) == set()
    assert TITLE not in read(lorraine, "/fr/") + read(saar, "/de/") + read(saar, "/fr/recherche/?q=Pompey&sites=all")
    assert lorraine.reader().get(f"/share/{page.pk}/{'0' * 16}.png").status_code == 404

    with travel(until, tick=False):
        assert run_schedule(timezone.now()) == []
        assert where_it_shows(lorraine, addresses, page) == set(addresses)
