"""The newsroom search finds the latest version of every page, by body, names, word forms and despite typing errors."""

import pytest
from django.utils import translation

from portal.editorial.roles import Role
from search.newsroom.find import search_pages
from tests.builders import change, make_article, make_event, make_person, make_topic
from tests.search.newsroom.drafts import draft, found, index_pages, rewrite, with_topic
from tests.search.searching import AS_CLOSE, paragraph, search, titles

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(newsroom):
    return newsroom[Role.EDITOR]


def test_draft_is_found_by_its_text_and_its_live_version_is_not(lorraine, editor):
    page = make_article(lorraine.section, "Une fonderie", body=paragraph("On y coule des cloches."))
    rewrite(page, title="Une verrerie", body=paragraph("On y souffle des carafes."))
    assert found(editor, "carafe") == found(editor, "verreries") == ["Une verrerie"]
    assert found(editor, "cloches") == []


@pytest.mark.parametrize(
    "words", ["chevalement", "chevalements", "chevalemetn", "chevalement rouillé", "rouille chevalements", "cheval"]
)
def test_forms_typing_errors_several_words_and_beginnings_are_found(lorraine, editor, words):
    draft(lorraine.section, "Un carreau de mine", "Le chevalement est rouillé depuis vingt ans.")
    draft(lorraine.section, "Une autre chose", "Rien de tout cela.")
    assert found(editor, words) == ["Un carreau de mine"]


def test_words_of_another_site_do_not_prevent_a_correction(lorraine, saar, editor):
    draft(lorraine.section, "Un chevalement")
    draft(saar.section, "Fremd", " ".join(AS_CLOSE))

    assert found(editor, "chevalemetn") == ["Un chevalement"]


def test_drafts_in_all_languages_are_found_at_once(lorraine, editor):
    draft(lorraine.sections["fr"], "Le pont de Schengen", "Un accord.")
    draft(lorraine.sections["de"], "Die Brücke von Schengen", "Ein Abkommen mit der Handwerkskammer.")
    assert set(found(editor, "Schengen")) == {"Le pont de Schengen", "Die Brücke von Schengen"}
    with translation.override("de"):
        assert found(editor, "Kammer") == ["Die Brücke von Schengen"]


def test_names_and_topics_of_the_draft_are_found(lorraine, editor):
    page = make_article(lorraine.section, "Un récit", authors=[make_person("Zénobie Quartz")])
    page.bylines = [type(page.bylines.first())(person=make_person("Hyacinthe Obsidienne"))]
    with_topic(page, make_topic("Métallurgie"))
    assert found(editor, "Obsidienne") == found(editor, "métallurgie") == ["Un récit"]
    assert found(editor, "Quartz") == []


def test_forms_home_pages_and_events_are_found(lorraine, editor):
    make_event(lorraine.calendar, "Nuit du zinc", price="Douze écus")
    index_pages(*lorraine.calendar.get_children(), lorraine.home)
    assert found(editor, "écus") == ["Nuit du zinc"]
    assert lorraine.home.title in found(editor, lorraine.home.title)


def test_common_words_of_drafts_do_not_reach_readers(lorraine, editor):
    draft(lorraine.section, "Secret", "Le gisement de praséodyme.")
    assert titles(lorraine, "praséodyme") == []
    result = search(lorraine, "praséodime")
    assert (result.total, result.correction, result.suggestion) == (0, "", "")
    assert found(editor, "praséodime") == ["Secret"]


def test_published_word_is_proposed_to_readers_although_a_draft_had_it_first(lorraine, editor):
    page = draft(lorraine.section, "Secret", "Le gisement de praséodyme.")
    change(page, title="Public", body=paragraph("Le gisement de praséodyme."))
    assert search(lorraine, "praséodime").correction == "praséodyme"


def test_words_are_highlighted_in_title_and_text(lorraine, editor):
    page = draft(lorraine.section, "Une fonderie", "Avant. La fonderie de <Dieulouard> & ses ateliers. Après.")
    results = search_pages(editor, "fonderies")
    shown = results.texts(list(results))[page.pk]
    assert shown.title == "Une <mark>fonderie</mark>"
    assert "La <mark>fonderie</mark> de" in shown.extract


def test_last_changed_pages_come_first_without_words(lorraine, editor):
    first, second = draft(lorraine.section, "Premier"), draft(lorraine.section, "Dernier")
    shown = found(editor, "")
    assert {"Premier", "Dernier"} <= set(shown[:3])
    results = search_pages(editor, "")
    assert results.total == len(results) == len(shown)
    assert {first.pk, second.pk} <= {page.pk for page in results}
