"""Titles of the pages above listed pages: their places in the tree."""

from collections.abc import Iterable, Iterator
from functools import cached_property

from wagtail.models import Page

from portal.content.visibility import HOME_LENGTH
from portal.formats.words import language_name

STEPLEN = Page.steplen


class Places:
    """The places of pages, given by tree path. All titles are read by one query, when the first is needed."""

    def __init__(self, paths: Iterable[str]):
        self._paths = {above for path in paths for above in _ancestor_paths(path)}

    @cached_property
    def titles(self) -> dict[str, tuple[str, str]]:
        """The title and language of each page, by tree path."""
        pages = Page.objects.filter(path__in=self._paths).values_list("path", "title", "locale__language_code")
        return {path: (title, code) for path, title, code in pages}

    def of(self, path: str) -> str:
        """A page's place in the tree: its home page with the language, then its parent."""
        return " › ".join(filter(None, [self.home_of(path), self.section_of(path)]))

    def home_of(self, path: str) -> str:
        title, code = self.titles.get(path[:HOME_LENGTH], ("", ""))
        return f"{title} ({language_name(code)})" if code else ""

    def section_of(self, path: str) -> str:
        """The title of the page above; empty for pages directly below a home page."""
        above = [each for each in _ancestor_paths(path) if each in self.titles]
        return self.titles[above[-1]][0] if len(above) > 1 else ""


def _ancestor_paths(path: str) -> Iterator[str]:
    """The tree paths from the home page to the parent; a home page's own path for a home page."""
    for end in range(HOME_LENGTH, max(len(path), HOME_LENGTH + 1), STEPLEN):
        yield path[:end]
