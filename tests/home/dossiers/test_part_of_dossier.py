"""A story says which dossiers it is part of, and leads to the next story of each that the reader may see."""

from datetime import timedelta

import pytest
from django.utils import timezone
from time_machine import travel

from tests.builders import change, make_article, make_draft, make_event, make_portrait, make_private, make_section
from tests.home.dossiers.making import ReadPage, chapter, link_to, make_dossier


@pytest.fixture
def stories(lorraine):
    wood = make_section(lorraine.home, "Bois")
    return [
        make_article(wood, "Première"),
        make_portrait(lorraine.section, "Deuxième"),
        make_article(wood, "Troisième"),
    ]


def test_story_names_its_dossier_and_the_next_story_of_another_chapter(lorraine, stories):
    first, *others = stories
    make_dossier(lorraine.section, "Friches", chapter("Un", first), chapter("Deux", *others))

    assert ReadPage(lorraine, first).parts == [("Friches", "Deuxième")]


def test_last_story_names_its_dossier_only(lorraine, stories):
    make_dossier(lorraine.section, "Friches", chapter("Un", *stories))

    assert ReadPage(lorraine, stories[-1]).parts == [("Friches", "")]


def test_story_of_no_dossier_says_nothing(lorraine, stories):
    make_dossier(lorraine.section, "Friches", chapter("Un", *stories))

    assert ReadPage(lorraine, make_article(lorraine.section, "Seule")).parts == []


def test_story_of_two_dossiers_leads_on_in_both(lorraine, stories):
    first, second, third = stories
    make_dossier(lorraine.section, "Friches", chapter("Un", first, second))
    make_dossier(lorraine.section, "Énergie", chapter("Un", first, third))

    assert ReadPage(lorraine, first).parts == [("Friches", "Deuxième"), ("Énergie", "Troisième")]


def test_events_and_links_are_skipped_on_the_way_to_the_next_story(lorraine, stories):
    first, second, _third = stories
    make_dossier(
        lorraine.section, "Friches", chapter("Un", first, make_event(lorraine.calendar, "La visite"), link_to(), second)
    )

    assert ReadPage(lorraine, first).parts == [("Friches", "Deuxième")]


@pytest.mark.parametrize("hide", [make_draft, make_private], ids=["draft", "private"])
def test_story_that_is_not_public_is_skipped(lorraine, stories, hide):
    make_dossier(lorraine.section, "Friches", chapter("Un", *stories))
    hide(stories[1])

    assert ReadPage(lorraine, stories[0]).parts == [("Friches", "Troisième")]


@pytest.mark.parametrize("hide", [make_draft, make_private], ids=["draft", "private"])
def test_dossier_that_is_not_public_is_not_named(lorraine, stories, hide):
    hide(make_dossier(lorraine.section, "Friches", chapter("Un", *stories)))

    assert ReadPage(lorraine, stories[0]).parts == []


def test_expired_dossier_is_not_named(lorraine, stories):
    soon = timezone.now() + timedelta(hours=1)
    make_dossier(lorraine.section, "Friches", chapter("Un", *stories), expire_at=soon)
    with travel(soon + timedelta(minutes=1)):
        assert ReadPage(lorraine, stories[0]).parts == []


def test_draft_of_a_dossier_changes_nothing(lorraine, stories):
    first, second, third = stories
    dossier = make_dossier(lorraine.section, "Friches", chapter("Un", first, second))
    dossier.chapters = [chapter("Un", first, third)]
    dossier.save_revision()

    assert ReadPage(lorraine, first).parts == [("Friches", "Deuxième")]


def test_new_order_is_followed_at_once(lorraine, stories):
    first, second, third = stories
    dossier = make_dossier(lorraine.section, "Friches", chapter("Un", first, second))
    assert ReadPage(lorraine, first).parts == [("Friches", "Deuxième")]
    change(dossier, chapters=[chapter("Un", third, first)])

    assert ReadPage(lorraine, first).parts == [("Friches", "")]
    assert ReadPage(lorraine, third).parts == [("Friches", "Première")]


def test_dossier_of_another_site_is_not_named(lorraine, saar, stories):
    make_dossier(saar.section, "Brachen", chapter("Eins", *stories))

    assert ReadPage(lorraine, stories[0]).parts == []


def test_translated_story_leads_on_in_the_translated_dossier(lorraine, stories):
    first, second, _third = stories
    section = lorraine.sections["de"]
    translated = make_article(section, "Erste", translation_key=first.translation_key)
    make_portrait(section, "Zweite", translation_key=second.translation_key)
    make_dossier(lorraine.section, "Friches", chapter("Un", first, second))
    make_dossier(section, "Brachen", chapter("Eins", first, second))

    assert ReadPage(lorraine, translated).parts == [("Brachen", "Zweite")]
