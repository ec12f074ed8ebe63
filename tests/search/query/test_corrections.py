"""An unknown word is corrected if a typing error is likelier than a correct word; a doubtful correction is proposed."""

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
        # A short word with all of its letters.
        ("pnot", "pont", ""),
        ("pnt", "pont", ""),
        # A wrong ending.
        ("fabriqe", "fabrique", ""),
        ("pénichse", "péniches", ""),
        # A word spelled as it sounds; another word has a smaller edit distance.
        ("kafe", "café", "kaufe"),
        ("fotograf", "photographe", "fotogène"),
        ("foundery", "foundry", "founders"),
        # An omitted letter is likelier than a distant key.
        ("séateur", "sénateur", "secteur"),
        # A hyphenated word is corrected as a whole.
        ("bar-le-duk", "bar-le-duc", "un bar"),
        ("Bar-le-Dcu", "bar-le-duc", "un bar"),
        ("sain-domingue", "saint-domingue", "un esprit sain"),
    ],
)
def test_clear_typing_error_is_corrected(lorraine, saar, query, meant, near):
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
        # Words that sound alike.
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
        # Existing words of the language.
        ("fr", "exporter", "emporter", ""),
        ("fr", "importer", "emporter", ""),
        ("de", "beschrieben", "geschrieben", ""),
        # A hyphenated word with other parts.
        ("fr", "parc-en-ville", "arc-en-ciel", ""),
    ],
)
def test_correct_word_is_not_replaced(lorraine, saar, language, query, near, proposed):
    here, beside = grounds(language, lorraine, saar)
    stories(here, f"Titel {near}", language=language)
    stories(beside, f"Titel {query}", language=language)
    found = search(here, query)
    assert (found.correction, found.suggestion) == ("", proposed)
    assert "sites" in found.wider_scopes


def test_proposal_is_shown_without_highlighting(lorraine, saar, reader):
    stories(lorraine, "Le mot denken")
    stories(saar, "Le mot senken", language="fr")
    page = page_of(reader, "senken")
    assert not page.select(".search__results .result mark")
    assert page.select_one(".search__suggestion").text == "denken"


@pytest.mark.parametrize(
    ("query", "title"), [("Que dois-je réserver ?", "Parfois, réserver"), ("rumeur propage", "Rumeur de pompage")]
)
def test_correct_word_beside_others_is_not_replaced(lorraine, query, title):
    stories(lorraine, *(f"{title} une fois {number}" for number in range(3)))
    assert search(lorraine, query).correction == ""


@pytest.mark.parametrize("language", ["fr", "de"])
def test_word_of_another_site_or_language_is_only_proposed(lorraine, saar, language):
    stories(lorraine, "Un cheval")
    stories(saar if language == "fr" else lorraine, "chveal", language=language)
    assert outcome(lorraine, "chveal") == (0, "", "cheval")


def test_words_of_hidden_pages_do_not_influence_corrections(lorraine, saar):
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
        # Another word is correct, or a stop word.
        (["Emporter du vin"], "Emporter du vin ailleurs", "exporter vin", (1, "", "")),
        (["L’emploi selon la ville"], "Le salon de l’emploi ailleurs", "salon emploi", (1, "", "")),
        # A page has the corrected word together with the others.
        (["Le bois des Vosges", "Le bois"], "Le bois de Vosgem", "bois vosgem", (2, "", "bois vosges")),
        # Two doubtful corrections on one page confirm each other.
        (["Le bois des Vosges, la foire"], "La foize de Vosgem", "foize vosgem", (1, "foire vosges", "")),
        # The query has results, but its correction would have many more.
        (["La fonderle rouge", *(f"La fonderie rouge {n}" for n in range(4))], "", "fonderle rouge",
         (1, "", "fonderie rouge")),
        (["La forgerie", *(f"La fromagerie {n}" for n in range(2))], "", "forgerie", (1, "", "")),
        # Other forms of a correct word are not corrections.
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


def test_corrected_words_are_searched_separately_if_needed(lorraine):
    text(lorraine, "La fonderie", "Elle chauffe à l’électrique.")
    text(lorraine, "La scierie", "Elle attend ses machines.")
    assert outcome(lorraine, "elctrique")[:2] == (1, "électrique")
    found = search(lorraine, "machnies elctrique")
    assert (found.correction, found.is_loose, found.total) == ("machines électrique", True, 2)


def test_more_frequent_of_two_equally_near_words_is_chosen(lorraine):
    stories(lorraine, "Une pierraille", *(f"Une bierraille {number}" for number in range(3)))
    assert search(lorraine, "zierraille").correction == "bierraille"


def test_neighbouring_keys_are_nearer_than_other_errors():
    assert typing_cost("fodnerie", "fonderie") < typing_cost("foderie", "fonderie")
    assert typing_cost("fonderir", "fonderit") < typing_cost("fonderiz", "fonderil")
    assert typing_cost("fonderia", "fonderie") < typing_cost("aonderie", "fonderie")
    for typed, meant in [("kafe", "café"), ("fotograf", "photograph"), ("serise", "cerise"), ("kuvette", "cuvette")]:
        assert is_certain(typed, meant, "fr")


def test_unknown_word_is_dropped_rather_than_invented(lorraine, saar, reader):
    stories(lorraine, "Le coût du gaz", "Il faut y penser")
    stories(saar, "Le coût à senser", language="fr")
    page = page_of(reader, "coût senser")
    assert shown(page) == ["Le coût du gaz"]
    assert page.select_one(".search__count").text.count("senser") == 2


def test_searched_inflection_is_named(lorraine, saar, reader):
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


def test_unknown_words_are_named(lorraine, saar):
    stories(lorraine, "Le four", "La forge")
    stories(saar, "La tuile", language="fr")
    assert search(lorraine, "four, forge, tuile, l’argile").missing == ("tuile", "l’argile")


def test_verbs_of_searching_are_optional_beside_other_words(lorraine, saar, reader):
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


def test_section_ranks_below_stories_with_the_same_words(lorraine, saar):
    lorraine.section.title, lorraine.section.introduction = "Fournils", "Les vergers et les fours"
    lorraine.section.save_revision().publish()
    text(lorraine, "Trouver un fournil", "Le fournil. " * 5 + "Rien. " * 60)
    text(lorraine, "La brique", "Un verger entoure le four. " + "Rien de plus. " * 40)
    stories(saar, "Trouver un fournil ailleurs", "Le verger d’ailleurs", language="fr")
    assert titles(lorraine, "trouver fournil") == ["Trouver un fournil", "Fournils"]
    assert titles(lorraine, "verger")[0] == "La brique"


def test_words_separated_by_a_comma_are_not_joined(lorraine, saar):
    stories(lorraine, "La forge", "Le verger, la forge")
    stories(saar, "La forge, le verger", language="fr")
    assert titles(lorraine, "forge, verger") == ["Le verger, la forge"]


def test_word_found_by_its_synonym_is_not_corrected(lorraine, saar):
    settings = SearchSettings.for_site(lorraine.site)
    settings.synonyms = [("synonyms", {"language": "fr", "words": ["camion", "truck"]})]
    settings.save()
    [_camion, trucki] = stories(lorraine, "Le camion", "Le trucki")
    make_private(trucki)
    stories(saar, "Le truck", language="fr")
    assert outcome(lorraine, "truck") == (1, "", "")
