"""A word that stands nowhere is answered for another only where a slip is likelier than a right word."""

import pytest

from portal.content.records.settings import SiteSettings
from search.models import SearchSettings
from search.query.correcting import is_certain
from tests.builders import make_article, make_draft, make_private
from tests.search.searching import get_results, search, soup, titles

pytestmark = pytest.mark.django_db


def text(words: str) -> list[dict[str, str]]:
    return [{"type": "paragraph", "value": f"<p>{words}</p>"}]


@pytest.mark.parametrize(("query", "near"), [("senken", "denken"), ("franco", "France"), ("idole", "isolé")])
def test_short_word_that_stands_nowhere_is_not_answered_for_another(lorraine, saar, reader, query, near):
    make_article(lorraine.section, f"Le mot {near}")
    make_article(saar.sections["fr"], f"Le mot {query}")

    page = soup(get_results(reader, query))

    assert not page.select(".search__results .result mark")
    assert page.select_one(".search__suggestion").text == near.lower()


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("chveal", "cheval"),
        ("chval", "cheval"),
        ("chevval", "cheval"),
        ("nansy", "nancy"),
        ("pharmasie", "pharmacie"),
        ("fason", "façon"),
        ("vilolin", "violin"),
        ("fonderle", "fonderie"),
    ],
)
def test_slip_that_is_clear_is_corrected(lorraine, saar, query, meant):
    make_article(lorraine.section, f"Un mot : {meant}")
    make_article(saar.sections["fr"], f"Ailleurs : {meant}")
    found = search(lorraine, query)
    assert (found.total, found.correction) == (1, meant)


@pytest.mark.parametrize("language", ["fr", "de"])
def test_word_that_another_site_or_language_has_is_proposed_rather_than_replaced(lorraine, saar, language):
    make_article(lorraine.section, "Un cheval")
    make_article((saar if language == "fr" else lorraine).sections[language], "chveal")
    found = search(lorraine, "chveal")
    assert (found.total, found.correction, found.suggestion) == (0, "", "cheval")


def test_word_that_no_reader_may_see_does_not_keep_a_slip_from_being_corrected(lorraine, saar):
    make_article(lorraine.section, "Un cheval")
    make_draft(make_article(saar.sections["fr"], "Le chveal en brouillon"))
    make_private(make_article(saar.sections["fr"], "Le chveal privé"))
    make_private(make_article(lorraine.sections["de"], "Das chveal privat"))
    assert search(lorraine, "chveal").correction == "cheval"


def test_word_of_a_site_that_others_may_not_search_keeps_no_slip_from_being_corrected(lorraine, saar):
    make_article(lorraine.section, "Un cheval")
    make_article(saar.sections["fr"], "Le chveal")
    settings = SiteSettings.for_site(saar.site)
    settings.is_unlisted = True
    settings.save()
    assert search(lorraine, "chveal").correction == "cheval"


@pytest.mark.parametrize(
    ("language", "query", "near"),
    [("fr", "exporter", "emporter"), ("fr", "importer", "emporter"), ("de", "beschrieben", "geschrieben")],
)
def test_word_that_the_language_has_is_neither_replaced_nor_doubted(lorraine, saar, language, query, near):
    here, beside = (lorraine, saar) if language == "fr" else (saar, lorraine)
    make_article(here.sections[language], f"Titel {near}")
    make_article(beside.sections[language], f"Titel {near}, {query}")
    found = search(here, query)
    assert (found.total, found.correction, found.suggestion) == (0, "", "")


def test_right_word_beside_others_stays_as_it_was_typed(lorraine, saar):
    make_article(lorraine.section, "Emporter du vin")
    make_article(saar.sections["fr"], "Emporter du vin ailleurs")
    found = search(lorraine, "exporter vin")
    assert (found.correction, found.missing, found.total) == ("", ("exporter",), 1)


def test_word_without_meaning_of_its_own_is_never_proposed(lorraine, saar):
    make_article(lorraine.section, "L’emploi selon la ville")
    make_article(saar.sections["fr"], "Le salon de l’emploi ailleurs")
    found = search(lorraine, "salon emploi")
    assert (found.correction, found.suggestion, found.total) == ("", "", 1)


