"""Semantic search finds pages of the same meaning if few contain the words, and never a hidden page."""

from datetime import timedelta
from functools import cache
from threading import Event
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from search import meaning
from search.find import find
from search.meaning import similarity, vectors
from search.models import EntryText
from search.query.criteria import Criteria
from tests.builders import change, make_article, make_draft, make_private, make_section, make_topic, work_off
from tests.search.meaning.meanings import WordsOfOneMeaning, loading, meaning_of
from tests.search.searching import counts, edition, get_results, paragraph, search, stories, titles

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _meaning():
    with meaning_of(WordsOfOneMeaning()):
        yield


# No page has the first word; one page has the second.
QUERY, TRAM = "boulanger tram", "Le tram arrive"


@pytest.fixture
def tram(lorraine):
    """A page with one of the query's words. Without it, the query would count as unknown."""
    return make_article(lorraine.section, TRAM)


@pytest.fixture
def page(lorraine, tram):
    page = make_article(lorraine.section, "La miche dorée")
    work_off()
    return page


def meant(ground, **criteria) -> list[str]:
    """The titles of pages found by meaning only."""
    return [title for title in titles(ground, QUERY, **criteria) if title != TRAM]


def test_page_with_the_same_meaning_is_found_and_labelled(lorraine, page):
    assert meant(lorraine) == [page.title]
    assert search(lorraine, QUERY).has_near
    assert not search(lorraine, "miche dorée").has_near


def test_page_with_the_words_ranks_before_one_with_their_meaning(lorraine, page):
    make_article(lorraine.section, "Le boulanger du tram", date=timezone.now() - timedelta(days=900))
    work_off()
    assert titles(lorraine, QUERY) == ["Le boulanger du tram", page.title]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        # One known word, and unknown words.
        ("boulanger", []),
        ("boulanger xylophone", []),
        # Phrases and excluded words are literal.
        ('"boulanger" tram', [TRAM]),
        ("boulanger tram -four", [TRAM]),
    ],
)
def test_meaning_is_not_used_for_literal_queries(lorraine, page, query, found):
    assert titles(lorraine, query) == found


def test_page_with_the_meaning_ranks_first_if_none_has_all_words(lorraine):
    make_article(lorraine.section, "La manufacture en débrayage", body=paragraph("Hier, tout était fermé."))
    make_article(lorraine.section, "La salle de spectacle", body=paragraph("La grève du sable, et une fête."))
    work_off()
    assert titles(lorraine, "une usine en grève fermé")[0] == "La manufacture en débrayage"


def with_words_at_the_end(ground, title: str, words: str):
    """An old page with words after the part that the model reads."""
    body = paragraph("anticonstitutionnellement, " * 40 + words * 3)
    return make_article(ground.section, title, body=body, date=timezone.now() - timedelta(days=900))


def test_page_with_all_words_ranks_before_one_with_the_meaning(lorraine):
    # The word is inflected, so that the semantic index adds nothing to the word index.
    page = with_words_at_the_end(lorraine, "Un samedi", "des usines, la vitrine, des trams, la rue, des sables.")
    near = make_article(lorraine.section, "La manufacture")
    work_off()
    assert titles(lorraine, "une usine tram sable") == [page.title, near.title]


def test_words_of_one_language_do_not_weaken_meaning_in_another(lorraine, saar):
    with_words_at_the_end(lorraine, "Un samedi", "la vitrine, des trams, la rue, des sables.")
    there = make_article(lorraine.sections["de"], "Manufacture")
    make_article(saar.sections["de"], "Manufacture, anderswo")
    work_off()
    assert titles(lorraine, "une usine tram sable", languages="all") == [there.title, "Un samedi"]


def test_meaning_only_adds_to_the_results_of_a_short_query(lorraine):
    page = with_words_at_the_end(lorraine, "Un samedi", "Le tram.")
    near = make_article(lorraine.section, "La manufacture en débrayage")
    work_off()
    assert titles(lorraine, "usine grève tram") == [page.title, near.title]
    assert titles(lorraine, "une usine en grève tram") == [near.title, page.title]


def test_only_the_first_page_is_filled_up(lorraine, page):
    stories(lorraine, *(f"Le boulanger du tram {number}" for number in range(9)), "La miche grise")
    work_off()
    assert search(lorraine, QUERY).total == 10
    stories(lorraine, "Le boulanger du tram")
    work_off()
    found = search(lorraine, QUERY)
    assert (found.total, found.has_near) == (10, False)


def test_facets_include_results_by_meaning(lorraine, page):
    topic = make_topic("Artisanat")
    make_article(lorraine.section, "La boulangère", topics=[topic], date=timezone.now() - timedelta(days=800))
    work_off()
    found = search(lorraine, QUERY)
    assert found.total == 3
    assert sum(counts(found, "year").values()) == 3
    assert counts(found, "topic")["Artisanat"] == 1
    assert titles(lorraine, QUERY, topic="artisanat") == ["La boulangère"]
    assert titles(lorraine, QUERY, kind="event") == []
    since = f"{timezone.now() - timedelta(days=900):%Y-%m-%d}"
    until = f"{timezone.now() - timedelta(days=700):%Y-%m-%d}"
    assert titles(lorraine, QUERY, since=since, until=until) == ["La boulangère"]


def is_absent(ground, page, reader) -> bool:
    """Whether only the page with the word is found, counted and shown."""
    shown = get_results(reader, QUERY, sites="all", languages="all").content.decode()
    found = search(ground, QUERY, sites="all", languages="all")
    return (
        (found.total, found.has_near) == (1, False)
        and TRAM in shown.replace("<mark>", "").replace("</mark>", "")
        and page.title not in shown
    )


