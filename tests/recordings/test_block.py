"""A recording in a text: readers play it from our own server, and never see a file that they may not have."""

import json

import pytest
from bs4 import BeautifulSoup
from django.utils.translation import override
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.models import ReferenceIndex

from articles.checking import check_stories
from articles.listing import update_listings
from articles.models import ArticlePage
from portal.content.blocks.recordings import RecordingBlock
from portal.content.records.listing import StoryCard
from portal.moving.exporting.gutenberg import Gutenberg
from search.indexing.streams import stream_content
from tests.builders import (
    change,
    make_article,
    make_document,
    make_draft,
    make_gated_document,
    make_image,
    make_private,
)
from tests.recordings.makers import (
    make_captions,
    make_episode,
    make_film,
    make_recording,
    recording_block,
    recording_value,
)


def page_of(ground, article) -> BeautifulSoup:
    response = ground.reader().get(ground.address(article))
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def shown(ground, file, **facts) -> BeautifulSoup:
    return page_of(ground, make_article(ground.section, body=[recording_block(file, **facts)]))


def test_audio_has_a_player_and_loads_nothing_before_it_plays(lorraine):
    file = make_recording()
    player = shown(lorraine, file).select_one(".recording audio")
    assert (player["src"], player["preload"]) == (file.url, "none")
    assert player.has_attr("controls")


def test_video_has_its_size_poster_and_captions(lorraine):
    captions = [{"file": make_captions().pk, "language": "fr"}]
    film = shown(lorraine, make_film(), image=make_image().pk, captions=captions).select_one("video")
    assert (film["width"], film["height"]) == ("1280", "720")
    assert "/pictures/" in film["poster"]
    assert [(track["kind"], track["srclang"], track["label"]) for track in film.select("track")] == [
        ("captions", "fr", "Français")
    ]


def test_chapters_are_a_list_by_time(lorraine):
    chapters = [{"start": "0:04", "title": "Le claquement"}, {"start": "0:00", "title": "Le souffle"}]
    lines = shown(lorraine, make_recording(), chapters=chapters).select(".recording__chapters li")
    assert [" ".join(line.get_text(" ", strip=True).split()) for line in lines] == [
        "0:00 Le souffle",
        "0:04 Le claquement",
    ]
    assert [line["data-start"] for line in lines] == ["0", "4"]


def test_transcript_is_below_the_player(lorraine):
    transcript = shown(lorraine, make_recording(), transcript="<p>Bonjour, la voie.</p>").select_one(
        ".recording details"
    )
    assert "Bonjour, la voie." in transcript.get_text()


def test_length_comes_from_the_file_unless_somebody_typed_it(lorraine):
    assert shown(lorraine, make_recording(seconds=6)).select_one(".recording__length").string == "0:06"
    typed = shown(lorraine, make_recording(name="b.wav"), duration="12:40")
    assert typed.select_one(".recording__length").string == "12:40"


@pytest.mark.parametrize("key", [None, 999999])
def test_text_is_shown_without_its_missing_file(lorraine, key):
    value = {**recording_value(None), "file": key}
    article = make_article(lorraine.section, body=[{"type": "recording", "value": value}])
    page = page_of(lorraine, article)
    assert page.select("audio, video, .recording a") == []
    assert "Un souffle." in page.select_one(".recording details").get_text()


def test_file_that_is_sent_by_mail_only_is_not_played(lorraine):
    file = make_gated_document(lorraine)
    file.file.name = make_recording().file.name
    file.save()
    assert shown(lorraine, file).select("audio, video, .recording a") == []


def test_words_of_the_recording_are_found_by_the_search(lorraine):
    article = make_article(lorraine.section, body=[recording_block(make_recording(), transcript="<p>Bogie sonore</p>")])
    assert "Bogie sonore" in str(stream_content(article.body))


def test_recording_is_in_the_reference_index(lorraine):
    file, captions = make_recording(), make_captions()
    make_episode(lorraine, file=file, captions=[{"file": captions.pk, "language": "fr"}])
    assert ReferenceIndex.get_references_to(file).exists()
    assert ReferenceIndex.get_references_to(captions).exists()


def test_recording_of_a_public_story_is_public(lorraine, reader):
    file = make_recording()
    make_episode(lorraine, file=file)
    assert reader.head(file.url).status_code == 200


