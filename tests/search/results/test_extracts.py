"""Extracts: the most relevant sentence within one paragraph, with the name of its document."""

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from search.indexing.reading import lines_of
from search.models import FileText
from search.results.extracts import extract
from search.scope import DOCUMENT, NEXT_PAGE
from tests.builders import make_article, make_document
from tests.newsletter.makers import make_issue, make_newsletter
from tests.search.searching import page_of, titles

pytestmark = pytest.mark.django_db


def shown(text: str, *words: str) -> str:
    found = extract(text, set(words), "fr")
    assert found
    return found.html.replace("<mark>", "").replace("</mark>", "")


def test_extract_begins_and_ends_with_a_sentence():
    text = "Rien de neuf. La fonderie embauche. " + "Le reste ne dit rien de plus à personne. " * 9
    assert shown(text, "fonder").startswith("… La fonderie embauche. Le reste")
    assert shown(text, "fonder").endswith("personne. …")


def test_extract_stays_within_a_paragraph():
    text = "Les chiffres de la fonderie\nLa fonderie coule cent pièces.\nPhoto : Anne Martin"
    assert shown(text, "fonder") == "La fonderie coule cent pièces."


def test_extract_has_the_sentence_with_most_query_words():
    text = "La fonderie est vieille. " + "Rien ici. " * 40 + "La fonderie coule du bronze."
    assert "bronze" in shown(text, "fonder", "bronz")


def test_extract_of_a_document_names_it_and_its_page():
    text = f"Une page.\n{DOCUMENT}Le bilan\nUn\n{NEXT_PAGE}\n{NEXT_PAGE}La fonderie.\n{DOCUMENT}Autre\nfour"
    found = extract(text, {"fonder"}, "fr")
    assert (found.document, found.page) == ("Le bilan", 3)
    other = extract(text, {"four"}, "fr")
    assert (other.document, other.page) == ("Autre", 0)


def test_pages_of_a_pdf_are_separate_paragraphs(tmp_path):
    writer = PdfWriter()
    kind = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    font = DictionaryObject({NameObject(name): NameObject(value) for name, value in kind.items()})
    for words in (b"fonderie", b"", b"scierie"):
        page = writer.add_blank_page(99, 99)
        content = DecodedStreamObject()
        content.set_data(b"BT /F 12 Tf (" + words + b") Tj ET")
        page[NameObject("/Contents")] = content
        fonts = DictionaryObject({NameObject("/F"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    writer.write(tmp_path / "trois.pdf")
    with (tmp_path / "trois.pdf").open("rb") as file:
        assert list(lines_of(file, "pdf")) == ["fonderie", NEXT_PAGE, f"{NEXT_PAGE}scierie"]


def test_result_says_in_which_document_it_was_found(lorraine, reader):
    document = make_document("Le bilan", "bilan.pdf")
    FileText.objects.update_or_create(
        document=document, defaults={"file_hash": document.get_file_hash(), "text": f"Un\n{NEXT_PAGE}La fonderie."}
    )
    block = {"type": "download", "value": {"document": document.pk, "title": ""}}
    make_article(lorraine.section, "Un dossier", body=[block])
    label = page_of(reader, "fonderie").select_one(".result__document").text
    assert "Le bilan" in label
    assert "2" in label


def test_newsletter_issue_ranks_below_its_story(lorraine):
    story = make_article(lorraine.section, "La fonderie rallume son four")
    make_issue(make_newsletter(lorraine), title="La fonderie rallume son four, et la scierie")
    assert titles(lorraine, "fonderie four")[0] == story.title
    assert len(titles(lorraine, "fonderie four")) == 2
