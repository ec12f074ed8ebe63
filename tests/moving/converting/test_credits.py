"""A photographer's name in a caption becomes the credit. The page itself adds “©” before it."""

import pytest

from tests.moving.converting.reading import blocks, only


def figure(caption: str) -> str:
    return f'<figure><img src="/a.jpg"><figcaption>{caption}</figcaption></figure>'


@pytest.mark.parametrize(
    ("caption", "text", "credit"),
    [
        ("Le hall. © Photo : Jean Weber", "Le hall.", "Jean Weber"),
        ("Photo: Jean Weber", "", "Jean Weber"),
        ("Le hall (Crédit photo : J. Weber / L’Élan)", "Le hall", "J. Weber / L’Élan"),
        ("Le hall<br>Crédits photos&nbsp;: © Ville de Metz", "Le hall", "Ville de Metz"),
        ("Le hall, en mai. (© Jean Weber)", "Le hall, en mai.", "Jean Weber"),
        ("Le hall – Photo © Jean Weber.", "Le hall", "Jean Weber"),
        ("Der Hafen, Foto: privat", "Der Hafen", "privat"),
        ("Der Hafen | Bild: Stadt Trier", "Der Hafen", "Stadt Trier"),
        ("Der Hafen [Bildnachweis: Stadt Trier]", "Der Hafen", "Stadt Trier"),
        ("The hall. Photo credit: Jean Weber", "The hall.", "Jean Weber"),
        ("La photo : un art. Photo : Jean Weber", "La photo : un art.", "Jean Weber"),
    ],
)
def test_name_in_a_caption_is_the_credit(caption, text, credit):
    found = only(figure(caption))

    assert (found["caption"], found["credit"]) == (text, credit)


@pytest.mark.parametrize(
    "caption",
    ["Photo : le hall en mai", "Photo : Jean Weber. Le hall en mai.", "La photo, un art", "Bild 3: Der Hafen"],
)
def test_words_about_the_picture_are_not_a_credit(caption):
    found = only(figure(caption))

    assert (found["caption"], found["credit"]) == (caption, "")


def test_credit_of_a_gallery_applies_to_its_pictures_without_one():
    text = f'<figure class="wp-block-gallery">{figure("Un. Photo : Anna Roth")}{figure("Deux")}<figcaption>Photos : Jean Weber</figcaption></figure>'

    found = only(text)["images"]

    assert [(each["caption"], each["credit"]) for each in found] == [("Un.", "Anna Roth"), ("Deux", "Jean Weber")]


def test_no_word_is_out_of_place_for_the_label_of_a_credit():
    assert [kind for kind, _value in blocks(figure("Crédit photo : Jean Weber"))] == ["figure"]
