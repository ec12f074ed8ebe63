"""Code is imported unchanged, and readers see it unchanged."""

from html import escape

import pytest
from bs4 import BeautifulSoup

from portal.content.feeds.prose import plain_html
from tests.builders import make_article
from tests.moving.converting.reading import kinds, notes, only

# Text that typesetting, shortcodes and embedded pages would change.
LINES = '  if x["un_deux"] == \'a\':\n\tprint("oui ?")  # [my_box i=1]\n\nhttps://vimeo.com/12345678\n5 % 3 ; z. B.'
LINE = """a["x_y"]  = 'b' ; 5 %"""
ESCAPED = LINES.replace('"', "&quot;")


@pytest.mark.parametrize(
    "text",
    [
        f"<!-- wp:code --><pre class='wp-block-code'><code>{ESCAPED}\n</code></pre><!-- /wp:code -->",
        f"<!-- wp:group --><div><!-- wp:code --><pre><code>{ESCAPED}</code></pre><!-- /wp:code --></div><!-- /wp:group -->",
        f"<!-- wp:html --><pre>\n{LINES}\n</pre><!-- /wp:html -->",
        f"<pre>\n{LINES}\n</pre>",
        f"[code]\n{LINES}\n[/code]",
    ],
)
def test_lines_of_code_are_a_block_with_the_same_bytes(text):
    assert only(text) == LINES


def test_code_in_a_sentence_keeps_its_quotes_brackets_and_spaces():
    assert only("""<p>Écrire <code>a["x_y"]  = 'b' [i_j]</code>.</p>""") == (
        """<p>Écrire <code>a["x_y"]  = 'b' [i_j]</code>.</p>"""
    )


def test_lines_of_code_in_a_list_stay_in_their_item():
    text = "<ol><li>Faire :<pre>un\n  deux</pre></li><li>Fin</li></ol>"

    assert only(text) == "<ol><li>Faire :<br/><code>un<br/>  deux</code></li><li>Fin</li></ol>"


def test_shortcode_outside_code_still_works():
    assert kinds('<code>[gallery ids="1,2"]</code>\n\n[gallery ids="1,2"]') == ["paragraph", "gallery"]


def test_picture_in_code_is_not_lost():
    assert kinds('<pre>un <img src="/a.jpg" alt="x"></pre>') == ["code", "figure"]


def test_link_in_code_is_in_the_report():
    assert ("link lost", "ici: https://a.example/") in notes('<pre>Voir <a href="https://a.example/">ici</a></pre>')


@pytest.mark.parametrize(
    "text", ["<table><tr><td><code>'a'</code></td><td>b</td></tr></table>", "<h2><code>'a'</code></h2>"]
)
def test_code_in_a_plain_text_field_is_in_the_report(text):
    assert ("code", "'a'") in notes(text)


@pytest.mark.parametrize("part", ["<pre>", "<code>", "<code>[a_b]", "<pre>x</pre>"])
def test_much_code_is_converted_fast(part):
    assert kinds(part * (40_000 // len(part)) + "fin")


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["code", "paragraph"])
def test_readers_see_code_as_it_was_written(lorraine, kind):
    value = only(f"<pre>{LINES}</pre>") if kind == "code" else only(f"<p>« Un » <code>{LINE}</code></p>")
    article = make_article(lorraine.section, body=[{"type": kind, "value": value}])

    page = lorraine.reader().get(lorraine.address(article)).content.decode()

    shown = BeautifulSoup(page, "html.parser").select_one(".prose code")
    assert shown.get_text() == (LINES if kind == "code" else LINE)


def test_feeds_have_code_as_it_was_written():
    html = f'<p>Un</p>\n\n<pre class="code" dir="ltr"><code>{escape(LINES)}</code></pre>\n\n<p>Deux</p>'

    text = BeautifulSoup(plain_html(html, "https://a.example/"), "html.parser")

    assert text.pre.get_text() == LINES
