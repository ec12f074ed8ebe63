"""What the bench asks for, what it makes of the answers, and how it compares them with earlier ones."""

import json
from ipaddress import ip_address
from itertools import islice

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from portal.bench import newsroom
from portal.bench.figures import Figures, as_json, as_table, late_of
from portal.bench.load import Load
from portal.bench.questions import SUGGESTIONS, mistyped, questions, questions_of
from portal.bench.readers import NETWORK, addresses
from portal.bench.samples import searches
from tests.builders import make_article

MOST_QUESTIONS = 40

# In a thousand stories: a word that half of them have, one in each title that no other story has.
STORIES = [
    (
        [f"Rarement{chr(97 + number % 26)}{chr(97 + number // 26 % 26)}{chr(97 + number // 676)}", "forge", "vive"],
        ["partout", *(["commun"] if number % 2 else [])],
    )
    for number in range(1000)
]


def test_common_words_are_those_of_a_third_to_two_thirds_of_the_stories():
    found = questions(STORIES)
    assert found["common word"] == ["commun"]
    assert len(found["rare word"]) == 20
    assert all(word.startswith("rarement") for word in found["rare word"])


def test_form_of_a_common_word_is_not_rare():
    found = questions([(["Communaux"], ["communaux"]), *STORIES])
    assert "communaux" not in found["rare word"]


def test_pairs_and_phrases_stand_in_titles_and_what_is_mistyped_stands_nowhere():
    found = questions(STORIES)
    words = {word.casefold() for title, _words in STORIES for word in title}
    assert all(pair.casefold().endswith(" forge") for pair in found["two words"])
    assert found["phrase"] == [f'"{pair}"' for pair in found["two words"]]
    assert not words & set(found["typo"])
    assert all(any(word.startswith(typed) for word in words) for typed in found[SUGGESTIONS])
    assert mistyped("fonderie") == "fodnerie"


def test_nothing_is_asked_where_no_story_is():
    assert questions([]) == {}


@pytest.mark.django_db
def test_words_come_from_the_stories_of_the_largest_home_page_alone(lorraine, saar):
    text = [{"type": "paragraph", "value": "<p>Un <b>fourneau</b> éteint</p>"}]
    for number in range(4):
        make_article(lorraine.section, f"Récit {number}", body=text if number % 2 else [])
    make_article(saar.sections["fr"], "Un laminoir d’ailleurs")
    common = questions_of(lorraine.home)["common word"]
    assert {"éteint", "fourneau"} <= set(common)
    assert not {"laminoir", "paragraph", "récit"} & set(common)
    constant, *asked = searches()
    assert constant.name == "constant view"
    assert {sample.host.split(":")[0] for sample in asked} == {lorraine.host}
    assert [path for sample in asked for path in sample.paths if "q=fourneau" in path] == ["/fr/recherche/?q=fourneau"]


def test_each_request_comes_from_another_reader_of_a_network_that_nobody_has():
    first = list(islice(addresses(), 1000))
    assert len(set(first)) == 1000
    assert all(ip_address(address) in NETWORK for address in first)


def test_late_is_what_nineteen_of_twenty_are_answered_within():
    load = Load(100, 0, 1, [float(number) for number in range(1, 101)])
    assert 94 <= load.late <= 97
    assert Load(0, 3, 1).late is None


def figures(late: float) -> list[Figures]:
    return [
        Figures("constant view", queries=0, median=1, late=1, processor=1, database=None, size=10),
        Figures("search", queries=8, median=20, late=late, processor=9, database=2, size=9000),
    ]


def test_growth_is_how_many_times_the_earlier_figure_it_is():
    earlier = late_of(as_json(figures(20), {}))
    head, _constant, line = as_table(figures(50), earlier).splitlines()
    assert head.split()[-1] == "growth"
    assert line.split()[-1] == "2.5"
    assert "growth" not in as_table(figures(50))


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"pages": [{"name": "x"}]})])
def test_anything_else_is_not_compared_with(text):
    with pytest.raises(ValueError, match="no figures of the bench"):
        late_of(text)


@pytest.mark.django_db
def test_newsroom_is_measured_as_each_of_three_and_nothing_of_it_stays(lorraine, monkeypatch):
    monkeypatch.setattr("portal.bench.direct.FEWEST", 2)
    before = set(get_user_model().objects.values_list("username", flat=True)), Group.objects.count()

    constant, *measured = newsroom.measure(0.001)

    assert constant.name == "constant view"
    whose = {figures.name.split(":")[0] for figures in measured}
    assert whose == {"editor", "siteadmin", "network"}
    assert {figures.name for figures in measured if figures.queries > MOST_QUESTIONS} == set()
    assert (set(get_user_model().objects.values_list("username", flat=True)), Group.objects.count()) == before