@pytest.mark.parametrize(
    ("typed", "meant"), [("kafe", "café"), ("fotograf", "photograph"), ("serise", "cerise"), ("kuvette", "cuvette")]
)
def test_word_that_sounds_the_same_is_meant(typed, meant):
    assert is_certain(typed, meant, "fr")


@pytest.mark.parametrize(
    ("query", "meant", "near"),
    [("kafe", "café", "kaufe"), ("fotograf", "photographe", "fotogène"), ("foundery", "foundry", "founders")],
)
def test_word_written_for_its_sound_is_corrected_rather_than_to_a_nearer_row_of_letters(
    lorraine, saar, query, meant, near
):
    make_article(lorraine.section, f"Un mot : {meant}")
    make_article(lorraine.section, f"Un autre mot : {near}")
    make_article(saar.sections["fr"], f"Ailleurs : {meant}")
    found = search(lorraine, query)
    assert (found.total, found.correction) == (1, meant)


@pytest.mark.parametrize(
    ("language", "query", "near", "proposed"),
    [
        ("de", "Soll", "Zoll", ""),
        ("de", "Sinn", "Zinn", ""),
        ("de", "Seile", "Zeile", ""),
        ("de", "Siege", "Ziege", ""),
        ("de", "Kurs", "kurz", ""),
        ("de", "Faser", "Phaser", "phaser"),
        ("de", "reisen", "reizen", "reizen"),
        ("fr", "cale", "kale", "kale"),
        ("fr", "ruse", "ruze", "ruze"),
    ],
)
def test_right_word_is_not_answered_for_another_of_a_like_sound(lorraine, saar, language, query, near, proposed):
    here, beside = (lorraine, saar) if language == "fr" else (saar, lorraine)
    make_article(here.sections[language], f"Titel {near}")
    make_article(beside.sections[language], f"Titel {query}")
    found = search(here, query)
    assert (found.total, found.correction, found.suggestion) == (0, "", proposed)


@pytest.mark.parametrize(
    ("language", "query", "near"),
    [("fr", "mouler", "fouler"), ("fr", "vendre", "fendre"), ("de", "kessel", "sessel"), ("de", "kuchen", "suchen")],
)
def test_word_that_begins_with_another_sound_is_not_answered_for_another(lorraine, saar, language, query, near):
    here, beside = (lorraine, saar) if language == "fr" else (saar, lorraine)
    make_article(here.sections[language], f"Titel {near}")
    make_article(beside.sections[language], f"Titel {query}")
    found = search(here, query)
    assert (found.correction, found.suggestion) == ("", near)


def test_other_words_are_answered_rather_than_an_invented_one(lorraine, saar, reader):
    make_article(lorraine.section, "Le coût du gaz")
    make_article(lorraine.section, "Il faut y penser")
    make_article(saar.sections["fr"], "Le coût à senser")

    page = soup(get_results(reader, "coût senser"))

    assert [each.text for each in page.select(".search__results .result__title")] == ["Le coût du gaz"]
    assert page.select_one(".search__count").text.count("senser") == 2


def test_doubtful_correction_is_proposed_where_a_page_has_it_with_the_other_words(lorraine, saar):
    make_article(lorraine.section, "Le bois des Vosges")
    make_article(lorraine.section, "Le bois")
    make_article(saar.sections["fr"], "Le bois de Vosgem")
    found = search(lorraine, "bois vosgem")
    assert (found.correction, found.suggestion, found.total) == ("", "bois vosges", 2)


def test_doubtful_corrections_that_stand_on_one_page_prove_each_other(lorraine, saar):
    make_article(lorraine.section, "Le bois des Vosges, la foire")
    make_article(saar.sections["fr"], "La foize de Vosgem")
    found = search(lorraine, "foize vosgem")
    assert (found.correction, found.total) == ("foire vosges", 1)


def test_two_doubtful_words_cost_few_queries(lorraine, saar, reader, django_assert_max_num_queries):
    make_article(lorraine.section, "Le bois des Vosges, la foire")
    make_article(saar.sections["fr"], "La foize de Vosgem")
    get_results(reader, "bois")
    with django_assert_max_num_queries(12):
        get_results(reader, "foize vosgem")


