"""A word that no page has is corrected where a slip is likelier than a right word; a doubtful correction is proposed."""

import pytest

from portal.content.records.settings import SiteSettings
from search.models import SearchSettings
from search.query.correcting import is_certain
from search.query.distance import typing_cost
from tests.builders import make_draft, make_private
from tests.search.searching import near_words, outcome, page_of, search, shown, stories, text, titles

pytestmark = pytest.mark.django_db


def grounds(language, lorraine, saar):
    """The site of the language, and the other one."""
    return (lorraine, saar) if language == "fr" else (saar, lorraine)


@pytest.mark.parametrize(
    ("query", "meant", "near"),
    [
        ("chveal", "cheval", ""),
        ("chval", "cheval", ""),
        ("chevval", "cheval", ""),
        ("nansy", "nancy", ""),
        ("pharmasie", "pharmacie", ""),
        ("fason", "façon", ""),
        ("vilolin", "violin", ""),
        ("fonderle", "fonderie", ""),
        # A short word that keeps its letters.
        ("pnot", "pont", ""),
        ("pnt", "pont", ""),
        # The ending of a word.
        ("fabriqe", "fabrique", ""),
        ("pénichse", "péniches", ""),
        # A word written for its sound, and not the nearest row of letters.
        ("kafe", "café", "kaufe"),
        ("fotograf", "photographe", "fotogène"),
        ("foundery", "foundry", "founders"),
        # A letter left out is likelier than a far key.
        ("séateur", "sénateur", "secteur"),
        # A hyphenated word is corrected as a whole.
        ("bar-le-duk", "bar-le-duc", "un bar"),
        ("Bar-le-Dcu", "bar-le-duc", "un bar"),
        ("sain-domingue", "saint-domingue", "un esprit sain"),
    ],
)
def test_clear_slip_is_corrected(lorraine, saar, query, meant, near):
    stories(lorraine, f"Un mot : {meant}", f"Un autre mot : {near}")
    stories(saar, f"Ailleurs : {meant}", language="fr")
    assert outcome(lorraine, query)[:2] == (1, meant)


@pytest.mark.parametrize(
    ("language", "query", "near", "proposed"),
    [
        # Short words.
        ("fr", "senken", "denken", "denken"),
        ("fr", "franco", "france", "france"),
        ("fr", "idole", "isolé", "isolé"),
        ("fr", "esch", "each", ""),
        ("fr", "kino", "kilo", ""),
        # Words of a like sound.
        ("de", "Soll", "Zoll", ""),
        ("de", "Sinn", "Zinn", ""),
        ("de", "Seile", "Zeile", ""),
        ("de", "Siege", "Ziege", ""),
        ("de", "Kurs", "kurz", ""),
        ("de", "Faser", "Phaser", "phaser"),
        ("de", "reisen", "reizen", "reizen"),
        ("fr", "cale", "kale", "kale"),
        ("fr", "ruse", "ruze", "ruze"),
        # Words that begin with another sound.
        ("fr", "mouler", "fouler", "fouler"),
        ("fr", "vendre", "fendre", "fendre"),
        ("de", "kessel", "sessel", "sessel"),
        ("de", "kuchen", "suchen", "suchen"),
        # Words of the language.
        ("fr", "exporter", "emporter", ""),
        ("fr", "importer", "emporter", ""),
        ("de", "beschrieben", "geschrieben", ""),
        # A hyphenated word with other parts.
        ("fr", "parc-en-ville", "arc-en-ciel", ""),
    ],
)
def test_right_word_is_not_replaced_by_another(lorraine, saar, language, query, near, proposed):
    here, beside = grounds(language, lorraine, saar)
    stories(here, f"Titel {near}", language=language)
    stories(beside, f"Titel {query}", language=language)
    found = search(here, query)
    assert (found.correction, found.suggestion) == ("", proposed)
    assert "sites" in found.wider_scopes


def test_proposal_is_shown_and_nothing_of_it_is_marked(lorraine, saar, reader):
    stories(lorraine, "Le mot denken")
    stories(saar, "Le mot senken", language="fr")
    page = page_of(reader, "senken")
    assert not page.select(".search__results .result mark")
    assert page.select_one(".search__suggestion").text == "denken"


