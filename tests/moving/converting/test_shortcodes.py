"""Shortcodes of WordPress, of plugins, and of page builders."""

import pytest

from portal.moving.converting.converted import Media
from portal.moving.converting.shortcodes import SHORTCODES, Shortcode, attributes_of, shortcode
from tests.moving.converting.reading import OLD, blocks, kinds, notes, only


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('id="1" size=large', {"id": "1", "size": "large"}),
        ("ids='1, 2'", {"ids": "1, 2"}),
        ("title=“Bonjour”", {"title": "Bonjour"}),
        ('"https://a.example" nu', {"0": "https://a.example", "1": "nu"}),
        ('A="x&amp;y"', {"a": "x&y"}),
    ],
)
def test_attributes_are_read_as_wordpress_does(text, found):
    assert attributes_of(text) == found


def test_caption_is_a_picture_with_its_caption():
    text = f'[caption id="attachment_55" width="300"]<img src="{OLD}/a-300x200.jpg" alt="Un hall" /> Le hall[/caption]'

    found = only(text)

    assert (found["image"], found["alt"], found["caption"]) == (Media(f"{OLD}/a-300x200.jpg", 55), "Un hall", "Le hall")


def test_gallery_shows_its_pictures_or_those_of_the_post():
    assert [each["image"].wp_id for each in only('[gallery ids="3,1"]')["images"]] == [3, 1]
    assert [each["image"].wp_id for each in only("[gallery]", attached=(8, 9))["images"]] == [8, 9]


@pytest.mark.parametrize(
    "text",
    [
        "[embed]https://vimeo.com/12345678[/embed]",
        "https://vimeo.com/12345678",
        "<p>https://vimeo.com/12345678</p>",
        "[vimeo 12345678]",
        '[vc_video link="https://vimeo.com/12345678"]',
    ],
)
def test_videos_are_found_however_they_are_embedded(text):
    assert only(text)["url"] == "https://vimeo.com/12345678"


def test_players_become_downloads():
    text = '[audio mp3="/a.mp3"][/audio][playlist ids="7,8"]'

    assert [value["document"] for _kind, value in blocks(text)] == [Media(f"{OLD}/a.mp3"), Media("", 7), Media("", 8)]


@pytest.mark.parametrize(
    "text",
    [
        "[audio:https://a.example/b.mp3]",
        "[audio https://a.example/b.mp3|loop=yes]",
        "[dewplayer:https://a.example/b.mp3]",
    ],
)
def test_players_of_older_plugins_become_downloads(text):
    assert only(text)["document"] == Media("https://a.example/b.mp3")


def test_address_in_brackets_with_its_source_is_text():
    assert "[source: https://a.example/b]" in only("Un chiffre [source: https://a.example/b]")


@pytest.mark.parametrize("text", ["[dailymotion x7s94]", "[dailymotion id=x7s94]"])
def test_video_of_dailymotion_is_found_by_its_number(text):
    assert only(text)["url"] == "https://www.dailymotion.com/video/x7s94"


@pytest.mark.parametrize(
    "text", ["[wpvideo 802yP2nw]", "[videopress 802yP2nw w=640]", "Un film [wpvideo 802yP2nw] ici"]
)
def test_video_of_wordpress_com_is_found_by_its_key(text):
    assert [value["url"] for kind, value in blocks(text) if kind == "video"] == ["https://videopress.com/v/802yP2nw"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("<p>Un</p>\n[archiveorg beethoven-1970 width=5]", "[archiveorg] beethoven-1970"),
        ("<p>Un</p>\n<p>[someplayer A4HAcLOLOO68]</p>", "[someplayer]"),
        ("<p>Un</p>\n<p>[my-slider 3]</p>", "[my-slider]"),
        ("<p>Suivez-nous [instagram-feed]</p>", "[instagram-feed]"),
        ("<p>Un [houzzes=https://a.example/b] mot</p>", "[houzzes]"),
    ],
)
def test_shortcode_without_named_values_is_not_shown_raw(text, what):
    assert [value["what"] for kind, value in blocks(text) if kind == "passage"] == [what]


def test_gallery_whose_pictures_are_not_in_the_export_is_a_passage():
    assert only("[gallery]") == {"what": "[gallery]", "words": ""}


@pytest.mark.parametrize("name", ["code", "php", 'sourcecode language="html"'])
@pytest.mark.parametrize("lines", ["<b>\n  [un]\n</b>", "&lt;b&gt;\n  [un]\n&lt;/b&gt;"])
def test_code_of_a_plugin_is_shown_as_it_was_written(name, lines):
    text = f"[{name}]\n{lines}\n[/{name.split()[0]}]"

    assert only(text) == "<b>\n  [un]\n</b>"


def test_name_of_a_language_in_brackets_is_text():
    assert only("Un cours [HTML] pour tous") == "<p>Un cours [HTML] pour tous</p>"


def test_button_of_a_theme_keeps_its_address():
    text = '[wm_button url="https://a.example/x" icon="ok"]Postuler[/wm_button]'

    assert only(text) == {"label": "Postuler", "page": None, "url": "https://a.example/x"}


def test_form_of_a_plugin_is_a_passage():
    assert only('[contact-form-7 id="12" title="Nous écrire"]') == {"what": "[contact-form-7] Nous écrire", "words": ""}


