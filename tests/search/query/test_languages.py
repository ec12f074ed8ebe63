"""A language is data: a table entry and optional word lists. Without them, words are only folded."""

import pytest
import Stemmer

from search.analysis import joined_words, terms
from search.languages import languages_with_words, table
from tests.builders import make_article, make_draft, make_site
from tests.search.searching import search, titles

WORDS = [
    ("nl", "bedrijven", "Een bedrijf aan de Maas"),
    ("nl", "waar kan ik fabrieken vinden", "De fabriek"),
    ("nl", "fabriek", "Een glasfabriek"),
    ("it", "aziende", "Un’azienda di famiglia"),
    ("it", "dell'economia", "L’economia circolare"),
    ("it", "qualita", "La qualità"),
    ("lb", "Geschaft", "E Geschäft um Eck"),
    ("lb", "wou ass d'Fabrik", "Fabrik"),
    ("sv", "företagen", "Ett företag"),
    ("xx", "ecole", "École"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("code", "query", "title"), WORDS)
def test_language_is_searched_without_own_code(lorraine, settings, code, query, title):
    settings.LANGUAGES = settings.WAGTAIL_CONTENT_LANGUAGES = [*settings.LANGUAGES, (code, code)]
    ground = make_site("other.localhost", (code,))
    for text in (title, "Xylofoon", "Glas"):
        make_article(ground.section, text)
    make_draft(make_article(ground.section, f"{title} 2"))
    make_article(lorraine.section, title)
    assert titles(ground, query) == [title]


@pytest.mark.django_db
def test_corrections_and_completions_work_in_any_language(lorraine, settings):
    settings.LANGUAGES = settings.WAGTAIL_CONTENT_LANGUAGES = [*settings.LANGUAGES, ("lb", "Lëtzebuergesch")]
    ground = make_site("other.localhost", ("lb",))
    make_article(ground.section, "Geschäft")
    make_article(lorraine.section, "Geschäft")
    assert search(ground, "Gescäft").correction == "geschäft"
    assert search(ground, "Geschaeftsfro").total == 0


def test_every_stemmer_of_the_table_exists():
    named = {facts["stemmer"] for facts in table().values() if "stemmer" in facts}
    assert len(named) > 25
    assert named <= {*Stemmer.algorithms()}


def test_dialect_of_a_language_has_its_words():
    assert terms("der Öfen", "de-at") == terms("der Öfen", "de") == ["der", "ofen"]
    assert joined_words("est-il", "fr-be") == []


def test_words_of_every_file_are_read():
    assert {"à", "der", "the", "het", "della", "dës"} <= frozenset().union(
        *(language.stop_words for language in languages_with_words())
    )
