"""What readers do not see on a dossier's page is nowhere else, and no entry is there twice."""

from typing import Any

from bs4 import BeautifulSoup
from wagtail.models import Page

from tests.builders import SampleSite, change, make_article, make_document, make_draft, make_event, make_gated_document
from tests.home.dossiers.making import ReadPage, chapter, document_entry, link_to, make_dossier


def chapters_in_api(ground: SampleSite, page: Page) -> Any:
    return ground.reader().get(f"/api/v2/pages/{page.pk}/?fields=chapters").json()["chapters"]


def hidden(ground: SampleSite, other: SampleSite) -> list[Any]:
    """Entries that readers of the site do not see."""
    return [
        make_draft(make_article(ground.section, "Brouillon")),
        make_article(other.sections["fr"], "Voisin"),
        document_entry(make_gated_document(ground), "Sur demande"),
    ]


def test_api_has_the_entries_that_readers_see(lorraine):
    entries = [make_article(lorraine.section, "La scierie"), make_event(lorraine.calendar, "La visite")]
    others = [document_entry(make_document("Le guide")), link_to("Le plan")]
    dossier = make_dossier(lorraine.section, "Friches", chapter("Un", *entries, *others))

    (found,) = chapters_in_api(lorraine, dossier)

    assert [(each["type"], each["title"]) for each in found["entries"]] == [
        ("story", "La scierie"),
        ("event", "La visite"),
        ("document", "Le guide"),
        ("link", "Le plan"),
    ]


def test_api_says_nothing_of_hidden_entries_and_their_chapter(lorraine, saar):
    dossier = make_dossier(
        lorraine.section, "Friches", chapter("Fermeture", *hidden(lorraine, saar)), chapter("Ouvert", link_to())
    )

    assert [each["title"] for each in chapters_in_api(lorraine, dossier)] == ["Ouvert"]


def test_search_does_not_find_the_words_of_a_hidden_chapter(lorraine, saar):
    secret = chapter("Fermeture", *hidden(lorraine, saar), introduction="Le carreau cesse.")
    make_dossier(lorraine.section, "Friches", secret, chapter("Ouvert", link_to("Le plan")))

    def found(words: str) -> str:
        return lorraine.reader().get(f"/fr/recherche/?q={words}").content.decode()

    assert "Friches" in found("plan")
    assert "card__title" not in found("fermeture")
    assert "card__title" not in found("carreau")


def test_dossier_does_not_contain_itself(lorraine):
    dossier = make_dossier(lorraine.section, "Friches", chapter("Un", link_to()))
    change(dossier, chapters=[chapter("Un", dossier, link_to("Le plan"))])

    assert ReadPage(lorraine, dossier).entries == ["Le plan"]
    assert ReadPage(lorraine, dossier).parts == []


def test_page_and_its_translation_are_one_entry(lorraine):
    story = make_article(lorraine.section, "La scierie")
    german = make_article(lorraine.sections["de"], "Das Sägewerk", translation_key=story.translation_key)
    dossier = make_dossier(lorraine.section, "Friches", chapter("Un", story, german))

    assert ReadPage(lorraine, dossier).entries == ["La scierie"]


def test_heading_and_chapter_of_the_same_words_have_different_anchors(lorraine):
    body = [{"type": "heading", "value": {"text": "Documents", "level": "h2"}}]
    dossier = make_dossier(lorraine.section, "Friches", chapter("Documents", link_to()), body=body)

    html: BeautifulSoup = ReadPage(lorraine, dossier).html
    assert len(html.select("#documents")) == 1
    assert len(html.select("h2[id^=documents]")) == 2