def test_recording_of_a_draft_is_not_public(lorraine, reader):
    file = make_recording()
    make_draft(make_episode(lorraine, file=file))
    assert reader.head(file.url).status_code == 404


def test_recording_and_captions_of_a_private_story_are_not_public(lorraine, saar, reader):
    file, captions, decoy = make_recording(), make_captions(), make_recording("Ton", "ton.wav")
    make_private(make_episode(lorraine, file=file, captions=[{"file": captions.pk, "language": "fr"}]))
    make_episode(saar, "Radsätze", file=decoy)
    assert [reader.head(each.url).status_code for each in (file, captions)] == [404, 404]
    assert saar.reader().head(decoy.url).status_code == 200


def described(ground, article) -> list[dict]:
    scripts = page_of(ground, article).select('script[type="application/ld+json"]')
    return [thing for script in scripts for thing in json.loads(script.string)["@graph"]]


def test_search_engines_learn_of_the_recording(lorraine):
    file = make_recording(seconds=6)
    article = make_episode(lorraine, file=file, duration="12:40", transcript="<p>Un souffle, puis un claquement.</p>")
    (audio,) = next(thing["audio"] for thing in described(lorraine, article) if "audio" in thing)
    assert audio["@type"] == "AudioObject"
    assert audio["contentUrl"].endswith(file.url)
    assert (audio["duration"], audio["encodingFormat"]) == ("PT12M40S", "audio/wav")
    assert audio["transcript"] == "Un souffle, puis un claquement."


def test_card_names_the_length_of_the_recording(lorraine):
    make_episode(lorraine, duration="12:40")
    make_article(lorraine.section, "Sans son")
    page = BeautifulSoup(lorraine.reader().get("/fr/rubrique/").content, "html.parser")
    assert [" ".join(each.get_text(" ", strip=True).split()) for each in page.select(".card__recording")] == [
        "Son 13 min"
    ]


def test_card_follows_a_replaced_file(lorraine):
    file = make_recording(seconds=6)
    article = make_episode(lorraine, file=file)
    file.seconds = 200
    file.save()
    assert StoryCard.objects.get(pk=article.pk).seconds == 200
    assert check_stories(repair=False) == 0


def test_card_loses_a_removed_recording(lorraine):
    article = make_episode(lorraine)
    change(article, body=[])
    assert StoryCard.objects.get(pk=article.pk).recording == ""


def test_cards_of_many_stories_take_one_query_for_their_recordings(lorraine, django_assert_num_queries):
    for number in range(3):
        make_episode(lorraine, f"Épisode {number}", file=make_recording(name=f"{number}.wav"))
    pages = list(ArticlePage.objects.filter(title__startswith="Épisode"))
    with django_assert_num_queries(5):
        update_listings(pages[:1])
    with django_assert_num_queries(5):
        update_listings(pages)


def cleaned(value):
    block = RecordingBlock()
    with override("en"):
        return block.clean(block.to_python(value))


def errors_of(value) -> dict:
    with pytest.raises(StructBlockValidationError) as error:
        cleaned(value)
    return error.value.block_errors


@pytest.mark.django_db
def test_other_document_is_refused_with_the_types_that_play(lorraine):
    assert "MP3" in str(errors_of(recording_value(make_document()))["file"])


@pytest.mark.django_db
def test_chapter_begins_within_the_recording():
    chapters = [{"start": "0:06", "title": "Chapitre"}]
    assert "chapters" in errors_of(recording_value(make_recording(seconds=6), chapters=chapters))


@pytest.mark.django_db
def test_captions_must_be_webvtt():
    captions = [{"file": make_recording(name="b.wav").pk, "language": "fr"}]
    assert "captions" in errors_of(recording_value(make_recording(), captions=captions))


@pytest.mark.django_db
def test_time_is_stored_in_one_form():
    value = cleaned(recording_value(make_recording(), duration="760"))
    assert value["duration"] == "12:40"


class Attached:
    def document(self, document):
        return 7, f"https://example.org/{document.filename}"


@pytest.mark.django_db
def test_wordpress_gets_a_player(lorraine):
    value = RecordingBlock().to_python(recording_value(make_recording(name="x.wav")))
    written = Gutenberg(Attached()).recording(value)
    assert '<!-- wp:audio {"id": 7} -->' in written
    assert '<audio controls src="https://example.org/x.wav"></audio>' in written
    assert "Un souffle." in written
