"""A podcast feed has the stories with sound of one site, as podcast apps expect them."""

from xml.etree import ElementTree as ET

import feedparser
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.builders import change, make_article, make_draft, make_image, make_private, make_section, make_settings
from tests.recordings.makers import make_captions, make_episode, make_film, make_recording, recording_block

ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PODCAST = "{https://podcastindex.org/namespace/1.0}"


def channel(ground, path: str = "/fr/podcast.xml") -> ET.Element:
    response = ground.reader().get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/rss+xml; charset=utf-8"
    found = ET.fromstring(response.content).find("channel")
    assert found is not None
    return found


def titles(ground, path: str = "/fr/podcast.xml") -> list[str]:
    return [item.findtext("title") or "" for item in channel(ground, path).findall("item")]


@pytest.fixture
def episode(lorraine):
    captions = [{"file": make_captions().pk, "language": "fr"}]
    page = make_episode(lorraine, file=make_recording(), duration="12:40", captions=captions)
    return change(page, lead_image=make_image())


def test_podcast_has_only_the_stories_with_sound_of_its_site(lorraine, saar, episode):
    make_article(lorraine.section, "Sans son")
    make_article(lorraine.section, "Un film", body=[recording_block(make_film())])
    make_draft(make_episode(lorraine, "Brouillon", file=make_recording(name="b.wav")))
    make_private(make_episode(lorraine, "Interne", file=make_recording(name="i.wav")))
    make_episode(saar, "Radsätze", file=make_recording(name="r.wav"))

    assert titles(lorraine) == ["Écouter trois essieux"]
    assert titles(saar, "/de/podcast.xml") == ["Radsätze"]


def test_section_has_a_podcast_of_its_own(lorraine, episode):
    section = make_section(lorraine.home, "Industrie", slug="industrie")
    change(make_article(section, "Sans son"), title="Toujours sans son")

    assert titles(lorraine, "/fr/industrie/podcast.xml") == []
    assert titles(lorraine, "/fr/rubrique/podcast.xml") == ["Écouter trois essieux"]


def test_private_section_has_no_podcast(lorraine, episode):
    make_private(lorraine.section)
    assert lorraine.reader().get("/fr/rubrique/podcast.xml").status_code == 404


def test_episode_has_its_file_and_length(lorraine, episode):
    (item,) = channel(lorraine).findall("item")
    (enclosure,) = item.findall("enclosure")
    assert enclosure.get("url", "").endswith(".wav")
    assert (enclosure.get("type"), enclosure.get("length")) == ("audio/wav", "48044")
    assert item.findtext(f"{ITUNES}duration") == "12:40"
    assert "/pictures/" in item.find(f"{ITUNES}image").get("href")


def test_episode_leads_to_its_captions(lorraine, episode):
    transcript = channel(lorraine).find(f"item/{PODCAST}transcript")
    assert transcript.get("url", "").endswith(".vtt")
    assert (transcript.get("type"), transcript.get("language")) == ("text/vtt", "fr")


def test_podcast_says_what_directories_require(lorraine, episode):
    make_settings(
        lorraine,
        contact_organisation="Agence du bassin",
        contact_email="radio@example.org",
        podcast_category="Science",
        podcast_is_explicit=True,
        podcast_cover=make_image("Couverture", description="Un essieu"),
    )
    found = channel(lorraine)
    assert found.findtext(f"{ITUNES}author") == "Agence du bassin"
    assert found.findtext(f"{ITUNES}owner/{ITUNES}email") == "radio@example.org"
    assert found.find(f"{ITUNES}category").get("text") == "Science"
    assert found.findtext(f"{ITUNES}explicit") == "true"
    assert found.findtext("language") == "fr"
    assert "/pictures/" in found.find(f"{ITUNES}image").get("href")


def test_podcast_is_not_explicit_unless_the_site_says_so(lorraine, episode):
    assert channel(lorraine).findtext(f"{ITUNES}explicit") == "false"


def test_podcast_is_read_by_feed_readers(lorraine, episode):
    found = feedparser.parse(lorraine.reader().get("/fr/podcast.xml").content)
    assert not found.bozo
    assert found.entries[0].enclosures[0].type == "audio/wav"


def test_episode_keeps_its_identity_in_both_feeds(lorraine, episode):
    news = channel(lorraine, "/fr/feed.rss")
    assert news.findtext("item/guid") == channel(lorraine).findtext("item/guid")


def test_news_feed_encloses_the_sound_beside_the_picture(lorraine, episode):
    item, *_others = channel(lorraine, "/fr/rubrique/feed.rss").findall("item")
    assert [each.get("type") for each in item.findall("enclosure")] == ["audio/wav"]
    assert item.find("{http://search.yahoo.com/mrss/}content").get("medium") == "image"


def test_json_feed_attaches_sound_and_picture(lorraine, episode):
    item, *_others = lorraine.reader().get("/fr/rubrique/feed.json").json()["items"]
    assert [each["mime_type"] for each in item["attachments"]] == ["audio/wav", "image/jpeg"]


def test_podcast_of_many_episodes_takes_no_query_for_each(lorraine, episode):
    def queries() -> list[str]:
        titles(lorraine)
        with CaptureQueriesContext(connection) as captured:
            titles(lorraine)
        return [query["sql"] for query in captured.captured_queries]

    few = queries()
    for number in range(5):
        make_episode(lorraine, f"Épisode {number}", file=make_recording(name=f"{number}.wav"))

    assert len(titles(lorraine)) == 6
    assert len(queries()) == len(few)


def test_address_in_another_language_leads_to_the_edition(saar, lorraine, episode):
    response = lorraine.reader().get("/en/podcast.xml")
    assert response.status_code in (301, 404)
