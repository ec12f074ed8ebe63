"""An edition: one site in one language, with everything that its pages have in common."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone
from django.utils.translation import get_language, pgettext_lazy
from wagtail.models import Page, Site

from portal.content.records.people import Person
from portal.content.records.settings import SiteSettings
from portal.content.records.topics import Topic
from portal.content.serving.fragment_cache import fragments
from portal.content.visibility import STEP
from portal.platform.languages import AddressWords


class HasAddress(Protocol):
    """A page, or a value that represents one in a list or a trail."""

    @property
    def url_path(self) -> str: ...


@dataclass(frozen=True)
class TrailStep:
    """A page in the breadcrumb from the home page to the page that is served."""

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
    # The tree path of the link's target; empty for an external URL.
    path: str = ""


@dataclass(frozen=True)
class Wording:
    tagline: str = ""
    footer: str = ""
    notice: str = ""
    notice_link: str = ""
    not_found: str = ""
    closed: str = ""
    legal_links: tuple[MenuLink, ...] = ()


@dataclass(frozen=True)
class NetworkHome:
    """The home page, in the edition's language, of another site of the network that is open to the public."""

    name: str
    pk: int
    path: str
    url_path: str
    # The full URL, such as `https://news.example.org/fr/`.
    address: str

    def url_of(self, page: "HasAddress") -> str:
        return self.address + page.url_path[len(self.url_path) :]


@dataclass(frozen=True)
class Analytics:
    """An analytics service; `key` is its identifier for the site."""

    kind: str
    origin: str
    key: str


# The statutory pages of an edition, in the order of the footer; see `PortalPage.statutory`.
STATUTORY = ("accessibility", "legal", "privacy", "site_map")

# The last step of the URL of a page's two full lists, in each language.
LIST_WORDS = AddressWords(news=pgettext_lazy("address", "all-news"), events=pgettext_lazy("address", "calendar"))
# The last step of the URL of the search page.
SEARCH_WORDS = AddressWords(search=pgettext_lazy("address", "search"))
# The first step of the URL of the pages of topics and of people.
CATALOGUE_WORDS = AddressWords(topics=pgettext_lazy("address", "topics"), people=pgettext_lazy("address", "authors"))


