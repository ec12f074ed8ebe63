"""The conversion of posts' HTML."""

import pytest

from portal.moving.converting.bodies import convert_body
from portal.moving.converting.converted import POSTER, Media
from tests.moving.converting.reading import OLD, blocks, kinds, notes, only


def test_paragraphs_and_lists_in_a_row_are_one_block():
    text = "<p>Un <strong>mot</strong>.</p><ul><li>a<ol><li>b</li></ol></li></ul>"

    assert only(text) == "<p>Un <b>mot</b>.</p><ul><li>a<ol><li>b</li></ol></li></ul>"


def test_unknown_tags_are_removed_and_their_content_stays():
    assert only('<div class="x"><span style="color:red">Un</span> <u>mot</u></div>') == "<p>Un mot</p>"


def test_scripts_and_event_handlers_are_removed():
    assert only('<p onclick="x()">Un<script>alert(1)</script><style>p{}</style></p>') == "<p>Un</p>"


@pytest.mark.parametrize(
    ("href", "result"),
    [
        ("https://a.example/x?utm_source=n&b=1&fbclid=z", "https://a.example/x?b=1"),
        ("https://a.example/?a=%C3%A9&b", "https://a.example/?a=%C3%A9&amp;b"),
        ("/contact/", f"{OLD}/contact/"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("tel:+33300000000", "tel:+33300000000"),
    ],
)
def test_links_are_complete_and_without_tracking(href, result):
    assert only(f'<p><a href="{href}">x</a></p>') == f'<p><a href="{result}">x</a></p>'


@pytest.mark.parametrize("href", ["javascript:alert(1)", "#ancre", "data:text/html,x", "http://", "vbscript:x"])
def test_link_that_leads_nowhere_is_text(href):
    assert only(f'<p><a href="{href}">x</a></p>') == "<p>x</p>"


def test_two_heading_levels_remain_two():
    text = "<h1>A</h1><h2>B</h2><h3>C</h3><h5>D</h5>"

    assert [value["level"] for _kind, value in blocks(text)] == ["h2", "h2", "h3", "h3"]


def test_headings_that_begin_at_a_low_level_open_a_part():
    assert [value["level"] for _kind, value in blocks("<h4>A</h4><h5>B</h5>")] == ["h2", "h3"]


def test_heading_that_is_a_sentence_is_a_paragraph():
    assert only(f"<h2>{'mot ' * 50}</h2>").startswith("<p><b>mot mot")


def test_long_quote_is_paragraphs_with_their_links():
    text = f'<blockquote><p>{"Un mot " * 90}</p><p>Voir <a href="https://a.example/">ici</a></p><cite>Anna</cite></blockquote>'

    found = only(text)

    assert found.startswith("<p><i>Un mot ")
    assert found.endswith('</i></p><p><i>Voir <a href="https://a.example/">ici</a></i></p><p>Anna</p>')


def test_quote_has_its_source_and_no_marks():
    text = "<blockquote><p>« Nous avons appris. »</p><cite>Anna Weiß, cheffe</cite></blockquote>"

    assert only(text) == {"text": "Nous avons appris.", "source": "Anna Weiß, cheffe", "role": ""}


SOURCE = '<cite>— Anna{}, <a href="https://a.example/">son livre</a></cite>'
LINKED = 'Anna{}, <a href="https://a.example/">son livre</a>'


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"<blockquote><p>{'Un mot ' * 90}</p>{SOURCE.format('')}</blockquote>", f"</p><p>{LINKED.format('')}</p>"),
        (f"<ul><li><blockquote>Un mot{SOURCE.format('')}</blockquote></li></ul>", f"Un mot<br/>{LINKED.format('')}"),
        (
            f"<blockquote>Un mot{SOURCE.format(' la cheffe' * 20)}</blockquote>",
            f"<p>{LINKED.format(' la cheffe' * 20)}</p>",
        ),
    ],
    ids=["long quote", "in a list", "long source"],
)
def test_link_in_the_source_of_a_quote_is_in_a_paragraph(text, kept):
    assert kept in blocks(text)[-1][1]


def test_link_in_the_source_that_the_quote_cannot_hold_is_reported():
    text = f"<blockquote><p>Un mot</p>{SOURCE.format('')}</blockquote>"

    assert only(text) == {"text": "Un mot", "source": "Anna, son livre", "role": ""}
    assert notes(text) == [("link lost", "son livre: https://a.example/")]


