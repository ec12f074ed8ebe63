"""Feeds, article spreadsheets and Ghost exports use the same interface as WordPress exports."""

import gzip
import json
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Locale

from portal.content.records.removed_addresses import RemovedAddress
from portal.moving.running import Options, look_at, run
from portal.moving.sources import feeds, spool
from portal.moving.sources.opening import records_of
from portal.moving.sources.spool import write_records
from portal.moving.wordpress.records import Author, Channel, ExportError, Item, Record, Term
from tests.essentials import picture
from tests.moving.conftest import page_of
from tests.moving.exports import export, item

pytestmark = pytest.mark.usefixtures("english")
OLD = "https://ancien.example"
RSS = f"""<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Ancien</title><link>{OLD}</link>
<item><title>Un atelier</title><link>{OLD}/un-atelier.html</link><guid>g1</guid>
<pubDate>Fri, 17 May 2024 09:30:00 +0200</pubDate><dc:creator>Anna</dc:creator><category>Économie</category>
<description>En bref.</description><content:encoded>&lt;p&gt;Le &lt;b&gt;texte&lt;/b&gt;.&lt;/p&gt;</content:encoded>
<enclosure url="{OLD}/hall.jpg" type="image/jpeg" length="1"/></item></channel></rss>"""
ATOM = f"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Ancien</title>
<link rel="self" href="{OLD}/atom.xml"/><link href="{OLD}/"/>
<entry><title>Un atelier</title><link href="{OLD}/un-atelier.html"/><id>g1</id><published>2024-05-17T09:30:00+02:00</published>
<author><name>Anna</name></author><category term="Économie"/><summary>En bref.</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Le <b>texte</b>.</p></div></content></entry></feed>"""
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Ancien",
    "home_page_url": OLD,
    "items": [
        {
            "id": "g1",
            "url": f"{OLD}/un-atelier.html",
            "title": "Un atelier",
            "content_html": "<p>Le <b>texte</b>.</p>",
            "summary": "En bref.",
            "date_published": "2024-05-17T09:30:00+02:00",
            "authors": [{"name": "Anna"}],
            "tags": ["Économie"],
        }
    ],
}
GHOST = {
    "db": [
        {
            "data": {
                "settings": [{"key": "title", "value": "Ancien"}],
                "posts": [
                    {
                        "id": "p1",
                        "uuid": "g1",
                        "title": "Un atelier",
                        "slug": "un-atelier",
                        "html": "<p>Le <b>texte</b>, <a href='__GHOST_URL__/deux/'>ici</a>.</p>",
                        "custom_excerpt": "En bref.",
                        "status": "published",
                        "visibility": "public",
                        "published_at": "2024-05-17T07:30:00.000Z",
                        "feature_image": "__GHOST_URL__/content/images/hall.jpg",
                    },
                    {
                        "id": "p2",
                        "title": "Membres",
                        "slug": "m",
                        "html": "x",
                        "status": "published",
                        "visibility": "paid",
                    },
                ],
                "tags": [{"id": "t1", "name": "Économie"}, {"id": "t2", "name": "#interne"}],
                "posts_tags": [{"post_id": "p1", "tag_id": "t2"}, {"post_id": "p1", "tag_id": "t1"}],
                "users": [{"id": "u1", "name": "Anna"}],
                "posts_authors": [{"post_id": "p1", "author_id": "u1"}],
            }
        }
    ]
}
CSV = "Titre;Texte;Chapô;Date;Auteur;Rubrique;Image;Adresse\n"
LINE = f"Un atelier;Le texte.;En bref.;17/05/2024;Anna;Économie;hall.png;{OLD}/un-atelier.html\n"


def read(path: Path, content: str | bytes, address: str = "") -> list[Record]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(records_of(path, address)())


def only[R](records: list[Record], kind: type[R]) -> list[R]:
    return [each for each in records if isinstance(each, kind)]


def articles(records: list[Record]) -> list[Item]:
    return [each for each in only(records, Item) if each.kind != "attachment"]


@pytest.mark.parametrize("content", [RSS, ATOM, json.dumps(JSON_FEED)], ids=["rss", "atom", "json"])
def test_article_of_a_feed(tmp_path, content):
    records = read(tmp_path / "archive.xml", content)
    (article,) = articles(records)

    assert only(records, Channel)[0].address == OLD
    assert (article.title, article.excerpt, article.link) == ("Un atelier", "En bref.", f"{OLD}/un-atelier.html")
    assert "".join(article.content.split()) in ("<p>Le<b>texte</b>.</p>", "<div><p>Le<b>texte</b>.</p></div>")
    assert article.date_gmt.isoformat() == "2024-05-17T07:30:00+00:00"
    assert [author.name for author in only(records, Author)] == ["Anna"]
    assert [term.name for term in only(records, Term)] == ["Économie"]


def test_picture_in_a_feed_becomes_the_articles_picture(tmp_path):
    records = read(tmp_path / "archive.xml", RSS)
    (image,) = [each for each in only(records, Item) if each.kind == "attachment"]

    assert image.file_address == f"{OLD}/hall.jpg"
    assert articles(records)[0].value("_thumbnail_id") == str(image.wp_id)


def test_export_of_ghost(tmp_path):
    records = read(tmp_path / "ghost.json", json.dumps(GHOST), OLD)
    first, second = articles(records)

    assert (first.title, first.excerpt, first.link) == ("Un atelier", "En bref.", f"{OLD}/un-atelier/")
    assert f"{OLD}/deux/" in first.content
    assert [term.name for term in only(records, Term)] == ["Économie"]
    assert (first.status, second.status) == ("publish", "private")


def test_nul_and_half_an_emoji_are_left_out(tmp_path):
    content = json.dumps(GHOST).replace("Un atelier", "Un\\u0000 ate\\ud83dlier")

    assert articles(read(tmp_path / "ghost.json", content, OLD))[0].title == "Un atelier"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_spreadsheet_as_csv(tmp_path, encoding):
    records = read(tmp_path / "articles.csv", (CSV + LINE).encode(encoding))
    (article,) = articles(records)

    assert (article.title, article.content, article.excerpt) == ("Un atelier", "Le texte.", "En bref.")
    assert article.date == datetime(2024, 5, 17)
    assert only(records, Channel)[0].address == OLD
    assert [term.name for term in only(records, Term)] == ["Économie"]


def test_spreadsheet_as_xlsx(tmp_path):
    book, file = Workbook(), BytesIO()
    for row in (["Title", "Text", "Date", "Status"], ["One", "Words", datetime(2024, 5, 17), "draft"], [None, None]):
        book.active.append(row)
    book.save(file)

    (article,) = articles(read(tmp_path / "articles.xlsx", file.getvalue()))

    assert (article.title, article.content, article.date) == ("One", "Words", datetime(2024, 5, 17))
    assert article.status == "draft"


def test_article_stays_the_same_when_its_title_changes(tmp_path):
    before = articles(read(tmp_path / "archive.xml", RSS))[0]

    after = articles(read(tmp_path / "archive.xml", RSS.replace("Un atelier", "Un autre titre")))[0]

    assert (after.wp_id, after.title) == (before.wp_id, "Un autre titre")


BAD: list[tuple[str, Any, str]] = [
    ("a.csv", "Nom;Prénom\nAnna;Weiß\n", "names no columns"),
    ("a.csv", CSV, "no lines"),
    ("a.csv", CSV + LINE.replace("17/05/2024", "bientôt"), "line 2: “bientôt” is no date"),
    ("a.json", '{"a": 1}', "no export of Ghost"),
    ("a.json", '{"db": [', "line 1: it is no valid JSON"),
    ("a.json", '{"version": "https://jsonfeed.org/version/1"}', "no list of items"),
    ("a.xml", RSS.replace("</item>", ""), "no valid XML"),
    ("a.xml", '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "b">]><rss>&a;</rss>', "cannot be read"),
    ("a.xml", gzip.compress(b"no export"), "valid XML"),
    ("a.xml", "", "empty"),
    ("a.xml", b"PK\x03\x04", "zip"),
    ("a.html", "<html><body>404</body></html>", "begins with <html>"),
]


@pytest.mark.parametrize(("name", "content", "reason"), BAD, ids=[reason for _name, _content, reason in BAD])
def test_file_that_cannot_be_read_is_refused_with_its_reason(tmp_path, name, content, reason):
    with pytest.raises(ExportError) as refused:
        read(tmp_path / name, content)

    assert reason in str(refused.value)


def test_export_of_wordpress_is_recognised(tmp_path):
    assert [each.title for each in articles(read(tmp_path / "any.name", export(item("Un", "x"))))] == ["Un"]


def test_spreadsheet_with_a_folder_of_pictures_becomes_pages(tmp_path, lorraine, saar, media, newsroom):
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "hall.png").write_bytes(picture())
    (tmp_path / "articles.csv").write_text(CSV + LINE)
    records, locale = records_of(tmp_path / "articles.csv"), Locale.objects.get(language_code="fr")
    survey, mapping = look_at(records, lorraine.site, locale)

    run(records, lorraine.site, locale, survey, mapping, Options(media=str(folder)))

    page = page_of(next(iter(survey.items)))
    assert (page.title, page.standfirst, page.lead_image is not None) == ("Un atelier", "En bref.", True)
    assert [row.person.name for row in page.bylines.all()] == ["Anna"]
    assert list(Redirect.objects.filter(site=lorraine.site).values_list("old_path", flat=True)) == ["/un-atelier.html"]
    # Only WordPress has them.
    assert not RemovedAddress.objects.filter(site=lorraine.site).exists()


def test_upload_of_one_endless_line_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "site.gz"
    with gzip.open(path, "wt") as file:
        file.write('{"record": "channel", "title": "' + "a" * 10_000)
    monkeypatch.setattr(spool, "LONGEST_LINE", 1000)

    with pytest.raises(ExportError, match="longer than 1000 characters"):
        list(records_of(path)())


SPOOLED = [Channel("Ancien", OLD, "fr", "rest", OLD), Item(wp_id=1, title="Un", content='[{"a": "b"}], ' * 1000)]


def spooled(path: Path, more: str = "") -> Path:
    """A file of a running site with one long text, and with this line."""
    write_records(SPOOLED, path)
    with gzip.open(path, "at") as file:
        file.write(more)
    return path


def test_upload_of_countless_values_is_refused(tmp_path, monkeypatch):
    path = spooled(tmp_path / "site.gz", '{"record": "item", "terms": [' + "{}," * 1000 + "{}]}")
    monkeypatch.setattr(spool, "MOST_PARTS", 200)

    with pytest.raises(ExportError, match=r"site\.gz: .* more than 200 parts"):
        list(records_of(path)())


def test_signs_within_a_text_are_not_values(tmp_path, monkeypatch):
    path = spooled(tmp_path / "site.gz")
    monkeypatch.setattr(spool, "MOST_PARTS", 200)

    assert list(records_of(path)()) == SPOOLED


def test_upload_of_endless_lines_is_refused(tmp_path, monkeypatch):
    path = spooled(tmp_path / "site.gz")
    monkeypatch.setattr(spool, "MOST_BYTES", path.stat().st_size)

    with pytest.raises(ExportError, match="unpacked, it is larger than"):
        list(records_of(path)())


@pytest.mark.parametrize("line", ["[" * 100_000, '"record"'], ids=["endless list", "text"])
def test_line_that_is_not_a_record_is_refused_with_its_file_name(tmp_path, line):
    path = spooled(tmp_path / "site.gz", line)

    with pytest.raises(ExportError, match=r"site\.gz: it cannot be read"):
        list(records_of(path)())


def test_nul_in_an_upload_of_records_is_left_out(tmp_path):
    path = spooled(tmp_path / "site.gz", '{"record": "term", "taxonomy": "category", "slug": "a\\u0000b", "name": "A"}')

    assert [term.slug for term in only(list(records_of(path)()), Term)] == ["ab"]


def test_json_of_countless_values_is_refused(tmp_path, monkeypatch):
    content = json.dumps({**JSON_FEED, "items": [{}] * 1000})
    monkeypatch.setattr(feeds, "MOST_PARTS_OF_FILE", 200)

    with pytest.raises(ExportError, match=r"archive\.json: .* more than 200 parts"):
        read(tmp_path / "archive.json", content)


def test_json_of_one_long_text_is_read(tmp_path, monkeypatch):
    long = '<p>"[{}], ' * 1000
    content = json.dumps({**JSON_FEED, "items": [{"id": "g1", "title": "Un", "content_html": long}]})
    monkeypatch.setattr(feeds, "MOST_PARTS_OF_FILE", 200)

    assert [each.content for each in articles(read(tmp_path / "archive.json", content))] == [long]


def test_feed_of_countless_elements_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "feed.xml"
    path.write_text(RSS)
    monkeypatch.setattr(feeds, "MOST_ELEMENTS", 5)

    with pytest.raises(ExportError, match="more than 5 parts"):
        list(records_of(path)())


@pytest.mark.parametrize(("name", "text"), [("feed.xml", RSS), ("articles.csv", CSV + LINE)])
def test_invalid_addresses_do_not_stop_the_reading(tmp_path, name, text):
    (article,) = articles(read(tmp_path / name, text.replace(OLD, "http://[ancien").encode()))

    assert article.title == "Un atelier"
