"""Each passage of the newest version of a text is attributed to the version that changed it last."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from portal.editorial.last_changes.attribution import TextPassage, TextVersion, last_changes

START = datetime(2026, 5, 4, 9, tzinfo=UTC)
# Few places and words, so that sentences often return, move and repeat.
PASSAGES = st.builds(TextPassage, st.sampled_from("abc"), st.sampled_from(["Un.", "Deux.", "Trois.", "Quatre."]))
TEXTS = st.lists(st.lists(PASSAGES, max_size=7), max_size=7)


def versions(*texts) -> list[TextVersion]:
    return [
        TextVersion(number, f"person {number}", START + timedelta(hours=number), text)
        for number, text in enumerate(texts)
    ]


def text(**blocks: str) -> list[TextPassage]:
    return [TextPassage(place, f"{words}.") for place, all_words in blocks.items() for words in all_words.split()]


def attributed(*texts) -> list[tuple[str, int]]:
    return [(change.passage.text, change.save.key) for change in last_changes(versions(*texts))]


@given(TEXTS)
def test_each_passage_of_the_newest_version_appears_once_and_in_order(texts):
    assert [change.passage for change in last_changes(versions(*texts))] == (texts[-1] if texts else [])


@given(TEXTS)
def test_passage_is_in_its_version_and_in_each_one_since(texts):
    for change in last_changes(versions(*texts)):
        for later in texts[change.save.key :]:
            assert change.passage.text in {passage.text for passage in later}


@given(TEXTS)
def test_version_before_has_fewer_copies_of_a_passage_that_it_changed(texts):
    """A version changes only those copies of a sentence that the previous version did not have."""
    changes = last_changes(versions(*texts))
    for number in {change.save.key for change in changes} - {0}:
        for words in {change.passage.text for change in changes if change.save.key == number}:
            new = sum(change.save.key == number and change.passage.text == words for change in changes)
            before, after = (sum(each.text == words for each in texts[key]) for key in (number - 1, number))
            assert new <= after - before


@given(TEXTS, st.randoms(use_true_random=False))
def test_passages_keep_their_author_when_blocks_move(texts, random):
    if not texts:
        return
    moved = list(texts[-1])
    random.shuffle(moved)

    before, after = last_changes(versions(*texts)), last_changes(versions(*texts, moved))

    def authors(changes):
        return sorted((each.passage.place, each.passage.text, each.save.key) for each in changes)

    assert authors(after) == authors(before)


@given(TEXTS)
def test_new_sentence_belongs_to_its_version_and_changes_no_other(texts):
    if not texts:
        return
    new = TextPassage("a", "Cinq.")
    before = last_changes(versions(*texts))

    *rest, last = last_changes(versions(*texts, [*texts[-1], new]))

    assert (last.passage, last.save.key, last.save.before) == (new, len(texts), len(texts) - 1)
    assert rest == before


@given(TEXTS)
def test_text_that_comes_back_belongs_to_whoever_restored_it_and_has_its_first_version(texts):
    if not texts or not texts[-1]:
        return
    first = {}
    for number, each in enumerate(texts):
        for passage in each:
            first.setdefault(passage.text, number)

    changes = last_changes(versions(*texts, [], texts[-1]))

    assert {change.save.key for change in changes} == {len(texts) + 1}
    assert [change.written.key for change in changes] == [first[passage.text] for passage in texts[-1]]


def test_changed_sentence_changes_alone():
    assert attributed(text(a="Un Deux Trois"), text(a="Un Zwei Trois")) == [("Un.", 0), ("Zwei.", 1), ("Trois.", 0)]


def test_sentence_that_moves_to_another_block_keeps_its_author():
    assert attributed(text(a="Un Deux"), text(a="Un Deux", b="Trois"), text(a="Un", b="Trois Deux")) == [
        ("Un.", 0),
        ("Trois.", 1),
        ("Deux.", 0),
    ]


def test_repeated_sentence_has_an_author_for_each_copy():
    texts = text(a="Un"), text(a="Un", b="Un")

    assert attributed(*texts) == [("Un.", 0), ("Un.", 1)]
    assert [change.written for change in last_changes(versions(*texts))] == [None, None]


def test_no_version_has_no_passages():
    assert last_changes([]) == []
