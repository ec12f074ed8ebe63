"""An edition: one site in one language, with all that surrounds its pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import SafeString
from wagtail.models import Page, Site

from portal.core.serving.memory import fragments

if TYPE_CHECKING:
    from portal.core.models import SiteSettings, Topic

STEP = Page.steplen


class HasAddress(Protocol):
    """A page, or what stands for one in a list or a trail."""

    @property
    def url_path(self) -> str: ...


@dataclass(frozen=True)
class TrailStep:
    """A page on the way from the home page to the one that is served."""

    pk: int
    path: str
    url_path: str
    title: str
    translation_key: UUID
    content_type_id: int


STEP_COLUMNS = ("pk", "path", "url_path", "title", "translation_key", "content_type_id")


@dataclass(frozen=True)
class MenuLink:
    label: str
    url: str
    path: str = ""
    """The tree path of the page that the link leads to, empty for one outside."""


@dataclass(frozen=True)
class Wording:
    """What a site says of itself in one language."""

    tagline: str = ""
    footer: str = ""
    notice: str = ""
    notice_link: str = ""
    not_found: str = ""
    closed: str = ""
    legal_links: tuple[MenuLink, ...] = ()


@dataclass(frozen=True)
class Neighbour:
    """The home page, in this edition's language, of another open site of the network."""

    name: str
    pk: int
    path: str
    url_path: str
    address: str
    """Where the home page is, such as `https://news.example.org/fr/`."""

    def url_of(self, page: "HasAddress") -> str:
        return self.address + page.url_path[len(self.url_path) :]


@dataclass(frozen=True)
class Analytics:
    """A service that counts a site's readers; `key` is what it knows the site by."""

    kind: str
    origin: str
    key: str


# The last step of the address of a page's two full lists, in each language.
LIST_WORDS = {
    "fr": {"news": "actualites", "events": "calendrier"},
    "de": {"news": "nachrichten", "events": "kalender"},
    "en": {"news": "all-news", "events": "calendar"},
}

# The last step of the address of the search in each language.
SEARCH_WORDS = {"fr": "recherche", "de": "suche", "en": "search"}


@dataclass(frozen=True)
class Edition:
    """`menu` and `sections` come in the order of the tree, `sections` by tree path.

    `private_paths` are the tree paths, in any language of the site, below which only some may read, or nobody any more
    since the page there has expired: `guarded_paths` and `closed_paths`. An edition is good until the next page of the
    network expires: `until`.
    """

    site: Site
    settings: "SiteSettings"
    home: Page
    language: str
    menu: tuple[MenuLink, ...]
    sections: Mapping[str, MenuLink]
    private_paths: tuple[str, ...]
    guarded_paths: tuple[str, ...]
    closed_paths: tuple[str, ...]
    topics: tuple["Topic", ...]
    wording: Wording
    languages: tuple[str, ...]
    homes: Mapping[str, Page]
    network: tuple[MenuLink, ...]
    neighbours: tuple[Neighbour, ...]
    zone: ZoneInfo
    stamp: int
    until: datetime | None = None

    @property
    def name(self) -> str:
        return self.site.site_name

    @property
    def analytics(self) -> Analytics | None:
        """The service chosen for the site, if the installation still allows it."""
        origin = self.settings.analytics
        kind = settings.ANALYTICS.get(origin)
        return Analytics(kind, origin, self.settings.analytics_key) if kind else None

    @property
    def home_url(self) -> str:
        return f"/{self.language}/"

    def url_of(self, page: "HasAddress") -> str:
        """The address of a page of this edition, without a query."""
        return f"/{self.language}/{page.url_path[len(self.home.url_path) :]}"

    def list_url(self, page: "HasAddress", which: str) -> str:
        """The address of the full list of the stories (`news`) or the `events` below a page."""
        return f"{self.url_of(page)}{self.list_word(which)}/"

    def list_word(self, which: str) -> str:
        return LIST_WORDS[self.language][which]

    @property
    def list_urls(self) -> dict[str, str]:
        """The addresses of the full lists of the whole edition."""
        return {which: self.list_url(self.home, which) for which in LIST_WORDS[self.language]}

    def full(self, url: str) -> str:
        return self.site.root_url + url

    def neighbour_of(self, path: str) -> Neighbour | None:
        """The other site that the page with this tree path belongs to, if it is in this language."""
        return next((each for each in self.neighbours if path.startswith(each.path)), None)

    def section_of(self, path: str) -> MenuLink | None:
        """The nearest section above the page with this tree path."""
        for end in range(len(path) - STEP, len(self.home.path), -STEP):
            if section := self.sections.get(path[:end]):
                return section
        return None

    def remembered(self, key: tuple[object, ...], make: Callable[[], SafeString]) -> SafeString:
        """HTML that depends on `key` and on nothing else but what the stamp counts and which pages have expired."""
        return fragments.recall((self.site.pk, self.language, self.stamp, self.until, *key), make)

    def is_private(self, path: str) -> bool:
        return path.startswith(self.private_paths)

    def is_guarded(self, path: str) -> bool:
        """Whether only some may read the page with this path, whether or not it has expired."""
        return path.startswith(self.guarded_paths)

    def is_closed(self, path: str) -> bool:
        """Whether the page with this path, or one above it, has expired."""
        return path.startswith(self.closed_paths)


def edition_of(request: HttpRequest) -> Edition:
    """The edition that the request's host and language lead to; `KnownSite` has put it there."""
    return request.edition  # type: ignore[attr-defined]
