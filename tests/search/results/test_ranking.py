"""The order of results: rare words weigh most, then exact words, adjacent words, the title and the date."""

from datetime import timedelta

import pytest
from django.utils import timezone

from search.engines import engine
from search.engines.base import Frequencies, LanguageQuery, Match
from search.models import IndexEntry, SearchSettings
from search.query.parse import parse, terms_in_language
from tests.builders import make_article, make_event
from tests.search.searching import paragraph, stories, text, titles

pytestmark = pytest.mark.django_db

REST = "Rien de plus à dire sur ce sujet. " * 6


def ago(days: int) -> dict[str, object]:
    return {"date": timezone.now() - timedelta(days=days)}


@pytest.mark.parametrize(
    ("queries", "first", "second"),
    [
        # The exact word outweighs related ones, in any case and with or without accents.
        ("organisation, Organisation, organisation des fêtes", "Une organisation pour les fêtes.",
         "Il faut organiser des fêtes ici."),
        ("creation ecoles", "La création des écoles.", "Le créateur des écoles."),
        # Adjacent words.
        ("fourneau solaire", f"Le fourneau solaire chauffe. {REST}", f"Le fourneau chauffe. {REST} Un jour solaire."),
        # A word related to a missing one.
        ("fabricant vallée fleuve écluse", "La vallée, sa fabrication, son fleuve et son écluse.",
         "La vallée, sa légende, son fleuve et son écluse."),
        # The stop words of a question.
        ("Que dois-je dire de mon badge à la mairie ?", "Je demande mon badge à la mairie.",
         "On demande son badge à la mairie."),
        # A repeated word.
        ("moulins, cheminées, moulins", "Les moulins ont une cheminée.", "Un moulin a des cheminées."),
        # Both words as typed, rather than one of them repeatedly.
        ("moulins cheminées", "Des moulins et des cheminées.", "Des moulins, " * 6 + "une cheminée."),
    ],
)  # fmt: skip
def test_better_match_ranks_before_a_newer_one(lorraine, queries, first, second):
    text(lorraine, "Premier", first, **ago(3))
    text(lorraine, "Second", second, **ago(1))
    for query in queries.split(", ") if "organisation" in queries else [queries]:
        assert titles(lorraine, query)[0] == "Premier"


def test_title_outweighs_standfirst_and_standfirst_outweighs_text(lorraine):
    text(lorraine, "Troisième", "On parle ici de fonderie.", **ago(9))
    make_article(lorraine.section, "Deuxième", standfirst="Une fonderie.", **ago(9))
    make_article(lorraine.section, "Première fonderie", **ago(9))
    assert titles(lorraine, "fonderie") == ["Première fonderie", "Deuxième", "Troisième"]


def test_exact_title_ranks_first_then_the_newest(lorraine):
    for days in (700, 3, 90):
        make_article(lorraine.section, f"La fonderie {days}", **ago(days))
    assert titles(lorraine, "fonderie") == ["La fonderie 3", "La fonderie 90", "La fonderie 700"]
    make_article(lorraine.section, "Fonderie, fonderie et encore fonderie d’art")
    make_article(lorraine.section, "Fonderie d’art", **ago(3000))
    assert titles(lorraine, "fonderie d'art")[0] == "Fonderie d’art"


def test_coming_event_ranks_before_a_past_one(lorraine):
    make_event(lorraine.calendar, "Nuit de la fonderie un", start=timezone.now() - timedelta(days=3))
    make_event(lorraine.calendar, "Nuit de la fonderie deux", start=timezone.now() + timedelta(days=60))
    assert titles(lorraine, "fonderie") == ["Nuit de la fonderie deux", "Nuit de la fonderie un"]


