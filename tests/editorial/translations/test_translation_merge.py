"""Three-way merge of two versions of the original and a translation."""

from hypothesis import given, strategies as st

from portal.editorial.translations.merging import merge_translation

text = st.text("ab", max_size=3)
blocks = st.lists(st.tuples(st.sampled_from("klmno"), text), unique_by=lambda each: each[0], max_size=5).map(
    lambda pairs: [{"id": key, "type": "paragraph", "value": value} for key, value in pairs]
)
contents = st.fixed_dictionaries({"title": text, "body": blocks})
TEXTS = {"title", *(f"body.{key}" for key in "klmno")}


def test_text_of_a_block_is_distinguished_from_its_other_values():
    def quote(text_value, image):
        return {"body": [{"id": "k", "type": "quote", "value": {"text": text_value, "image": image}}]}

    found = merge_translation(quote("un", 1), quote("deux", 2), quote("eins", 1), {"body.k.text"})

    assert found == quote("eins", 2)


@given(contents, contents)
def test_translation_stays_if_the_original_did_not_change(base, own):
    assert merge_translation(base, base, own, TEXTS) == own


@given(contents, contents)
def test_untouched_translation_becomes_the_original(base, new):
    assert merge_translation(base, new, base, TEXTS, replace_texts=True) == new


@given(contents, contents, contents)
def test_translation_keeps_every_text_that_the_original_still_has(base, new, own):
    found = merge_translation(base, new, own, TEXTS)
    stored = {block["id"]: block["value"] for block in found["body"]}
    there = {block["id"] for block in new["body"]} | ({b["id"] for b in own["body"]} - {b["id"] for b in base["body"]})

    assert all(
        stored[block["id"]] == block["value"] for block in own["body"] if block["id"] in there and block["value"]
    )
    assert len(stored) == len(found["body"])
