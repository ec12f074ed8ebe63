"""Builds dossiers, and reads them as a reader sees them."""

from typing import Any

from bs4 import BeautifulSoup
from wagtail.models import Page

from home.models import DossierPage
from tests.builders import SampleSite, unsaved
from tests.publishing import publish


def chapter(title: str, *entries: Any, introduction: str = "") -> dict[str, Any]:
    """The raw block of a chapter. An entry is a page or a raw block."""
    raw = [{"type": "page", "value": each.pk} if isinstance(each, Page) else each for each in entries]
    return {"type": "chapter", "value": {"title": title, "introduction": introduction, "entries": raw}}


def link_to(title: str = "Le plan", url: str = "https://ailleurs.example/plan", text: str = "") -> dict[str, Any]:
    return {"type": "link", "value": {"title": title, "url": url, "text": text}}


def document_entry(document: Any, title: str = "") -> dict[str, Any]:
    return {"type": "document", "value": {"document": document.pk, "title": title}}


def make_dossier(parent: Page, title: str, *chapters: dict[str, Any], **facts: Any) -> DossierPage:
    return publish(unsaved(DossierPage, parent, title, chapters=list(chapters), **facts), parent)


class ReadPage:
    """A page of a site, as a reader gets it."""

    def __init__(self, ground: SampleSite, page: Page):
        response = ground.reader().get(ground.address(page))
        assert response.status_code == 200
        self.html = BeautifulSoup(response.content, "html.parser")

    @property
    def chapters(self) -> dict[str, list[str]]:
        """The titles of the entries, by the title of their chapter."""
        titles = ".card__title, .event-row__title, .download__title"
        return {
            part.select_one("h2").get_text(strip=True): [
                title.get_text(strip=True) for title in part.select(f".dossier__entries :is({titles})")
            ]
            for part in self.html.select(".dossier__chapter")
        }

    @property
    def entries(self) -> list[str]:
        return [title for titles in self.chapters.values() for title in titles]

    @property
    def parts(self) -> list[tuple[str, str]]:
        """The dossiers that a story says it is part of, and the next story of each."""
        found = []
        for part in self.html.select(".dossier-part"):
            dossier, *following = [link.get_text(strip=True) for link in part.select("a")]
            found.append((dossier, next(iter(following), "")))
        return found