@pytest.mark.parametrize(
    ("query", "title"), [("Que dois-je réserver ?", "Parfois, réserver"), ("rumeur propage", "Rumeur de pompage")]
)
def test_right_word_beside_others_is_not_taken_for_another(lorraine, query, title):
    stories(lorraine, *(f"{title} une fois {number}" for number in range(3)))
    assert search(lorraine, query).correction == ""


@pytest.mark.parametrize("language", ["fr", "de"])
def test_word_that_another_site_or_language_has_is_only_proposed(lorraine, saar, language):
    stories(lorraine, "Un cheval")
    stories(saar if language == "fr" else lorraine, "chveal", language=language)
    assert outcome(lorraine, "chveal") == (0, "", "cheval")


def test_word_of_pages_that_readers_may_not_see_or_search_is_no_evidence(lorraine, saar):
    stories(lorraine, "Un cheval")
    settings = SiteSettings.for_site(saar.site)
    for title in ("Le chveal en brouillon", "Le chveal privé"):
        [page] = stories(saar, title, language="fr")
        make_draft(page) if "brouillon" in title else make_private(page)
    make_private(*stories(lorraine, "Das chveal privat", language="de"))
    assert search(lorraine, "chveal").correction == "cheval"
    stories(saar, "Le chveal", language="fr")
    assert search(lorraine, "chveal").correction == ""
    settings.is_unlisted = True
    settings.save()
    assert search(lorraine, "chveal").correction == "cheval"


@pytest.mark.parametrize(
    ("here", "elsewhere", "query", "expected"),
    [
        # Another word is right, or has no meaning of its own.
        (["Emporter du vin"], "Emporter du vin ailleurs", "exporter vin", (1, "", "")),
        (["L’emploi selon la ville"], "Le salon de l’emploi ailleurs", "salon emploi", (1, "", "")),
        # A page has the corrected word together with the others.
        (["Le bois des Vosges", "Le bois"], "Le bois de Vosgem", "bois vosgem", (2, "", "bois vosges")),
        # Two doubtful corrections on one page prove each other.
        (["Le bois des Vosges, la foire"], "La foize de Vosgem", "foize vosgem", (1, "foire vosges", "")),
        # The query has results, but a slip would have many more.
        (["La fonderle rouge", *(f"La fonderie rouge {n}" for n in range(4))], "", "fonderle rouge",
         (1, "", "fonderie rouge")),
        (["La forgerie", *(f"La fromagerie {n}" for n in range(2))], "", "forgerie", (1, "", "")),
        # Other forms of a right word are no correction.
        (["Une facture réduite"], "Une facture réduite ailleurs", "réduire", (1, "", "")),
        (["Une facture réduite"], "Une facture réduite ailleurs", "réduire facture", (1, "", "")),
        (["Une facture réduite", *(f"Il faut déduire {n}" for n in range(3))], "", "réduire", (1, "", "")),
    ],
)  # fmt: skip
def test_correction_is_weighed_against_the_whole_query(lorraine, saar, here, elsewhere, query, expected):
    stories(lorraine, *here)
    if elsewhere:
        stories(saar, elsewhere, language="fr")
    assert outcome(lorraine, query) == expected


def test_corrected_words_are_searched_where_no_story_has_them_all(lorraine):
    text(lorraine, "La fonderie", "Elle chauffe à l’électrique.")
    text(lorraine, "La scierie", "Elle attend ses machines.")
    assert outcome(lorraine, "elctrique")[:2] == (1, "électrique")
    found = search(lorraine, "machnies elctrique")
    assert (found.correction, found.is_loose, found.total) == ("machines électrique", True, 2)


def test_the_frequent_one_of_two_words_equally_near_is_meant(lorraine):
    stories(lorraine, "Une pierraille", *(f"Une bierraille {number}" for number in range(3)))
    assert search(lorraine, "zierraille").correction == "bierraille"