@dataclass(frozen=True)
class Edition:
    """One site in one language. `menu` and `sections` are in tree order; the keys of `sections` are tree paths.

    `private_paths` are the tree paths, in any language of the site, of pages that are not public with all pages below:
    `restricted_paths` by a privacy rule, `expired_paths` because the page has expired; `network_private_paths` are
    those of all sites. `statutory` are the links to the public pages of STATUTORY. An edition is valid until the next
    page of the network expires: `valid_until`.
    """

    site: Site
    settings: SiteSettings
    home: Page
    language: str
    menu: tuple[MenuLink, ...]
    sections: Mapping[str, MenuLink]
    private_paths: tuple[str, ...]
    network_private_paths: tuple[str, ...]
    restricted_paths: tuple[str, ...]
    expired_paths: tuple[str, ...]
    topics: tuple[Topic, ...]
    wording: Wording
    languages: tuple[str, ...]
    homes: Mapping[str, Page]
    network: tuple[MenuLink, ...]
    network_homes: tuple[NetworkHome, ...]
    zone: ZoneInfo
    content_version: int | None
    valid_until: datetime | None = None
    statutory: Mapping[str, MenuLink] = field(default_factory=dict)
    _cached_values: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def name(self) -> str:
        return self.site.site_name

    @property
    def masthead_length(self) -> int:
        """The approximate width, in letters, of the menu beside the site's name."""
        return sum(len(link.label) + 3 for link in self.menu) + round(1.7 * len(self.name))

    @property
    def analytics(self) -> Analytics | None:
        """The service chosen for the site, if the installation still allows it."""
        origin = self.settings.analytics
        kind = settings.ANALYTICS.get(origin)
        return Analytics(kind, origin, self.settings.analytics_key) if kind else None

    @property
    def legal_links(self) -> tuple[MenuLink, ...]:
        """The links at the end of the footer: those that the site chose, then its other statutory pages.

        The accessibility statement is always among them, even if the menu links to it.
        """
        by_path = {link.path: link for link in self.statutory.values()}
        chosen = tuple(by_path.get(link.path, link) for link in self.wording.legal_links)
        shown = {link.path for link in (*chosen, *self.menu)}
        others = (self.statutory[kind] for kind in STATUTORY if kind in self.statutory)
        return (
            *chosen,
            *(
                link
                for link in others
                if link not in chosen and (link.path not in shown or link is self.statutory.get("accessibility"))
            ),
        )

    def ordered(self, urls: Mapping[str, str]) -> dict[str, str]:
        """The URLs in the languages of the site, in its order of languages."""
        return {code: urls[code] for code in self.languages if code in urls}

    @property
    def home_url(self) -> str:
        return f"/{self.language}/"

    def url_of(self, page: "HasAddress") -> str:
        return f"/{self.language}/{page.url_path[len(self.home.url_path) :]}"

    def list_url(self, page: "HasAddress", which: str) -> str:
        """The URL of the full list of the stories (`news`) or of the `events` below a page."""
        return f"{self.url_of(page)}{self.list_word(which)}/"

    def list_word(self, which: str) -> str:
        return LIST_WORDS[self.language][which]

    @property
    def list_urls(self) -> dict[str, str]:
        """The URLs of the full lists of the whole edition: `news` and `events`."""
        return {which: self.list_url(self.home, which) for which in LIST_WORDS[self.language]}

    def catalogue_index_url(self, which: str) -> str:
        """The URL of the page that lists all `topics` or `people`."""
        return f"{self.home_url}{CATALOGUE_WORDS[self.language][which]}/"

    def catalogue_url(self, which: str, slug: str) -> str:
        """The URL of the page of one of the `topics` or `people`."""
        return f"{self.catalogue_index_url(which)}{slug}/"

    def topic_url(self, topic: Topic | None) -> str:
        """The URL of the page of a topic; empty for a topic of another site or language."""
        here = topic is not None and any(topic.pk == each.pk for each in self.topics)
        return self.catalogue_url("topics", topic.slug) if topic and here else ""

    def person_url(self, person: Person) -> str:
        """The URL of the page of a public story's author; empty if they have no page, or none at this site."""
        is_here = person.has_page and person.site_id in (None, self.site.pk)
        return self.catalogue_url("people", person.slug) if is_here else ""

    def topic_at(self, slug: str) -> Topic | None:
        return next((topic for topic in self.topics if topic.slug == slug), None)

    def full(self, url: str) -> str:
        return self.site.root_url + url

    def network_home_of(self, path: str) -> NetworkHome | None:
        """The home page of the other site to which a tree path belongs, if it is in this language."""
        return next((home for home in self.network_homes if path.startswith(home.path)), None)

    def section_of(self, path: str) -> MenuLink | None:
        """The nearest section above the page with this tree path."""
        for end in range(len(path) - STEP, len(self.home.path), -STEP):
            if section := self.sections.get(path[:end]):
                return section
        return None

    def cached_html(self, key: tuple[object, ...], make: Callable[[], SafeString]) -> SafeString:
        """Cached HTML that depends on nothing but `key`, the content version and which pages have expired.

        In another language or time zone, such as an editor's in a preview, it is rendered and not cached.
        """
        if self.content_version is None or get_language() != self.language or get_current_timezone() != self.zone:
            return make()
        return fragments.get_or_make((self.site.pk, self.language, self.content_version, self.valid_until, *key), make)

    def cached_value[T](self, key: Hashable, make: Callable[[], T]) -> T:
        """A value that depends on nothing but `key`, the content version and which pages have expired.

        It is cached as long as this edition. A key must be public: a preview would add a new one each time.
        """
        if key not in self._cached_values:
            self._cached_values[key] = make()
        return cast(T, self._cached_values[key])

    def is_private(self, path: str) -> bool:
        return path.startswith(self.private_paths)

    def is_restricted(self, path: str) -> bool:
        """Whether a privacy rule applies to the page with this tree path, whether or not it has expired."""
        return path.startswith(self.restricted_paths)

    def is_expired(self, path: str) -> bool:
        """Whether the page with this tree path, or one above it, has expired."""
        return path.startswith(self.expired_paths)


class SiteRequest(HttpRequest):
    """A request of a known host: the middleware `KnownSite` has set its edition and all editions of its site."""

    edition: Edition
    editions: Mapping[str, Edition]


def set_edition(request: HttpRequest, editions: Mapping[str, Edition], edition: Edition) -> Edition:
    known = cast(SiteRequest, request)
    known.edition, known.editions = edition, editions
    return edition


def edition_of(request: HttpRequest) -> Edition:
    return cast(SiteRequest, request).edition


def editions_of(request: HttpRequest) -> Mapping[str, Edition]:
    return cast(SiteRequest, request).editions


def is_visible(path: str, expire_at: datetime | None, edition: Edition, now: datetime) -> bool:
    """Whether readers of an edition may see a live page at this tree path: it is the edition's, public, not expired."""
    here = path.startswith(edition.home.path) and not edition.is_private(path)
    return here and (expire_at is None or expire_at > now)
