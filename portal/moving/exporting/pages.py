"""A site's pages in tree order, as an export writes them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched
from typing import Any

from django.utils import timezone
from wagtail.models import Page, PageViewRestriction, Site

from portal.content.records.privacy import restricted_paths
from portal.content.visibility import below, in_trash, unexpired
from portal.editorial.roles import homes_of

# The number of pages in memory at a time.
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class ExportedPage:
    """A page in its published or newest version. `access` is `public`, or the kind of its view restriction."""

    page: Any
    home: Page
    address: str
    access: str

    @property
    def language(self) -> str:
        code: str = self.home.locale.language_code
        return code


def exported_pages(site: Site, *, drafts: bool, language: str = "") -> Iterator[ExportedPage]:
    """The published versions; with `drafts`, the newest version of every page."""
    homes = [home for home in homes_of(site) if language in ("", home.locale.language_code)]
    pages = Page.objects.filter(below(home.path for home in homes)).exclude(in_trash()).order_by("path")
    if not drafts:
        pages = pages.live().filter(unexpired(timezone.now()))
    rules = _rules()
    for keys in batched(pages.values_list("pk", flat=True).iterator(), AT_ONCE):
        for page in Page.objects.filter(pk__in=keys).order_by("path").specific():
            home = next(home for home in homes if page.path.startswith(home.path))
            shown = page.get_latest_revision_as_object() if drafts else page
            yield ExportedPage(shown, home, exported_address(site, home, page), _access(page.path, rules))


def exported_address(site: Site, home: Page, page: Page) -> str:
    return f"{site.root_url}/{home.locale.language_code}/{page.url_path[len(home.url_path) :]}"


def _rules() -> dict[str, str]:
    """The kinds of view restrictions by page path. An alias is as private as its original."""
    own = dict(PageViewRestriction.objects.values_list("page__path", "restriction_type"))
    return {path: own.get(path, PageViewRestriction.LOGIN) for path in restricted_paths()}


def _access(path: str, rules: dict[str, str]) -> str:
    return next((rules[path[:end]] for end in range(len(path), 0, -Page.steplen) if path[:end] in rules), "public")