def test_words_that_no_page_here_has_are_named(lorraine, saar):
    make_article(lorraine.section, "Le four")
    make_article(lorraine.section, "La forge")
    make_article(saar.sections["fr"], "La tuile")
    assert search(lorraine, "four, forge, tuile, l’argile").missing == ("tuile", "l’argile")


@pytest.mark.parametrize("query", ["trouver un fournil", "je cherche un fournil", "où trouver fournil ?"])
def test_page_need_not_say_that_a_reader_searches(lorraine, saar, query):
    make_article(lorraine.section, "Le fournil", body=text("Il ouvre."))
    make_article(lorraine.section, "Autre", body=text("On cherche, on veut trouver."))
    make_article(saar.sections["fr"], "Trouver un fournil ailleurs")
    found = titles(lorraine, query)
    assert found == ["Le fournil"]


def test_section_that_is_only_named_for_a_thing_stands_below_the_story_about_finding_it(lorraine, saar):
    lorraine.section.title = "Fournils"
    lorraine.section.save_revision().publish()
    make_article(lorraine.section, "Trouver un fournil", body=text("Le fournil. " * 5 + "Rien. " * 60))
    make_article(saar.sections["fr"], "Trouver un fournil ailleurs")
    assert titles(lorraine, "trouver fournil") == ["Trouver un fournil", "Fournils"]


def test_verb_of_searching_alone_is_searched(lorraine, saar):
    make_article(lorraine.section, "Chercher ici")
    make_article(saar.sections["fr"], "Chercher ailleurs")
    assert titles(lorraine, "chercher") == ["Chercher ici"]


def test_of_verbs_alone_the_last_is_searched(lorraine, saar):
    make_article(lorraine.section, "Savoir et pouvoir")
    make_article(saar.sections["fr"], "Je veux savoir")
    found = search(lorraine, "je veux savoir")
    assert (found.total, found.missing) == (1, ())


def test_verb_of_searching_is_no_near_word(lorraine, saar, reader):
    make_article(lorraine.section, "Cherbourg, la mer")
    make_article(saar.sections["fr"], "Chercher ailleurs")
    words = soup(get_results(reader, "chercher xylophone")).select(".search__ways a")
    assert "cherbourg" not in {word.text for word in words}


def test_story_with_the_word_in_its_text_comes_before_a_section_that_mentions_it(lorraine, saar):
    lorraine.section.introduction = "Les vergers et les fours"
    lorraine.section.save_revision().publish()
    make_article(lorraine.section, "La brique", body=text("Un verger entoure le four. " + "Rien de plus. " * 40))
    make_article(saar.sections["fr"], "Le verger d’ailleurs")
    assert titles(lorraine, "verger")[0] == "La brique"


def test_comma_between_two_words_makes_neither_stand_for_the_other(lorraine, saar):
    make_article(lorraine.section, "La forge")
    make_article(lorraine.section, "Le verger, la forge")
    make_article(saar.sections["fr"], "La forge, le verger")
    assert titles(lorraine, "forge, verger") == ["Le verger, la forge"]


def test_word_that_only_its_synonym_finds_is_neither_corrected_nor_doubted(lorraine, saar):
    settings = SearchSettings.for_site(lorraine.site)
    settings.synonyms = [("synonyms", {"language": "fr", "words": ["camion", "truck"]})]
    settings.save()
    make_article(lorraine.section, "Le camion")
    make_private(make_article(lorraine.section, "Le trucki"))
    make_article(saar.sections["fr"], "Le truck")
    found = search(lorraine, "truck")
    assert (found.total, found.correction, found.suggestion) == (1, "", "")


@pytest.mark.parametrize(("titles_here", "total"), [(["Was es kostet"], 0), (["Was Energie kostet"], 2)])
def test_parts_of_a_compound_beside_another_word_need_one_page(saar, lorraine, titles_here, total):
    for title in [*titles_here, "Die Energie"]:
        make_article(saar.section, title)
    make_article(lorraine.sections["de"], "Energiekosten senken")
    assert search(saar, "Energiekosten mindern").total == total