def test_site_can_prefer_new_pages(lorraine, saar):
    for ground in (lorraine, saar):
        section = ground.sections["fr"]
        facts = {"standfirst": "Une fonderie, la fonderie.", "body": paragraph("La fonderie coule.")}
        make_article(section, "Ancienne", **facts, **ago(700))
        make_article(section, "Neuve", body=paragraph("Une fonderie et des mots."))
    orders = []
    for ground in (None, saar, lorraine):
        if ground:
            settings = SearchSettings.for_site(ground.site)
            settings.prefers_new = True
            settings.save()
        orders.append(titles(lorraine, "fonderie"))
    assert orders == [["Ancienne", "Neuve"], ["Ancienne", "Neuve"], ["Neuve", "Ancienne"]]


def test_rare_word_outweighs_new_stories_and_titles_with_the_common_one(lorraine, saar):
    text(lorraine, "Ancienne", "Le xylophone de la vallée.", **ago(2000))
    stories(saar, "Un xylophone, une usine", language="fr")
    for number in range(4):
        text(lorraine, f"Neuve {number}", "Une usine de la vallée.")
    found = titles(lorraine, "usine xylophone introuvable")
    assert found[0] == "Ancienne"
    assert "Un xylophone, une usine" not in found
    text(lorraine, "Le xylophone", "Une usine et son xylophone.", **ago(30))
    text(lorraine, "L’usine", "Une usine et son xylophone.")
    assert titles(lorraine, "usine xylophone")[0] == "Le xylophone"


def test_title_with_all_words_outweighs_one_with_any(lorraine):
    words = "La chaleur fatale, la chaleur des usines."
    text(lorraine, "Chaleur fatale", words, **ago(30))
    text(lorraine, "Chaleur", words)
    assert titles(lorraine, "chaleur fatale usine")[0] == "Chaleur fatale"


def test_last_words_of_a_long_query_count(lorraine, saar):
    text(lorraine, "Orchestre", "On y joue du xylophone.")
    stories(lorraine, "La chorale")
    stories(saar, "Le xylophone", language="fr")
    unknown = " ".join(f"zw{first}{second}kqux" for first in "bdfgklmprt" for second in "bdfgk")
    assert titles(lorraine, f"{unknown} xylophone") == ["Orchestre"]


def test_partial_matches_follow_few_complete_ones(lorraine):
    text(lorraine, "La vitre", "Un four chauffe le verre.")
    text(lorraine, "La brique", "Un four sèche la terre.")
    assert titles(lorraine, "four chauffe verre") == ["La vitre", "La brique"]
    assert titles(lorraine, "four verre") == ["La vitre"]
    assert titles(lorraine, "où est le four du verre ?") == ["La vitre", "La brique"]


def test_facet_never_adds_partial_matches(lorraine):
    for number in range(10):
        text(lorraine, f"La vitre {number}", "Un four chauffe le verre.")
    text(lorraine, "La brique", "Un four.", **ago(800))
    text(lorraine, "Vieille vitre", "Un four chauffe le verre.", **ago(800))
    year = str((timezone.now() - timedelta(days=800)).year)
    assert titles(lorraine, "four chauffe verre", year=year) == ["Vieille vitre"]


def test_length_of_a_text_is_relative_to_all_entries_and_not_to_the_matches(lorraine, saar):
    """Among long matches, seven mentions in a text of twice the length count less than four."""
    for number in range(60):
        text(lorraine, f"Brève {number}", "Une ligne.")
    long = text(lorraine, "Longue", "autre " * 600 + "xylophone " * 7)
    half = text(lorraine, "Moitié", "autre " * 300 + "xylophone " * 4)
    stories(saar, "xylophone", language="fr")
    query = LanguageQuery(terms_in_language(parse("xylophone"), "fr"), (lorraine.home.pk,))
    frequencies = Frequencies(IndexEntry.objects.count(), {query.terms.scored[0]: 3})
    found = engine().candidates(Match((query,), timezone.now()), None, frequencies)
    pages = dict(IndexEntry.objects.values_list("key", "page_id"))
    best_first = sorted(found, key=lambda each: each.score, reverse=True)
    assert [pages[each.key] for each in best_first] == [half.pk, long.pk]
