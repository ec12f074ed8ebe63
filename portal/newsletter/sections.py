"""The sections that a subscriber can choose: those on the first floor of an edition, in the order of the tree."""

from dataclasses import dataclass

from wagtail.models import Page

from portal.core.serving.editions import STEP, Edition


@dataclass(frozen=True)
class SectionChoice:
    """`key` is the section's translation key: the same section in the other languages has it too."""

    key: str
    title: str
    url: str
    page: Page

    def holds(self, path: str) -> bool:
        return path.startswith(self.page.path)


def sections_of(edition: Edition) -> list[SectionChoice]:
    first_floor = len(edition.home.path) + STEP
    links = {
        path: link
        for path, link in edition.sections.items()
        if len(path) == first_floor and not edition.is_private(path)
    }
    pages = Page.objects.filter(path__in=links).order_by("path")
    return [SectionChoice(str(page.translation_key), page.title, links[page.path].url, page) for page in pages]
