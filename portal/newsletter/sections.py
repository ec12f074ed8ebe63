"""The sections that a subscriber can choose: the public ones directly below an edition's home page, in tree order."""

from dataclasses import dataclass

from wagtail.models import Page

from portal.content.serving.editions import Edition
from portal.content.visibility import STEP


@dataclass(frozen=True)
class SectionChoice:
    """`key` is the section's translation key, which is the same in all languages."""

    key: str
    title: str
    url: str
    page: Page

    def contains(self, path: str) -> bool:
        return path.startswith(self.page.path)


def sections_of(edition: Edition) -> list[SectionChoice]:
    length = len(edition.home.path) + STEP
    paths = [path for path in edition.sections if len(path) == length and not edition.is_private(path)]
    pages = Page.objects.filter(path__in=paths).order_by("path")
    return [
        SectionChoice(str(page.translation_key), page.title, edition.sections[page.path].url, page) for page in pages
    ]