def test_quote_within_a_quote_keeps_its_marks():
    assert only("<blockquote>« Oui », dit-il, « non »</blockquote>")["text"] == "« Oui », dit-il, « non »"


def test_table_has_its_headings_and_spans():
    text = (
        "<figure><table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td rowspan='2'>1</td><td>2</td></tr>"
        "<tr><td>3</td></tr></tbody></table><figcaption>Surfaces</figcaption></figure>"
    )

    found = only(text)

    assert found["caption"] == "Surfaces"
    assert [column["heading"] for column in found["table"]["columns"]] == ["A", "B"]
    assert [row["values"] for row in found["table"]["rows"]] == [["1", "2"], ["", "3"]]


def test_long_table_becomes_several():
    rows = "".join(f"<tr><td>a{number}</td><td>b</td></tr>" for number in range(4500))

    found = [value["table"] for _kind, value in blocks(f"<table><tr><th>A</th><th>B</th></tr>{rows}</table>")]

    assert [len(table["rows"]) for table in found] == [2000, 2000, 500]
    assert {table["columns"][0]["heading"] for table in found} == {"A"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "<math><mi>x</mi><mo>=</mo><mn>2</mn><annotation encoding='application/x-tex'>x=2</annotation></math>",
            "x = 2",
        ),
        ("<svg><title>Logo</title><text x='1'>Loyers</text><path d='M0 0'/></svg>", "Loyers"),
    ],
)
def test_words_of_a_formula_or_a_drawing_are_a_passage(text, words):
    assert only(f"{text}")["words"] == words


def test_icon_is_not_a_passage():
    assert only("<p>Un <svg><title>Logo</title><path d='M0 0'/></svg>mot</p>") == "<p>Un mot</p>"


def test_half_of_a_character_is_left_out():
    assert only("<p>Un \ud83d mot</p>") == "<p>Un mot</p>"


def test_table_without_a_caption_takes_its_heading_as_caption_with_a_note():
    text = "<h2>Loyers</h2><table><tr><td>a</td><td>b</td></tr></table>"

    assert blocks(text)[1][1]["caption"] == "Loyers"
    assert ("caption missing", "Loyers") in notes(text)


def test_table_for_layout_is_unwrapped():
    text = "<table><tr><td><h3>Titre</h3><p>Texte</p></td><td><p>Autre</p></td></tr></table>"

    assert kinds(text) == ["heading", "paragraph"]


def test_picture_keeps_its_place():
    text = '<p>Avant <img class="wp-image-9" src="/a.jpg" alt="Un hall"> après</p>'

    assert kinds(text) == ["paragraph", "figure", "paragraph"]
    assert blocks(text)[1][1]["image"] == Media(f"{OLD}/a.jpg", 9)
    assert blocks(text)[1][1]["alt"] == "Un hall"


def test_long_caption_becomes_a_paragraph():
    text = f'<figure><img src="/a.jpg"><figcaption>{"mot " * 200}</figcaption></figure>'

    assert kinds(text) == ["figure", "paragraph"]


def test_smileys_and_tracking_pixels_are_not_pictures():
    assert kinds(
        '<p>Un <img class="wp-smiley" src="/s.gif"> <img src="https://t.example/p.gif" width="1" height="1"></p>'
    ) == ["paragraph"]


def test_gallery_of_one_picture_is_a_picture():
    assert kinds('<figure class="wp-block-gallery"><figure><img src="/a.jpg"></figure></figure>') == ["figure"]


def test_gallery_has_the_captions_of_its_pictures():
    text = (
        '<figure class="wp-block-gallery"><figure><img src="/a.jpg"><figcaption>Un</figcaption></figure>'
        '<figure><img src="/b.jpg"></figure><figcaption>Ensemble</figcaption></figure>'
    )

    found = blocks(text)

    assert [image["caption"] for image in found[0][1]["images"]] == ["Un", ""]
    assert found[1] == ("paragraph", "<p>Ensemble</p>")


def test_lines_of_a_poem_stay_in_one_paragraph_with_their_indentation():
    poem = '<pre class="wp-block-verse">Sous le pont coule<br>  la Moselle<br><br>et nos heures</pre>'

    assert only(poem) == "<p>Sous le pont coule<br/>\u00a0\u00a0la Moselle</p><p>et nos heures</p>"


