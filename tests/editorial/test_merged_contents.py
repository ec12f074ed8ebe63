"""The original as it was, the original as it is, and a translation become one content."""

from hypothesis import given, strategies as st

from portal.editorial.translations.contents import merged

text = st.text("ab", max_size=3)
blocks = st.lists(st.tuples(st.sampled_from("klmno"), text), unique_by=lambda each: each[0], max_size=5).map(
    lambda pairs: [{"id": key, "type": "paragraph", "value": value} for key, value in pairs]
)
contents = st.fixed_dictionaries({"title": text, "body": blocks})
TEXTS = {"title", *(f"body.{key}" for key in "klmno")}


def test_rewritten_text_stays_as_it_was_rendered():
    assert merged({"title": "un"}, {"title": "deux"}, {"title": "eins"}, {"title"}) == {"title": "eins"}


def test_rewritten_text_comes_afresh_for_a_machine():
    assert merged({"title": "un"}, {"title": "deux"}, {"title": "eins"}, {"title"}, afresh=True) == {"title": "deux"}


def test_fact_follows_if_it_changed_only():
    assert merged({"image": 1}, {"image": 2}, {"image": 3}, set()) == {"image": 2}
    assert merged({"image": 1}, {"image": 1}, {"image": 3}, set()) == {"image": 3}
    assert merged({"image": 1}, {"image": 1}, {"image": 3}, set(), always={"image"}) == {"image": 1}


def test_text_in_a_block_is_told_from_the_facts_beside_it():
    def quote(words, image):
        return {"body": [{"id": "k", "type": "quote", "value": {"words": words, "image": image}}]}

    found = merged(quote("un", 1), quote("deux", 2), quote("eins", 1), {"body.k.words"})

    assert found == quote("eins", 2)


@given(contents, contents)
def test_nothing_changes_where_the_original_did_not(base, own):
    assert merged(base, base, own, TEXTS) == own


@given(contents, contents)
def test_untouched_translation_becomes_the_original(base, new):
    assert merged(base, new, base, TEXTS, afresh=True) == new


@given(contents, contents, contents)
def test_no_text_of_the_translation_is_lost_that_the_original_still_has(base, new, own):
    found = merged(base, new, own, TEXTS)
    kept = {block["id"]: block["value"] for block in found["body"]}
    there = {block["id"] for block in new["body"]} | ({b["id"] for b in own["body"]} - {b["id"] for b in base["body"]})

    assert all(kept[block["id"]] == block["value"] for block in own["body"] if block["id"] in there and block["value"])
    assert len(kept) == len(found["body"])
