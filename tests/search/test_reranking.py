"""Of pages that have the same stems, the one with the very words comes first, and the one that has them side by side."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.builders import make_article
from tests.search.searching import titles

pytestmark = pytest.mark.django_db


def make_old(ground, title: str, words: str, days: int = 90) -> None:
    body = [{"type": "paragraph", "value": f"<p>{words}</p>"}]
    make_article(ground.section, title, body=body, date=timezone.now() - timedelta(days=days))


@pytest.mark.parametrize("asked", ["organisation", "Organisation", "organisation des fêtes"])
def test_word_as_it_was_typed_outweighs_others_of_its_family(lorraine, asked):
    make_old(lorraine, "Nom", "Une organisation pour les fêtes.")
    make_old(lorraine, "Verbe", "Il faut organiser des fêtes ici.", days=1)

    assert titles(lorraine, asked) == ["Nom", "Verbe"]


def test_accents_that_were_not_typed_make_no_other_word(lorraine):
    make_old(lorraine, "Nom", "La création des écoles.")
    make_old(lorraine, "Autre", "Le créateur des écoles.", days=1)

    assert titles(lorraine, "creation ecoles")[0] == "Nom"


def test_words_side_by_side_outweigh_words_far_apart(lorraine):
    rest = "Rien de plus à dire sur ce sujet. " * 6
    make_old(lorraine, "Ensemble", f"Le fourneau solaire chauffe. {rest}")
    make_old(lorraine, "Loin", f"Le fourneau chauffe. {rest} Un jour solaire.", days=1)

    assert titles(lorraine, "fourneau solaire") == ["Ensemble", "Loin"]


def test_word_of_the_same_family_counts_where_the_very_word_is_missing(lorraine):
    make_old(lorraine, "Parente", "La vallée, sa fabrication, son fleuve et son écluse.")
    make_old(lorraine, "Étrangère", "La vallée, sa légende, son fleuve et son écluse.", days=1)

    assert titles(lorraine, "fabricant vallée fleuve écluse")[0] == "Parente"


def test_page_with_the_small_words_of_a_question_comes_before_a_newer_one(lorraine):
    make_old(lorraine, "Réponse", "Je demande mon badge à la mairie.", days=3)
    make_old(lorraine, "Récit", "On demande son badge à la mairie.", days=1)

    assert titles(lorraine, "Que dois-je dire de mon badge à la mairie ?")[0] == "Réponse"


def test_word_that_is_asked_twice_weighs_more_than_another(lorraine):
    make_old(lorraine, "Premier", "Les moulins ont une cheminée.", days=3)
    make_old(lorraine, "Second", "Un moulin a des cheminées.", days=1)

    assert titles(lorraine, "moulins, cheminées, moulins") == ["Premier", "Second"]


def test_page_with_both_words_as_typed_outweighs_one_that_repeats_one_of_them(lorraine):
    make_old(lorraine, "Les deux", "Des moulins et des cheminées.", days=3)
    make_old(lorraine, "Souvent", "Des moulins, " * 6 + "une cheminée.", days=1)

    assert titles(lorraine, "moulins cheminées") == ["Les deux", "Souvent"]
