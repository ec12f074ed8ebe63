"""A reader listens to a podcast episode on a phone, jumps by its chapters, and reads its transcript."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.pages import accessibility_violations

EPISODE = "/fr/developpement-economique/industrie/luneville-essieux-ecoute-acoustique/"
POSITION = "player => player.currentTime"
IS_PLAYING = "player => !player.paused && player.readyState >= 3"


@pytest.fixture
def episode(server, visit) -> Page:
    page = visit(width=360, has_touch=True, is_mobile=True)
    page.goto(server + EPISODE)
    return page


def player(page: Page):
    return page.locator(".recording audio")


def test_nothing_of_the_sound_is_loaded_before_it_plays(server, visit):
    page = visit(width=360)
    files = []
    page.on("request", lambda request: files.append(request.url) if request.url.endswith(".wav") else None)
    page.goto(server + EPISODE)
    page.locator(".recording").scroll_into_view_if_needed()
    assert files == []

    page.locator(".recording audio").evaluate("player => player.play()")
    assert files


def test_chapter_plays_from_its_time(episode):
    episode.get_by_role("button", name="Le claquement").tap()

    handle = player(episode).element_handle()
    episode.wait_for_function(IS_PLAYING, arg=handle)
    assert 6 <= player(episode).evaluate(POSITION) < 10


def test_reader_jumps_forwards_and_back_and_sees_the_chapter(episode):
    episode.get_by_role("button", name="Deux fois plus vite").tap()
    expect(episode.locator(".recording [aria-current]")).to_contain_text("Deux fois plus vite")

    episode.get_by_role("button", name="Le souffle").tap()
    expect(episode.locator(".recording [aria-current]")).to_contain_text("Le souffle")
    assert player(episode).evaluate(POSITION) < 6


def test_transcript_opens_below_the_player(episode):
    transcript = episode.locator(".recording .transcript")
    expect(transcript.get_by_text("bague extérieure")).to_be_hidden()
    transcript.locator("summary").tap()
    expect(transcript.get_by_text("bague extérieure")).to_be_visible()


def test_player_has_no_accessibility_violation(episode):
    episode.locator(".recording .transcript summary").tap()
    assert accessibility_violations(episode, within=".recording") == []


def test_player_fits_a_phone_and_moves_nothing(episode):
    assert episode.evaluate("document.documentElement.scrollWidth") == 360
    assert player(episode).evaluate("player => player.offsetHeight") >= 44


def test_chapters_are_a_plain_list_without_scripts(server, visit):
    page = visit(java_script_enabled=False)
    page.goto(server + EPISODE)
    expect(page.locator(".recording__chapters li")).to_have_count(3)
    expect(page.locator(".recording__chapters button")).to_have_count(0)


def test_film_has_its_height_before_it_is_loaded(episode):
    """The demo has no film of its own, so one is put in place of the sound."""
    height = player(episode).evaluate(
        """player => {
            const film = document.createElement("video");
            Object.assign(film, { className: "recording__player", controls: true, preload: "none" });
            player.replaceWith(film);
            return film.offsetHeight / film.offsetWidth;
        }"""
    )
    assert height == pytest.approx(9 / 16, abs=0.01)
