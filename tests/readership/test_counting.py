"""Views of public pages by readers are counted by page, day, hour, source and device."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from django.db import DatabaseError, DataError
from wagtail.models import Page

from portal.readership.counting import counter
from portal.readership.counting.counter import Miss, View
from portal.readership.models import DownloadDay, PageDay, PlaceDay, ReadershipChoices
from portal.readership.writing import write
from tests.builders import (
    SampleSite,
    make_article,
    make_document,
    make_draft,
    make_newsroom,
    make_private,
    make_section,
    make_settings,
)
from tests.readership.watching import PHONE, TABLET, Watched, days_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(lorraine: SampleSite) -> Page:
    return make_article(lorraine.section, "Fonderie")


def test_same_reader_within_half_an_hour_is_one_view(watched, lorraine, story):
    watched.read(lorraine, story)
    for _time in range(3):
        watched.read(lorraine, story, address="198.51.100.7")
        watched.now += timedelta(minutes=14)
    assert watched.views(story) == 2

    watched.now += timedelta(minutes=31)
    watched.read(lorraine, story, address="198.51.100.7")
    watched.read(lorraine, story, address="198.51.100.7", user_agent=PHONE)
    assert watched.views(story) == 4
    assert PageDay.objects.filter(page=story.pk).count() == 1


def test_cached_page_is_counted_as_a_view(watched, lorraine, story):
    _status, headers = watched.request(lorraine, lorraine.address(story))
    status, _headers = watched.request(lorraine, lorraine.address(story), if_none_match=headers["ETag"])
    assert status.startswith("304")
    assert watched.views(story) == 2

    def cache(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return BytesIO(b"<p>cached")

    before = Watched(application=cache)
    before.read(lorraine, story)
    assert before.views(story) == 3


@pytest.mark.parametrize(
    "headers",
    [
        {"method": "HEAD"},
        {"sec_purpose": "prefetch"},
        {"sec_purpose": "prefetch;prerender"},
        {"purpose": "prefetch"},
        {"sec_fetch_dest": "iframe"},
        {"sec_fetch_dest": "empty"},
        {"sec_gpc": "1"},
        {"dnt": "1"},
        {"cookie": "theme=dark; sessionid=abc"},
        {"cookie": "uncounted=1"},
    ],
)
def test_requests_by_no_reader_and_readers_who_object_are_not_counted(watched, lorraine, story, headers):
    watched.read(lorraine, story, **headers)
    assert watched.views(story) == 0


def test_newsroom_and_missing_pages_are_not_counted(watched, lorraine):
    make_newsroom(lorraine)
    for path, status in (("/admin/login/", "200"), (f"{lorraine.address(lorraine.section)}nulle-part/", "404")):
        assert watched.request(lorraine, path)[0].startswith(status)
    assert not [view for _reader, view in watched.counter.waiting if not isinstance(view, Miss)]


def test_page_hidden_before_its_views_are_written_is_not_counted(watched, lorraine, story):
    other = make_article(lorraine.section, "Scierie")
    watched.read(lorraine, story)
    watched.read(lorraine, other)
    make_private(story)
    make_draft(other)
    assert (watched.views(story), watched.views(other)) == (0, 0)


def test_sections_and_the_home_page_have_the_views_of_all_pages_in_them(watched, lorraine, saar):
    below = make_section(lorraine.section, "Filières")
    watched.read(lorraine, make_article(below, "Fonderie"))
    # Views of a section's full list count for the section. Both sites have a page at this path.
    watched.read(lorraine, lorraine.section, "actualites/")
    assert (watched.views(lorraine.section), watched.views(saar.sections["fr"])) == (1, 0)
    found = dict(PlaceDay.objects.values_list("place", "views"))
    assert found == {lorraine.home.pk: 2, lorraine.section.pk: 2, below.pk: 1}


def test_day_and_hour_are_in_the_time_zone_of_the_site(watched, lorraine, story):
    make_settings(lorraine, time_zone="America/Cayenne")
    watched.now = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
    watched.read(lorraine, story)
    watched.write()
    assert list(days_of(story)) == [(date(2026, 11, 19), 1)]
    assert PageDay.objects.get(page=story.pk).hour_22 == 1


def test_devices_and_sources_are_distinguished(watched, lorraine, saar, story):
    for agent in (PHONE, PHONE, TABLET):
        watched.read(lorraine, story, user_agent=agent)
    watched.read(lorraine, story, referer="https://www.google.fr/")
    watched.read(lorraine, story, referer=f"http://{saar.host}/de/")
    watched.read(lorraine, story, referer=f"http://{lorraine.host}/fr/")
    watched.read(lorraine, story, referer="https://www.mairie.example/liens?code=secret")
    watched.read(lorraine, story, "?utm_source=newsletter")
    assert watched.sums(story) == {
        "views": 8,
        "phone": 2,
        "tablet": 1,
        "search": 1,
        "network": 1,
        "inside": 1,
        "other": 1,
        "newsletter": 1,
    }


def test_document_is_counted_as_a_download(watched, lorraine, story):
    document = make_document("Guide")
    story.body = [{"type": "paragraph", "value": f'<p><a linktype="document" id="{document.pk}">Guide</a></p>'}]
    story.save_revision().publish()
    status, _headers = watched.request(lorraine, document.url)
    assert status.startswith("200")
    watched.write()
    assert list(DownloadDay.objects.values_list("site", "document", "views")) == [(lorraine.site.pk, document.pk, 1)]


def test_site_can_switch_off_counting(watched, lorraine, saar, story):
    ReadershipChoices.objects.create(site=lorraine.site, is_counting=False)
    other = make_article(saar.section, "Kohle")
    watched.read(lorraine, story)
    watched.read(saar, other)
    assert (watched.views(story), watched.views(other)) == (0, 1)


def gone(views):
    raise DatabaseError


def test_views_wait_while_the_database_is_unavailable(watched, lorraine, story):
    watched.read(lorraine, story)
    with pytest.raises(DatabaseError):
        watched.counter.flush(gone)
    watched.read(lorraine, story)
    assert watched.views(story) == 2


@pytest.mark.parametrize("error", [ValueError, DataError])
def test_unwritable_view_is_dropped_and_others_are_written(watched, lorraine, story, error):
    for page in (lorraine.home, story, lorraine.section):
        watched.read(lorraine, page)

    def fails_for_the_section(views):
        if any(view.path == lorraine.address(lorraine.section) for view in views):
            raise error
        write(views)

    watched.counter.flush(fails_for_the_section)
    assert [watched.views(page) for page in (lorraine.home, story, lorraine.section)] == [1, 1, 0]


def test_views_that_cannot_be_written_are_dropped_at_the_memory_limit(watched, lorraine, story, monkeypatch):
    monkeypatch.setattr(counter, "MAX_CHARACTERS", 10)
    watched.read(lorraine, story)
    with pytest.raises(DatabaseError):
        watched.counter.flush(gone)
    assert watched.views(story) == 0


def test_waiting_views_identify_no_reader(watched, lorraine, story):
    watched.read(
        lorraine, story, "?utm_source=carte&nom=Anna", address="198.51.100.77", referer="https://a.example/b?c=Anna"
    )
    waiting = repr(watched.counter.waiting)
    assert not [word for word in ("198.51.100.77", "Firefox", "Anna") if word in waiting]


def test_views_of_unknown_hosts_are_dropped():
    write(Counter({View("nowhere.example", "/fr/", 1_700_000, "direct", "", "desktop"): 3}))
    assert not PageDay.objects.exists()