def test_film_of_the_media_library_is_a_file_with_its_caption():
    film = f'<figure><video src="{OLD}/wp-content/uploads/fete.mp4"></video><figcaption>La fête</figcaption></figure>'

    assert blocks(film) == [
        ("recording", {"document": Media(f"{OLD}/wp-content/uploads/fete.mp4", 0), "title": ""}),
        ("paragraph", "<p>La fête</p>"),
    ]
    assert ("player", f"{OLD}/wp-content/uploads/fete.mp4") in notes(film)


def test_video_has_the_picture_of_the_story_as_poster():
    found = only('<iframe src="https://www.youtube.com/embed/abcdefghijk?rel=0"></iframe>')

    assert (found["url"], found["image"]) == ("https://www.youtube.com/watch?v=abcdefghijk", POSTER)


@pytest.mark.parametrize(
    ("player", "page"),
    [
        ("http://www.youtube.com/v/abcdefghijk&amp;hl=fr", "https://www.youtube.com/watch?v=abcdefghijk"),
        ("https://www.youtube.com/embed/videoseries?list=PL12", "https://www.youtube.com/playlist?list=PL12"),
        ("http://vimeo.com/moogaloop.swf?server=x&amp;clip_id=123", "https://vimeo.com/123"),
        ("http://www.dailymotion.com/swf/x4b65o&amp;v3=1", "https://www.dailymotion.com/video/x4b65o"),
        ("https://www.dailymotion.com/embed/video/x4b65o", "https://www.dailymotion.com/video/x4b65o"),
        ("https://videopress.com/embed/AbCd1234?hd=1", "https://videopress.com/v/AbCd1234"),
    ],
)
def test_player_leads_to_the_page_of_its_video(player, page):
    assert only(f'<embed src="{player}"></embed>')["url"] == page


def test_player_within_a_player_is_shown_once():
    address = "http://www.youtube.com/v/abcdefghijk"

    assert kinds(f'<object data="{address}"><embed src="{address}"></embed></object>') == ["video"]


def test_other_embedded_page_is_a_link_with_a_note():
    text = '<iframe src="https://www.google.com/maps/embed?x"></iframe>'

    assert only(text) == '<p><a href="https://www.google.com/maps/embed?x">google.com</a></p>'
    assert notes(text) == [("embedded page", "https://www.google.com/maps/embed?x")]


def test_form_is_a_passage_with_its_words():
    assert only("<form><label>Nom <input></label><button>Envoyer</button></form>") == {
        "what": "form",
        "words": "Nom Envoyer",
    }


def test_details_in_a_row_are_one_accordion():
    text = "<details><summary>A ?</summary><p>a</p></details><details><summary>B ?</summary><p>b</p></details>"

    assert [item["question"] for item in only(text)["items"]] == ["A ?", "B ?"]


def test_button_is_a_button():
    text = '<p><a class="wp-block-button__link" href="https://a.example/">Postuler</a></p>'

    assert blocks(text) == [("button", {"label": "Postuler", "page": None, "url": "https://a.example/"})]


def test_word_ends_at_a_button_in_a_list():
    text = '<ul><li><a class="btn" href="https://a.example/">un</a>deux</li></ul>'

    assert only(text) == '<ul><li><a href="https://a.example/">un</a> deux</li></ul>'


def test_words_are_counted_before_and_after():
    found = convert_body("<h2>Un titre</h2>\n\nTrois mots ici")

    assert (found.words_before, found.words_after) == (5, 5)


def test_deeply_nested_html_is_converted():
    assert only("<div>" * 3000 + "fond" + "</div>" * 3000) == "<p>fond</p>"


def test_words_of_a_list_beside_its_items_stay_together():
    assert only("<ul>mot<span>mot</span><li>deux</li></ul>") == "<ul><li>motmot</li><li>deux</li></ul>"


@pytest.mark.parametrize(
    ("titles", "shown"),
    [
        (("", ""), ["YouTube 1", "YouTube 2"]),
        (("Le hall", ""), ["Le hall", "YouTube"]),
        (("YouTube video player", "YouTube-Videoplayer"), ["YouTube 1", "YouTube 2"]),
    ],
)
def test_videos_are_named_by_their_title_or_host_and_not_by_a_heading(titles, shown):
    frames = [
        f'<iframe title="{title}" src="https://www.youtube.com/embed/abcdefghij{n}"></iframe>'
        for n, title in enumerate(titles)
    ]

    videos = [
        value["title"]
        for kind, value in blocks(f"<h3>Mardi</h3><p>Un</p>{'<p>Deux</p>'.join(frames)}")
        if kind == "video"
    ]

    assert videos == shown