@pytest.mark.parametrize("way", ["draft", "private", "moved"])
def test_page_that_readers_may_not_see_is_absent(lorraine, page, reader, way):
    assert not is_absent(lorraine, page, reader)
    if way == "draft":
        make_draft(page)
    elif way == "private":
        make_private(page)
    else:
        section = make_section(lorraine.home, "Réservé")
        make_private(section)
        page.move(section, pos="last-child")
    assert is_absent(lorraine, page, reader)


def test_other_sites_and_languages_are_absent_unless_all_are_searched(lorraine, saar, page):
    there = make_article(saar.sections["fr"], "La miche de là-bas")
    german = make_article(lorraine.sections["de"], "Das Brot")
    work_off()
    assert meant(lorraine) == [page.title]
    assert search(lorraine, QUERY).total == 2
    assert set(meant(lorraine, sites="all")) == {page.title, there.title}
    assert set(meant(lorraine, languages="all")) == {page.title, german.title}


def test_alias_is_found_as_its_original_only(lorraine, saar, tram):
    page = make_article(saar.sections["fr"], "La miche partagée")
    page.create_alias(parent=lorraine.section)
    work_off()
    assert meant(lorraine) == []
    assert meant(lorraine, sites="all") == [page.title]


def test_vectors_are_computed_in_the_background_if_enabled(lorraine, settings):
    page = make_article(lorraine.section, "La miche dorée")
    assert EntryText.objects.get(pk=page.pk).meaning is None
    work_off()
    assert EntryText.objects.get(pk=page.pk).meaning_model == WordsOfOneMeaning.model
    settings.MEANING = False
    DBTaskResult.objects.all().delete()
    make_article(lorraine.section, "La miche grise")
    assert not DBTaskResult.objects.filter(task_path__contains="search.meaning").exists()


def test_only_changed_and_outdated_vectors_are_recomputed(lorraine, page):
    before = EntryText.objects.get(pk=page.pk)
    call_command("check_search", "--rebuild", verbosity=0)
    after = EntryText.objects.get(pk=page.pk)
    assert (bytes(after.meaning), after.meaning_number) == (bytes(before.meaning), before.meaning_number)
    EntryText.objects.update(meaning_model="an older one")
    assert meant(lorraine) == []
    call_command("check_search", verbosity=0)
    work_off()
    assert meant(lorraine) == [page.title]
    change(page, title="La manufacture")
    assert meant(lorraine) == []
    work_off()
    assert meant(lorraine) == []
    assert "La manufacture" in titles(lorraine, "fabrique tram")


def test_process_loads_vectors_newest_first_up_to_a_limit(lorraine, tram):
    work_off()
    stories(lorraine, *(f"La miche {number}" for number in range(5)))
    work_off()
    with patch.object(vectors, "CHUNK", 2):
        assert [len(meant(lorraine)) for _query in range(3)] == [2, 4, 5]
    with patch.object(vectors, "MAX_VECTORS", 3):
        stories(lorraine, "La miche 5")
        work_off()
        assert set(meant(lorraine)) == {"La miche 3", "La miche 4", "La miche 5"}


class Failing(WordsOfOneMeaning):
    def query(self, text: str) -> bytes:
        raise RuntimeError(text)


class Late(WordsOfOneMeaning):
    def __init__(self) -> None:
        self.may_answer = Event()

    def query(self, text: str) -> bytes:
        self.may_answer.wait(30)
        return super().query(text)


class Corrupt(WordsOfOneMeaning):
    def query(self, text: str) -> bytes:
        return b"\x01\x02"


def outcome(ground) -> tuple:
    """The results of queries by words, by some of many words, and without results."""
    queries = ["miche", QUERY, "miche usine sable"]
    found = [find(edition(ground), Criteria(query), timezone.now()) for query in queries]
    return tuple((each.total, [result.pk for result in each.page_results], each.facets) for each in found)


@pytest.mark.parametrize("model", [None, Failing(), Corrupt()], ids=["absent", "failing", "corrupt"])
def test_search_with_a_failing_model_works_as_without(lorraine, page, settings, model):
    make_article(lorraine.section, "Le sable et la fabrique")
    work_off()
    with_meaning = outcome(lorraine)
    with meaning_of(model):
        without = outcome(lorraine)
    settings.MEANING = False
    assert without == outcome(lorraine) != with_meaning


def test_late_vector_is_used_by_the_next_query(lorraine, page):
    late = Late()
    with meaning_of(late), patch.object(similarity, "TIME_LIMIT", 0.001):
        assert meant(lorraine) == []
        late.may_answer.set()
        with patch.object(similarity, "TIME_LIMIT", 30):
            assert meant(lorraine) == [page.title]


def test_missing_package_is_logged_once(lorraine, tram, caplog):
    with (
        patch.object(meaning, "_embedder", cache(loading)),
        patch.object(meaning, "EMBEDDER", "search.meaning.no_such_model.Model"),
    ):
        assert titles(lorraine, QUERY) == titles(lorraine, "usine tram") == [TRAM]
        page = make_article(lorraine.section, "La miche dorée")
        work_off()
        assert titles(lorraine, "miche") == [page.title]
    assert len([record for record in caplog.records if record.name == "search.meaning"]) == 1
    assert EntryText.objects.get(pk=page.pk).meaning is None


def test_semantic_search_makes_few_queries(lorraine, page, settings):
    search(lorraine, QUERY)
    with CaptureQueriesContext(connection) as with_meaning:
        search(lorraine, QUERY)
    settings.MEANING = False
    with CaptureQueriesContext(connection) as without:
        search(lorraine, QUERY)
    assert len(with_meaning) - len(without) <= 7