def test_slips_of_the_finger_are_nearer_than_other_errors():
    assert typing_cost("fodnerie", "fonderie") < typing_cost("foderie", "fonderie")
    assert typing_cost("fonderir", "fonderit") < typing_cost("fonderiz", "fonderil")
    assert typing_cost("fonderia", "fonderie") < typing_cost("aonderie", "fonderie")
    for typed, meant in [("kafe", "café"), ("fotograf", "photograph"), ("serise", "cerise"), ("kuvette", "cuvette")]:
        assert is_certain(typed, meant, "fr")


def test_other_words_are_searched_rather_than_an_invented_one(lorraine, saar, reader):
    stories(lorraine, "Le coût du gaz", "Il faut y penser")
    stories(saar, "Le coût à senser", language="fr")
    page = page_of(reader, "coût senser")
    assert shown(page) == ["Le coût du gaz"]
    assert page.select_one(".search__count").text.count("senser") == 2


def test_other_form_that_is_searched_is_named(lorraine, saar, reader):
    stories(lorraine, "Une facture réduite")
    stories(saar, "Une facture réduire ailleurs", language="fr")
    page = page_of(reader, "réduire")
    assert page.select_one(".search__suggestion").text == "réduite"
    assert "1 résultat" in page.select_one(".search__count").text


def test_two_doubtful_words_cost_few_queries(lorraine, saar, reader, django_assert_max_num_queries):
    stories(lorraine, "Le bois des Vosges, la foire")
    stories(saar, "La foize de Vosgem", language="fr")
    page_of(reader, "bois")
    with django_assert_max_num_queries(12):
        page_of(reader, "foize vosgem")


def test_words_that_no_page_here_has_are_named(lorraine, saar):
    stories(lorraine, "Le four", "La forge")
    stories(saar, "La tuile", language="fr")
    assert search(lorraine, "four, forge, tuile, l’argile").missing == ("tuile", "l’argile")


def test_page_need_not_have_verbs_of_searching_beside_other_words(lorraine, saar, reader):
    text(lorraine, "Le fournil", "Il ouvre.")
    text(lorraine, "Autre", "On cherche, on veut trouver.")
    stories(lorraine, "Cherbourg, la mer")
    stories(saar, "Trouver un fournil ailleurs", language="fr")
    for query in ("trouver un fournil", "je cherche un fournil", "où trouver fournil ?"):
        assert titles(lorraine, query) == ["Le fournil"]
    assert "cherbourg" not in near_words(page_of(reader, "chercher xylophone"))


def test_verbs_of_searching_alone_are_searched(lorraine, saar):
    stories(lorraine, "Chercher ici", "Savoir et pouvoir")
    stories(saar, "Chercher ailleurs", "Je veux savoir", language="fr")
    assert titles(lorraine, "chercher") == ["Chercher ici"]
    found = search(lorraine, "je veux savoir")
    assert (found.total, found.missing) == (1, ())


def test_section_stands_below_the_stories_that_answer_as_well(lorraine, saar):
    lorraine.section.title, lorraine.section.introduction = "Fournils", "Les vergers et les fours"
    lorraine.section.save_revision().publish()
    text(lorraine, "Trouver un fournil", "Le fournil. " * 5 + "Rien. " * 60)
    text(lorraine, "La brique", "Un verger entoure le four. " + "Rien de plus. " * 40)
    stories(saar, "Trouver un fournil ailleurs", "Le verger d’ailleurs", language="fr")
    assert titles(lorraine, "trouver fournil") == ["Trouver un fournil", "Fournils"]
    assert titles(lorraine, "verger")[0] == "La brique"


def test_comma_between_two_words_makes_neither_stand_for_the_other(lorraine, saar):
    stories(lorraine, "La forge", "Le verger, la forge")
    stories(saar, "La forge, le verger", language="fr")
    assert titles(lorraine, "forge, verger") == ["Le verger, la forge"]


def test_word_that_only_its_synonym_finds_is_neither_corrected_nor_doubted(lorraine, saar):
    settings = SearchSettings.for_site(lorraine.site)
    settings.synonyms = [("synonyms", {"language": "fr", "words": ["camion", "truck"]})]
    settings.save()
    [_camion, trucki] = stories(lorraine, "Le camion", "Le trucki")
    make_private(trucki)
    stories(saar, "Le truck", language="fr")
    assert outcome(lorraine, "truck") == (1, "", "")
