"""Questions find what answers them: rare words count most, typing errors are forgiven in every word."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Page

from search.engines import engine
from search.engines.base import Frequencies, LanguageQuery, Match
from search.models import IndexEntry
from search.query.distance import typing_cost
from search.query.parse import parse, terms_in_language
from tests.builders import make_article, make_private
from tests.search.searching import search, titles

pytestmark = pytest.mark.django_db


def text(words: str) -> list[dict[str, str]]:
    return [{"type": "paragraph", "value": f"<p>{words}</p>"}]


def test_of_some_of_the_words_the_rare_one_outweighs_new_stories_with_the_common_one(lorraine, saar):
    old = timezone.now() - timedelta(days=2000)
    make_article(lorraine.section, "Ancienne", body=text("Le xylophone de la vallée."), date=old)
    make_article(saar.sections["fr"], "Ailleurs", body=text("Un xylophone, une usine."))
    for number in range(4):
        make_article(lorraine.section, f"Neuve {number}", body=text("Une usine de la vallée."))
    assert titles(lorraine, "usine xylophone introuvable")[0] == "Ancienne"
    assert "Ailleurs" not in titles(lorraine, "usine xylophone introuvable")


def test_title_with_the_rare_word_of_a_query_outweighs_one_with_the_common_word(lorraine):
    body = text("Une usine et son xylophone.")
    make_article(lorraine.section, "Le xylophone", body=body, date=timezone.now() - timedelta(days=30))
    make_article(lorraine.section, "L’usine", body=body)
    for number in range(4):
        make_article(lorraine.section, f"Autre {number}", body=text("Une usine."))
    assert titles(lorraine, "usine xylophone")[0] == "Le xylophone"


def test_long_question_is_read_to_its_end(lorraine, saar):
    make_article(lorraine.section, "Orchestre", body=text("On y joue du xylophone."))
    make_article(lorraine.section, "La chorale")
    make_article(saar.sections["fr"], "Ailleurs", body=text("On y joue du xylophone."))
    unknown = " ".join(f"zw{first}{second}kqux" for first in "bdfgklmprt" for second in "bdfgk")
    assert titles(lorraine, f"{unknown} xylophone") == ["Orchestre"]


def test_title_with_all_words_outweighs_one_with_any(lorraine):
    body = text("La chaleur fatale, la chaleur des usines.")
    make_article(lorraine.section, "Chaleur fatale", body=body, date=timezone.now() - timedelta(days=30))
    make_article(lorraine.section, "Chaleur", body=body)
    assert titles(lorraine, "chaleur fatale usine")[0] == "Chaleur fatale"


def test_typing_error_is_forgiven_in_a_word_of_a_text(lorraine):
    make_article(lorraine.section, "La fonderie", body=text("Elle chauffe à l’électrique."))
    found = search(lorraine, "elctrique")
    assert (found.total, found.correction) == (1, "électrique")


def test_corrected_words_are_searched_when_no_story_has_them_all(lorraine):
    make_article(lorraine.section, "La fonderie", body=text("Elle chauffe à l’électrique."))
    make_article(lorraine.section, "La scierie", body=text("Elle attend ses machines."))
    found = search(lorraine, "machnies elctrique")
    assert (found.correction, found.is_loose, found.total) == ("machines électrique", True, 2)


def test_of_two_words_equally_near_the_frequent_one_is_meant(lorraine):
    make_article(lorraine.section, "Un", body=text("Une pierraille."))
    for number in range(3):
        make_article(lorraine.section, f"Deux {number}", body=text("Une bierraille."))
    assert search(lorraine, "zierraille").correction == "bierraille"


def test_no_correction_comes_from_a_page_that_readers_may_not_see(lorraine, saar):
    make_private(make_article(lorraine.section, "Privée", body=text("Le xylophone.")))
    make_article(saar.sections["fr"], "Ailleurs", body=text("Le xylophone."))
    make_article(lorraine.section, "La fonderie")
    found = search(lorraine, "xylohpone fonderie")
    assert (found.correction, found.total) == ("", 1)


def test_last_word_of_a_long_question_counts():
    question = "est-ce que dans le cas où il y aurait une aide de la région pour les ateliers qui sont dans la vallée"
    assert terms_in_language(parse(question), "fr").required[-1].alternatives[0] == ("vall",)


def test_slips_of_the_finger_are_nearer_than_other_errors():
    assert typing_cost("fodnerie", "fonderie") < typing_cost("foderie", "fonderie")
    assert typing_cost("fonderir", "fonderit") < typing_cost("fonderiz", "fonderil")
    assert typing_cost("fonderia", "fonderie") < typing_cost("aonderie", "fonderie")


def test_outside_texts_are_judged_beside_plain_bm25_and_leave_nothing_behind(lorraine, tmp_path):
    documents = [
        {"id": "a", "title": "Le four", "text": "Un four chauffe le verre."},
        {"id": "b", "title": "Le bois", "text": "Une scierie coupe le bois."},
    ]
    asked = {
        "question": "Qui coupe le bois ?",
        "keywords": "coupe bois",
        "short": "bois",
        "typo": "scirie",
        "rel": ["b"],
    }
    (tmp_path / "fr.json").write_text(json.dumps({"language": "fr", "docs": documents, "queries": [asked]}))
    before, output = Page.objects.count(), StringIO()
    call_command("judge_search", "--set", str(tmp_path), stdout=output)
    rows = [line.split() for line in output.getvalue().splitlines()[1:]]
    assert [row[:2] for row in rows] == [["fr", "question"], ["fr", "keywords"], ["fr", "short"], ["fr", "typo"]]
    assert rows[0][3:] == ["1.000", "/", "1.000"] * 2
    assert rows[3][3:] == ["1.000", "/", "1.000", "0.000", "/", "0.000"]
    assert Page.objects.count() == before


def test_results_with_some_of_many_words_follow_where_few_have_them_all(lorraine, reader):
    make_article(lorraine.section, "La vitre", body=text("Un four chauffe le verre."))
    make_article(lorraine.section, "La brique", body=text("Un four sèche la terre."))
    assert titles(lorraine, "four chauffe verre") == ["La vitre", "La brique"]
    assert titles(lorraine, "four verre") == ["La vitre"]


def test_question_with_few_telling_words_is_filled_up_too(lorraine):
    make_article(lorraine.section, "La vitre", body=text("Un four chauffe le verre."))
    make_article(lorraine.section, "La brique", body=text("Un four sèche la terre."))
    assert titles(lorraine, "où est le four du verre ?") == ["La vitre", "La brique"]


def test_choosing_a_facet_never_brings_results_with_some_of_the_words(lorraine):
    for number in range(10):
        make_article(lorraine.section, f"La vitre {number}", body=text("Un four chauffe le verre."))
    make_article(lorraine.section, "La brique", body=text("Un four."), date=timezone.now() - timedelta(days=800))
    make_article(
        lorraine.section,
        "Vieille vitre",
        body=text("Un four chauffe le verre."),
        date=timezone.now() - timedelta(days=800),
    )
    year = str((timezone.now() - timedelta(days=800)).year)
    assert titles(lorraine, "four chauffe verre", year=year) == ["Vieille vitre"]


@pytest.mark.parametrize("question", ["chauffe-t-il", "chauffent-ils", "Chauffe-t-on ?"])
def test_verb_of_a_question_is_found_without_its_pronoun(lorraine, question):
    make_article(lorraine.section, "La vitre", body=text("Un four chauffe."))
    assert titles(lorraine, question) == ["La vitre"]


def test_particle_after_a_word_is_not_looked_for(lorraine):
    make_article(lorraine.section, "Le mois des métiers")
    assert titles(lorraine, "ce mois-ci") == ["Le mois des métiers"]


def test_hyphenated_word_is_found_without_its_hyphen(lorraine):
    make_article(lorraine.section, "La cyber-sécurité des ateliers")
    make_article(lorraine.section, "La sécurité")
    assert titles(lorraine, "cybersecurite") == ["La cyber-sécurité des ateliers"]


def test_hyphenated_word_is_no_question(lorraine):
    make_article(lorraine.section, "Le rendez-vous")
    make_article(lorraine.section, "Ce que cela rend")
    found = titles(lorraine, "rendez-vous")
    assert "Le rendez-vous" in found
    assert "Ce que cela rend" not in found


def test_length_of_a_text_is_that_against_all_entries_and_not_those_that_match_alone(lorraine, saar):
    """Where all that match are long, seven mentions in twice the words are less than four."""
    for number in range(60):
        make_article(lorraine.section, f"Brève {number}", body=text("Une ligne."))
    long = make_article(lorraine.section, "Longue", body=text("autre " * 600 + "xylophone " * 7))
    half = make_article(lorraine.section, "Moitié", body=text("autre " * 300 + "xylophone " * 4))
    make_article(saar.sections["fr"], "Ailleurs", body=text("xylophone " * 9))
    asked = LanguageQuery(terms_in_language(parse("xylophone"), "fr"), (lorraine.home.pk,))
    known = Frequencies(IndexEntry.objects.count(), {asked.terms.scored[0]: 3})
    found = engine().candidates(Match((asked,), timezone.now()), None, known)
    pages = dict(IndexEntry.objects.values_list("key", "page_id"))
    best_first = sorted(found, key=lambda each: each.score, reverse=True)
    assert [pages[each.key] for each in best_first] == [half.pk, long.pk]
