"""The beginning of a text becomes its lead image and standfirst, and is not repeated in the text."""

import pytest

from tests.essentials import picture
from tests.moving.conftest import page_of, report_lines
from tests.moving.exports import OLD, attachment, item

pytestmark = pytest.mark.usefixtures("newsroom")
HALL = attachment(
    "Hall",
    f"{OLD}/wp-content/uploads/2024/05/hall.png",
    wp_id=50,
    meta={"_wp_attachment_image_alt": "Un hall vide"},
)


@pytest.mark.parametrize("meta", [{"_thumbnail_id": "50"}, {}])
def test_opening_picture_is_the_lead_image_only(bring, meta):
    text = (
        f'<figure><img src="{OLD}/wp-content/uploads/2024/05/hall.png"><figcaption>Vide</figcaption></figure><p>Un</p>'
    )

    bring(HALL, item("Un", text, wp_id=1, meta=meta))

    page = page_of(1)
    assert (page.lead_image.description, page.lead_image_caption) == ("Un hall vide", "Vide")
    assert [block.block_type for block in page.body] == ["paragraph"]


def test_small_opening_picture_stays_in_the_text(bring, uploads):
    (uploads / "2024/05/hall.png").write_bytes(picture(300, 200))

    bring(HALL, item("Un", f'<img src="{OLD}/wp-content/uploads/2024/05/hall.png"><p>Un</p>', wp_id=1))

    page = page_of(1)
    assert page.lead_image is None
    assert [block.block_type for block in page.body] == ["figure", "paragraph"]


@pytest.mark.parametrize(
    ("text", "standfirst", "left"),
    [
        ("<p>Le toit est neuf.</p><p>Il pleut.</p>", "Le toit est neuf.", "<p>Il pleut.</p>"),
        ("<p>Le <b>toit</b> est&nbsp;neuf. Il pleut.</p>", "Le toit est neuf.", "<p>Il pleut.</p>"),
        ("<p>Un toit &amp; un mur.<br>Il pleut.</p>", "Un toit & un mur.", "<p>Il pleut.</p>"),
    ],
)
def test_first_sentences_are_the_standfirst_and_not_shown_twice(bring, text, standfirst, left):
    bring(item("Un", text, wp_id=1))

    page = page_of(1)
    assert (page.standfirst, page.body[0].value.source) == (standfirst, left)


def test_sentence_moves_if_its_link_is_in_the_rest_of_the_text_too(bring):
    link = '<a href="https://a.example/">toit</a>'

    bring(item("Un", f"<p>Le {link} est neuf.</p><p>Voir le {link}.</p>", wp_id=1))

    page = page_of(1)
    assert (page.standfirst, page.body[0].value.source) == ("Le toit est neuf.", f"<p>Voir le {link}.</p>")


@pytest.mark.parametrize(
    "text", ['<p>Le <a href="https://a.example/">toit</a>.</p><p>Il pleut.</p>', "<p>Le toit.</p>"]
)
def test_sentence_that_must_stay_in_the_text_is_on_cards_only(bring, text):
    bring(item("Un", text, wp_id=1))

    page = page_of(1)
    assert (page.standfirst, page.teaser) == ("", "Le toit.")
    assert "Le " in page.body[0].value.source


def test_bold_line_that_opens_the_text_is_not_a_standfirst(bring):
    bring(item("Un", "<p><strong>Le toit</strong></p><p>Il pleut.</p>", wp_id=1))

    page = page_of(1)
    assert (page.standfirst, page.teaser) == ("", "")
    assert page.body[0].value.source == "<p><b>Le toit</b></p><p>Il pleut.</p>"


def test_sentence_that_introduces_what_follows_is_not_a_standfirst(bring):
    bring(item("Un", "<p>Le toit a deux pans&nbsp;:</p><ul><li>le nord</li></ul>", wp_id=1))

    page = page_of(1)
    assert (page.standfirst, page.teaser) == ("", "")
    assert "Le toit a deux pans" in page.body[0].value.source


def test_struck_words_of_an_excerpt_are_in_the_report_only(bring):
    bring(item("Un", "<p>Le texte.</p>", wp_id=1, excerpt="En <s>long</s> bref."))

    assert page_of(1).standfirst == "En bref."
    assert "struck text: long" in report_lines()


def test_excerpt_with_which_the_text_begins_is_not_shown_twice(bring):
    bring(item("Un", "<p>En bref.</p><p>Le texte.</p>", wp_id=1, excerpt="En bref."))

    page = page_of(1)
    assert (page.standfirst, page.body[0].value.source) == ("En bref.", "<p>Le texte.</p>")


@pytest.mark.parametrize("end", ["…", "...", " [&hellip;]", " [...]", "… Lire la suite"])
def test_excerpt_that_is_a_cut_opening_is_not_shown_twice(bring, end):
    text = "<p>L’eau <b>coule</b> sous le toit. Il pleut encore.</p><p>Le texte.</p>"

    bring(item("Un", text, wp_id=1, excerpt=f"L'eau coule sous le toit. Il pl{end}"))

    page = page_of(1)
    assert page.standfirst == "L’eau coule sous le toit. Il pleut encore."
    assert page.body[0].value.source == "<p>Le texte.</p>"


def test_excerpt_that_is_the_whole_text_is_shown_in_the_text_only(bring):
    bring(item("Un", "<p>Le toit est neuf.</p>", wp_id=1, excerpt="Le toit est neuf."))

    page = page_of(1)
    assert (page.standfirst, page.body[0].value.source) == ("", "<p>Le toit est neuf.</p>")


def test_excerpt_with_an_ellipsis_and_words_of_its_own_stays(bring):
    bring(item("Un", "<p>Le toit est neuf.</p>", wp_id=1, excerpt="Un chantier…"))

    assert page_of(1).standfirst == "Un chantier…"


def test_featured_picture_of_a_page_opens_its_text(bring):
    facts = {"_wp_attachment_image_alt": "Un hall vide", "credit": "Anna"}
    hall = attachment("Hall", f"{OLD}/wp-content/uploads/2024/05/hall.png", wp_id=50, meta=facts, excerpt="Vide")

    bring(hall, item("Contact", "<p>Un</p>", "page", wp_id=9, meta={"_thumbnail_id": "50"}))

    figure, text = page_of(9).body
    assert (figure.block_type, text.block_type) == ("figure", "paragraph")
    assert (figure.value["alt"], figure.value["caption"]) == ("Un hall vide", "Vide")


@pytest.mark.parametrize(
    "shown",
    ['<img src="/wp-content/uploads/2024/05/hall.png">', '<!-- wp:image {"id":50} --><img class="wp-image-50" src="">'],
)
def test_featured_picture_that_the_text_of_a_page_shows_is_not_repeated(bring, shown):
    bring(HALL, item("Contact", f"<p>Un</p>{shown}", "page", wp_id=9, meta={"_thumbnail_id": "50"}))

    assert [block.block_type for block in page_of(9).body] == ["paragraph", "figure"]
