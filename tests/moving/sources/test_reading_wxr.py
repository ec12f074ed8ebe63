"""Parsing WordPress's export format."""

import gzip
import tracemalloc
from io import BytesIO
from zipfile import ZipFile

import pytest

from portal.moving.wordpress import reading
from portal.moving.wordpress.parts import read_export
from portal.moving.wordpress.reading import read_wxr
from portal.moving.wordpress.records import Author, Channel, ExportError, Item, Term
from tests.moving.exports import OLD, a_tag, at, attachment, author, category, export, item, written

pytestmark = pytest.mark.usefixtures("english")


def records(text: str) -> list:
    return list(read_wxr(BytesIO(text.encode())))


def only_item(text: str) -> Item:
    return next(record for record in records(text) if isinstance(record, Item))


def refusal(content: bytes) -> ExportError:
    with pytest.raises(ExportError) as found:
        list(read_wxr(BytesIO(content), "export.xml"))
    return found.value


def test_site_authors_and_terms_come_before_the_items():
    text = export(
        author("anna", "Anna Weiß"), category("eco", "Économie &amp; co", "news"), a_tag("bois", "Bois"), item("Un")
    )

    found = records(text)

    assert found[0] == Channel("Ancien site", OLD, "fr-FR", "1.2", OLD)
    assert isinstance(found[1], Author)
    assert found[1].name == "Anna Weiß"
    assert [(each.taxonomy, each.slug, each.name, each.parent) for each in found if isinstance(each, Term)] == [
        ("category", "eco", "Économie & co", "news"),
        ("post_tag", "bois", "Bois", ""),
    ]


def test_post_has_its_facts():
    text = item("Titre", "<p>Texte</p>", wp_id=7, categories=("eco",), tags=("bois",), sticky=True, password="x")

    found = only_item(export(text))

    assert (found.wp_id, found.kind, found.title, found.content) == (7, "post", "Titre", "<p>Texte</p>")
    assert (found.slugs("category"), found.slugs("post_tag")) == (["eco"], ["bois"])
    assert found.is_sticky
    assert found.password == "x"
    assert found.date_gmt == at("2024-05-17T07:30:00+00:00")
    assert found.date == at("2024-05-17T09:30:00")


def test_draft_without_a_date_has_none():
    found = only_item(export(item("Brouillon", status="draft", gmt="0000-00-00 00:00:00")))

    assert found.date_gmt is None


def test_meta_key_that_occurs_twice_has_both_values():
    found = only_item(export(item("Un", meta={"_EventOrganizerID": ["5", "6"]})))

    assert found.meta["_EventOrganizerID"] == ["5", "6"]
    assert found.value("_EventOrganizerID") == "6"


def test_attachment_has_the_address_of_its_file():
    assert only_item(export(attachment("Photo", f"{OLD}/wp-content/uploads/a.jpg"))).file_address.endswith("/a.jpg")


def test_comments_are_read_without_pingbacks():
    one = (
        "<wp:comment><wp:comment_author>Max</wp:comment_author><wp:comment_content>Bien !</wp:comment_content>"
        "<wp:comment_approved>1</wp:comment_approved><wp:comment_type>{}</wp:comment_type></wp:comment>"
    )
    found = only_item(export(item("Un", more=one.format("comment") + one.format("pingback"))))

    assert [(each.author, each.text, each.is_approved) for each in found.comments] == [("Max", "Bien !", True)]


def test_version_1_1_is_read():
    text = export(item("Un"), version="<wp:wxr_version>1.1</wp:wxr_version>").replace("export/1.2/", "export/1.1/")

    assert only_item(text).title == "Un"


def test_control_characters_are_ignored():
    assert only_item(export(item("Un", "a\x0bb\x00c"))).content == "abc"


def test_several_parts_are_one_export_in_the_order_of_their_numbers(tmp_path):
    for number in (10, 9):
        written(tmp_path, export(item(f"Part {number}")), f"old.{number}.xml")

    found = list(read_export(tmp_path))

    assert [record.title for record in found] == ["Ancien site", "Part 9", "Part 10"]


def test_part_whose_name_has_a_digit_that_is_not_a_number_is_read(tmp_path):
    written(tmp_path, export(item("Un")), "export².xml")

    assert [record.title for record in read_export(tmp_path)] == ["Ancien site", "Un"]


def test_part_of_another_site_is_refused(tmp_path):
    written(tmp_path, export(item("Un")), "a.1.xml")
    written(tmp_path, export(item("Deux"), address="https://autre.example"), "a.2.xml")

    with pytest.raises(ExportError, match=r"a\.2\.xml: it is of https://autre\.example"):
        list(read_export(tmp_path))


def test_gzip_and_zip_are_opened(tmp_path):
    text = export(item("Un")).encode()
    (tmp_path / "a.xml.gz").write_bytes(gzip.compress(text))
    with ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("export/part.001.xml", text)

    for name in ("a.xml.gz", "b.zip"):
        assert [record.title for record in read_export(tmp_path / name)] == ["Ancien site", "Un"]


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"", 1, "the file is empty"),
        (b"hello", 1, "no valid XML"),
        (b"<html><body/></html>", 1, "begins with <html>"),
        (export(item("Un"), version="").encode(), 8, "names no version"),
        (export(version="<wp:wxr_version>9.9</wp:wxr_version>").encode(), 9, "is of version 9.9"),
        (export(item("Un")).replace("</item>", "</itm>").encode(), 14, "no valid XML (mismatched tag)"),
        (export(item("Un")).encode()[:-300], 11, "the file is cut off"),
        (export(item("Un")).replace("<channel>", "<channel>&nbsp;").encode(), 6, "no valid XML (undefined entity"),
        (export(item("Un")).encode("latin-1").replace(b"Ancien", b"\xe9ncien"), 6, "no valid XML (not well-formed"),
    ],
    ids=["empty", "text", "html", "no version", "new version", "mismatch", "cut off", "entity", "encoding"],
)
def test_broken_file_is_refused_with_line_and_reason(content, line, reason):
    found = refusal(content)

    assert (found.line, reason in found.reason) == (line, True), str(found)


@pytest.mark.parametrize(
    "declaration",
    ['<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>', '<!DOCTYPE rss SYSTEM "file:///etc/passwd">'],
)
def test_entities_and_document_types_are_refused(declaration):
    assert "declares" in refusal(export(item("Un")).replace("<rss ", f"{declaration}\n<rss ").encode()).reason


def test_item_whose_parts_together_are_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(reading, "MOST_LETTERS", 100)

    found = refusal(export(item("Un", meta={f"k{n}": "x" * 90 for n in range(4)})).encode())

    assert (found.line, found.reason) == (8, "one item is longer than 300 characters")


def test_gzip_that_is_cut_off_is_refused(tmp_path):
    path = tmp_path / "a.xml.gz"
    path.write_bytes(gzip.compress(export(*(item(f"N {n}") for n in range(300))).encode())[:-900])

    with pytest.raises(ExportError, match="cut off"):
        list(read_export(path))


def test_folder_without_an_export_is_refused(tmp_path):
    with pytest.raises(ExportError, match="no export"):
        list(read_export(tmp_path))


def test_memory_stays_flat(tmp_path):
    post = item("Un", "<p>" + "mot " * 1000 + "</p>")

    def peak(posts: int) -> int:
        path = written(tmp_path, export(*[post] * posts))
        tracemalloc.start()
        for _record in read_export(path):
            pass
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)
    assert peak(1000) < peak(100) + 300_000
