"""Words to avoid: whole words in any case, in every text of a page, each with its better word."""

import pytest

from articles.models import ArticlePage
from portal.editorial.site_checklist.words import WordListError, read_words, words_in, write_words
from tests.builders import unsaved

PAIRS = [("utilise", "emploie"), ("au niveau de", "pour")]


def found(page):
    return [(path.partition(".")[0], passage, word) for path, passage, (word, _better) in words_in(page, PAIRS)]


@pytest.mark.parametrize(
    "text", ["utilise = emploie", "utilise=emploie", "utilise → emploie", " utilise  -> emploie \n"]
)
def test_list_is_read_as_people_type_it(text):
    assert read_words(text) == [("utilise", "emploie")]


def test_list_is_written_as_it_is_read():
    assert read_words(write_words(PAIRS)) == PAIRS


@pytest.mark.parametrize("text", ["un = une\nseul", "un =", "= une", f"un = une\n{'x' * 81} = y"])
def test_line_that_cannot_be_read_is_named(text):
    with pytest.raises(WordListError) as error:
        read_words(text)

    assert error.value.line == text.count("\n") + 1


def test_word_is_found_in_title_standfirst_and_text(lorraine):
    page = unsaved(ArticlePage, lorraine.section, "Elle utilise le bois")
    page.standfirst = "Au niveau de la forêt."
    page.body = [{"type": "paragraph", "value": "<p>Il <b>UTILISE</b> une scie &amp; un rabot.</p>", "id": "p"}]

    assert found(page) == [
        ("title", "Elle utilise le bois", "utilise"),
        ("standfirst", "Au niveau de la forêt.", "au niveau de"),
        ("body", "Il UTILISE une scie & un rabot.", "utilise"),
    ]


@pytest.mark.parametrize("title", ["Elle réutilise le bois", "Elle utiliserait le bois", "Au niveau du bois"])
def test_part_of_a_word_is_not_found(lorraine, title):
    page = unsaved(ArticlePage, lorraine.section, title)

    assert [each for each in found(page) if each[0] == "title"] == []


def test_long_text_is_quoted_around_the_word(lorraine):
    page = unsaved(ArticlePage, lorraine.section, "Titre")
    page.standfirst = f"{'avant ' * 20}utilise{' après' * 20}"

    ((_path, passage, _word),) = [each for each in found(page) if each[0] == "standfirst"]
    assert passage.startswith("…avant")
    assert passage.endswith("après…")
    assert len(passage) < 80
