"""A WXR file reads back as it was written, with any input in titles and texts."""

from datetime import UTC, datetime
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, strategies

from portal.moving.wordpress.reading import read_wxr
from portal.moving.wordpress.records import Author, Channel, Item, Term
from portal.moving.wordpress.writing import END, wxr_author, wxr_beginning, wxr_item, wxr_term

SITE = Channel("Lorraine & Saar", "https://news.example", "fr", "1.2", "https://news.example")
NOW = datetime(2031, 5, 17, 7, 30, tzinfo=UTC)


def written(*parts: str) -> bytes:
    return (wxr_beginning(SITE, NOW) + "".join(parts) + END).encode()


def read(*parts: str):
    return list(read_wxr(BytesIO(written(*parts))))


def test_site_authors_and_terms_are_read_as_they_were():
    author, section = Author("anna", "Anna <Weiß>", "", 3), Term("category", "eco", "Économie & co.", "", 4)
    tag, language = Term("post_tag", "bois", "Bois", "", 5), Term("language", "fr", "fr", "", 6)

    records = read(wxr_author(author), *map(wxr_term, (section, tag, language)))

    assert records == [SITE, author, section, tag, language]


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Un ]]> deux", "Un ]]> deux"),
        ("Un\x00 \x0bdeux\x1f \ufffe", "Un deux"),
        ("<b>Gras</b> & “cité”", "<b>Gras</b> & “cité”"),
        ("🚲 à Metz", "🚲 à Metz"),
    ],
)
def test_title_with_difficult_letters_is_readable_xml(title, shown):
    *_site, item = read(wxr_item(Item(wp_id=1, kind="post", title=title), {}))

    assert item.title == shown


def test_end_of_cdata_in_a_text_is_escaped():
    text = "<p>if (a[b[0]]>1) ]]]]> x</p>"

    *_site, item = read(wxr_item(Item(wp_id=1, kind="post", content=text, excerpt="]]>"), {}))

    assert (item.content, item.excerpt) == (text, "]]>")


def test_slug_with_percent_signs_is_read_as_it_was():
    *_site, item = read(wxr_item(Item(wp_id=1, kind="post", slug="50%25-de-gaz%e2%82%ac"), {}))

    assert item.slug == "50%25-de-gaz%e2%82%ac"


TEXT = strategies.text(strategies.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=60)


@given(content=TEXT, excerpt=TEXT, value=TEXT)
def test_any_text_is_readable_xml(content, excerpt, value):
    item = Item(wp_id=1, kind="post", content=content, excerpt=excerpt, meta={"_note": [value]})

    ET.fromstring(written(wxr_item(item, {})))
    *_site, again = read(wxr_item(item, {}))

    visible = content.translate(dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF]))
    assert again.content == visible