def test_unknown_shortcode_keeps_its_content_and_its_words():
    assert only('[my_box title="Titre"]Un texte[/my_box]') == "<p>Titre</p><p>Un texte</p>"


def test_unknown_shortcode_without_words_is_never_shown_raw():
    for text in ("[tribe_events view='list']", "[sitemap]", "[my-slider id=3]"):
        assert kinds(text) == ["passage"]


@pytest.mark.parametrize(
    "text",
    [
        *("Il dit [sic] oui", "Voir [1]", "Un mot [Anm. d. Red.]", "[…]", "a [b", "[/fin]", "[avril 2023]", "[page 3]"),
        *("GCC [i686-apple-darwin9-gcc-4.0.1] est là.", "Le script [video.js] joue.", "Elle est [peut-être] là."),
        *("Un texte [user-generated content] ici", "Il est [re-elected] ici", "Sur [twitter] aussi", "Si [x = 3 ou 4]"),
        *("Il dit [Ted laughs loudly] oui", "La [Facebook page of the club]", "[Medium rare] ici"),
    ],
)
def test_words_in_brackets_stay(text):
    assert only(text) == f"<p>{text}</p>"


def test_words_between_the_brackets_of_a_service_stay():
    assert only("[medium]Un long texte[/medium]") == "<p>Un long texte</p>"


def test_key_of_a_service_is_a_passage():
    assert only("[gist 8a1b2c]") == {"what": "[gist] 8a1b2c", "words": ""}


def test_words_in_brackets_with_a_link_stay():
    address = "https://a.example/?b=1"

    found = only(f'Merci [et à lui <a href="{address}">{address}</a> aussi]')

    assert found == f'<p>Merci [et à lui <a href="{address}">{address}</a> aussi]</p>'


def test_shortcode_in_the_address_of_a_link_leaves_its_words():
    assert only('<p><a href="[add_to_cart_url id="62"]">Acheter</a> ici</p>') == "<p>Acheter ici</p>"


def test_escaped_shortcode_is_text():
    assert only('Le code [[gallery ids="1"]]') == '<p>Le code [gallery ids="1"]</p>'


def test_app_can_add_a_shortcode(monkeypatch):
    # Unregistered after the test.
    monkeypatch.setitem(SHORTCODES, "agency_number", None)

    @shortcode("agency_number")
    def number(found: Shortcode) -> str:
        return f"<p>{found['of']} 42</p>"

    assert only('[agency_number of="Ateliers"]') == "<p>Ateliers 42</p>"


def test_bakery_is_unwrapped_in_its_order():
    text = (
        '[vc_row el_class="x"][vc_column width="1/2"][vc_custom_heading text="Titre" font_container="tag:h3|x:y"]'
        '[vc_column_text]Un.\n\nDeux.[/vc_column_text][vc_single_image image="33" img_size="full"]'
        '[vc_btn title="Postuler" link="url:https%3A%2F%2Fa.example%2Fb|title:x|target:_blank"][/vc_column]'
        "[vc_column][vc_empty_space][vc_raw_html]JTNDcCUzRUZpbiUzQyUyRnAlM0U=[/vc_raw_html][/vc_column][/vc_row]"
    )

    assert blocks(text) == [
        ("heading", {"text": "Titre", "level": "h2"}),
        ("paragraph", "<p>Un.</p><p>Deux.</p>"),
        (
            "figure",
            {"image": Media("", 33), "alt": "", "decorative": False, "caption": "", "credit": "", "wide": False},
        ),
        ("button", {"label": "Postuler", "page": None, "url": "https://a.example/b"}),
        ("paragraph", "<p>Fin</p>"),
    ]


def test_divi_is_unwrapped_in_its_order():
    text = (
        '[et_pb_section fb_built="1"][et_pb_row][et_pb_column type="4_4"][et_pb_text admin_label="Text"]<h2>A</h2><p>a</p>'
        f'[/et_pb_text][et_pb_image src="{OLD}/a.jpg" alt="Un hall"][/et_pb_image]'
        '[et_pb_blurb title="B" url="https://a.example"]<p>b</p>[/et_pb_blurb]'
        '[et_pb_button button_url="https://a.example" button_text="C" /]'
        '[et_pb_toggle title="D ?"]<p>d</p>[/et_pb_toggle][/et_pb_column][/et_pb_row][/et_pb_section]'
    )

    assert kinds(text) == ["heading", "paragraph", "figure", "heading", "paragraph", "button", "accordion"]


def test_nested_shortcodes_of_one_name_are_closed_correctly():
    assert only("[vc_row_inner][vc_row_inner]a[/vc_row_inner]b[/vc_row_inner]c") == "<p>a</p><p>b</p><p>c</p>"


@pytest.mark.parametrize(
    "text",
    ["[vc_row][vc_column]un[/vc_row]deux[/vc_column]trois[/vc_row]", "un[/my_box] deux[/et_pb_text] trois[/caption]"],
)
def test_stray_closing_shortcode_is_not_shown(text):
    assert "[" not in "".join(value for _kind, value in blocks(text))


def test_deeply_nested_shortcodes_are_not_shown():
    text = "[vc_row][vc_column]" * 40 + "mot" + "[/vc_column][/vc_row]" * 40

    assert only(text) == "<p>mot</p>"


def test_many_open_brackets_are_parsed_fast():
    assert kinds("[a " * 3000) == ["paragraph"]
    assert notes("[my_x a='" * 2000) == []
