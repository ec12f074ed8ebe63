"""Readers of a live coverage see its approved entries, the newest first, and get new ones without reloading."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from time_machine import travel
from wagtail.models import PageViewRestriction

from articles.live.approving import approve, end
from articles.live.summing_up import open_article
from articles.models import LivePage
from portal.editorial.roles import Role
from portal.editorial.trash.deleting import put_into_trash
from portal.editorial.trash.restoring import restore
from tests.articles.live.making import approved, entries, make_entry, make_live, read, written
from tests.builders import change, make_draft, make_private, make_settings
from tests.editorial.actions import publish_as_system, reload
from tests.search.searching import page_of

NOON = datetime(2026, 6, 3, 10, tzinfo=UTC)


@pytest.fixture
def page(lorraine):
    return make_live(lorraine.section)


@pytest.fixture
def people(newsroom):
    return newsroom[Role.EDITOR], newsroom[Role.APPROVER]


def data_of(html: BeautifulSoup) -> dict:
    graph = json.loads(html.select_one("[type='application/ld+json']").string)["@graph"]
    return next(each for each in graph if each["@type"] == "LiveBlogPosting")


def test_pinned_entries_are_first_and_then_the_newest(lorraine, page):
    make_entry(page, "Un", at=NOON)
    make_entry(page, "Programme", at=NOON + timedelta(minutes=1), is_pinned=True)
    make_entry(page, "Deux", at=NOON + timedelta(minutes=2))

    assert entries(lorraine, page) == ["Programme", "Deux", "Un"]


def test_entries_of_another_coverage_are_not_shown(lorraine, saar, page):
    make_entry(page, "Ici")
    make_entry(make_live(lorraine.section, "Ailleurs"), "Ailleurs")
    make_entry(make_live(saar.section, "Drüben"), "Drüben")

    assert entries(lorraine, page) == ["Ici"]


def test_entry_shows_its_hour_today_and_its_day_later(lorraine, page):
    make_settings(lorraine, time_zone="Europe/Paris")
    make_entry(page, at=NOON)
    with travel(NOON + timedelta(hours=1), tick=False):
        assert read(lorraine, page).select_one(".live-entry__time time").get_text() == "12\xa0h"
    with travel(NOON + timedelta(days=2), tick=False):
        assert read(lorraine, page).select_one(".live-entry__time time").get_text() == "3 juin 2026"


def test_correction_is_dated(lorraine, page, people):
    make_settings(lorraine, time_zone="Europe/Paris")
    with travel(NOON, tick=False):
        first = approved(page, *people, "Vingt ateliers.")
        assert read(lorraine, page).select_one(".live-entry__updated") is None
    with travel(NOON + timedelta(minutes=5), tick=False):
        approved(page, *people, "Trente ateliers.", first.entry)
        assert "12\xa0h\xa005" in read(lorraine, page).select_one(".live-entry__updated").get_text()


def test_older_entries_are_on_the_next_page(lorraine, page):
    for number in range(51):
        make_entry(page, str(number), at=NOON + timedelta(minutes=number))

    assert entries(lorraine, page)[-1] == "1"
    assert entries(lorraine, page, "?page=2") == ["0"]
    assert read(lorraine, page, "?page=2").select_one("[data-live]") is None


def test_link_to_a_draft_leads_nowhere(lorraine, page):
    draft = make_draft(make_live(lorraine.section, "Secret"))
    make_entry(page, f'Voir <a linktype="page" id="{draft.pk}">ici</a>')

    assert read(lorraine, page).select_one(".live-entry__text a").get("href") is None


def fragment(ground, page, **headers):
    return ground.reader().get(ground.address(page, "?entries=1"), headers=headers)


def test_fragment_has_the_entries_alone_and_is_not_sent_again_without_news(lorraine, page, people):
    approved(page, *people, "Un")
    first = fragment(lorraine, page)
    html = BeautifulSoup(first.content, "html.parser")
    assert html.select_one("html") is None
    assert html.select_one(".live-entry__text").get_text(strip=True) == "Un"

    again = fragment(lorraine, page, if_none_match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    text = written(page, people[0], "Deux")
    assert fragment(lorraine, page, if_none_match=first["ETag"]).status_code == 304

    approve(text, people[1], timezone.now())
    changed = fragment(lorraine, page, if_none_match=first["ETag"])
    assert changed.status_code == 200
    assert "Deux" in changed.content.decode()


def test_page_names_its_fragment_and_a_link_to_reload(lorraine, page):
    html = read(lorraine, page)

    assert html.select_one("[data-live]")["data-live"] == lorraine.address(page, "?entries=1")
    assert html.select_one(".live__reload")["href"] == lorraine.address(page)


def test_ended_coverage_is_not_polled(lorraine, page, people):
    end(page, people[1], timezone.now())
    html = read(lorraine, page)

    assert html.select_one("[data-live], .live__reload, script[src*='live.']") is None
    assert "data-live-running" not in fragment(lorraine, page).content.decode()


def test_page_in_the_trash_is_gone_with_its_fragment_and_comes_back_with_its_entries(lorraine, page, people):
    make_entry(page, "Un")
    trashed = put_into_trash(page, people[1])
    assert lorraine.reader().get(lorraine.address(page)).status_code == 410
    assert fragment(lorraine, page).status_code == 410

    restore(trashed, people[1])
    assert entries(lorraine, reload(page)) == ["Un"]


def test_private_page_shows_no_entry_in_its_fragment(lorraine, page):
    make_entry(page, "Confidentiel")
    make_private(page, kind=PageViewRestriction.LOGIN)

    assert "Confidentiel" not in fragment(lorraine, page).content.decode()


def test_entries_of_a_draft_are_not_served(lorraine, page):
    make_entry(page, "Trop tôt")
    make_draft(page)

    assert fragment(lorraine, page).status_code in (404, 410)


def test_structured_data_has_the_coverage_and_its_entries(lorraine, people):
    page = make_live(lorraine.section, publication_date=NOON)
    make_entry(page, "Les portes ouvrent.", at=NOON, title="Ouverture")
    data = data_of(read(lorraine, page))
    assert "coverageEndTime" not in data
    [update] = data["liveBlogUpdate"]
    assert (update["@type"], update["headline"]) == ("BlogPosting", "Ouverture")
    assert update["articleBody"] == "Les portes ouvrent."
    assert update["datePublished"].startswith("2026-06-03T")
    assert update["url"].endswith(f"/#{read(lorraine, page).select_one('.live__item')['id']}")

    end(page, people[1], timezone.now())
    data = data_of(read(lorraine, page))
    assert data["coverageStartTime"] < data["coverageEndTime"]


def test_publication_of_an_older_version_does_not_resume_an_ended_coverage(lorraine, page, people):
    version = page.save_revision()
    end(page, people[1], timezone.now())
    version.publish()

    assert LivePage.objects.get(pk=page.pk).ended_at is not None


def test_copy_begins_without_entries_and_without_an_end(lorraine, page, people):
    make_entry(page)
    end(page, people[1], timezone.now())
    copy = reload(page).copy(update_attrs={"slug": "copie"})

    assert copy.ended_at is None
    assert not copy.entries.exists()


def test_site_that_shares_the_page_shows_its_entries(lorraine, saar, page, people):
    alias = page.create_alias(parent=saar.section, update_slug="en-direct")
    make_entry(page, "Un")
    assert entries(saar, alias) == ["Un"]

    end(page, people[1], timezone.now())
    assert read(saar, alias).select_one("[data-live]") is None


def test_search_finds_the_words_of_approved_entries_only(lorraine, page, people):
    approved(page, *people, "La turbine redémarre.")
    written(page, people[0], "Le compresseur aussi.")

    assert page_of(lorraine.reader(), "turbine").select_one(".search__results mark").get_text() == "turbine"
    assert page_of(lorraine.reader(), "compresseur").select_one(".search__results mark") is None


def test_api_has_the_approved_entries(lorraine, page, people):
    approved(page, *people, "Un")
    written(page, people[0], "Deux")
    found = lorraine.reader().get(f"/api/v2/pages/{page.pk}/").json()

    assert [entry["html"] for entry in found["entries"]] == ["<p>Un</p>"]


def test_coverage_ends_into_an_article(lorraine, page, people):
    for number, text in enumerate(("Un", "Deux")):
        make_entry(page, text, at=NOON + timedelta(minutes=number), title=f"Titre {text}")
    written(page, people[0], "Trois")
    article = open_article(page, people[0])
    assert not article.live
    blocks = [(block["type"], block["value"]) for block in article.body.raw_data if block["type"] != "figure"]
    texts = [value["text"] if kind == "heading" else value for kind, value in blocks][-4:]
    assert texts == ["Titre Un", "<p>Un</p>", "Titre Deux", "<p>Deux</p>"]
    assert open_article(reload(page), people[0]).pk == article.pk
    assert read(lorraine, page).select_one(".live__following") is None

    publish_as_system(change(article, slug="la-nuit-racontee"))
    assert read(lorraine, page).select_one(".live__following a")["href"] == lorraine.address(reload(article))
