"""An edition: one site in one language, and everything that its pages share."""

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
from portal.maps.outlines import Outline
from portal.platform.languages import AddressWords


class HasAddress(Protocol):
    """A page, or a value that represents one in a list or breadcrumb."""

    @property
    def url_path(self) -> str: ...


@dataclass(frozen=True)
class TrailStep:
    """A page in the breadcrumb from the home page to the served page."""

    pk: int
    path: str
    url_path: str
    title: str
    translation_key: UUID
    content_type_id: int
    live: bool


STEP_COLUMNS = ("pk", "path", "url_path", "title", "translation_key", "content_type_id", "live")


@dataclass(frozen=True)
class MenuLink:
    label: str
    url: str
    # The tree path of the target; empty for an external URL.
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
class ShownNotice:
    """The notice of the network. Its language may differ from the edition's."""

    text: str
    link: str
    language: str


@dataclass(frozen=True)
class NetworkHome:
    """The home page, in the edition's language, of another public site of the network."""

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
    """An analytics service; `key` identifies the site to it."""

    kind: str
    origin: str
    key: str


MAX_LINKED_SITES = 12

# An edition's statutory pages in the order of the footer; see `PortalPage.statutory`.
STATUTORY = ("accessibility", "legal", "privacy", "site_map")

# The last URL step of a page's two full lists, in each language.
LIST_WORDS = AddressWords(news=pgettext_lazy("address", "all-news"), events=pgettext_lazy("address", "calendar"))
# The last URL step of the search page.
SEARCH_WORDS = AddressWords(search=pgettext_lazy("address", "search"))
# The first URL step of topic, author and venue pages, and of the list of a large network's sites.
CATALOGUE_WORDS = AddressWords(
    topics=pgettext_lazy("address", "topics"),
    people=pgettext_lazy("address", "authors"),
    venues=pgettext_lazy("address", "venues"),
    sites=pgettext_lazy("address", "sites"),
)


@dataclass(frozen=True)
class Edition:
    """One site in one language. `menu` and `sections` are in tree order; `sections` is keyed by tree path.

    `private_paths` are the tree paths of private subtrees in any of the site's languages: `restricted_paths` by a
    privacy rule, `expired_paths` by expiry. `network_private_paths` are those of all sites. `statutory` has the links
    to the public pages in STATUTORY. An edition is valid until `valid_until`: the network's next page expiry, or the
    end of its notice.
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
    network_notice: ShownNotice | None = None
    statutory: Mapping[str, MenuLink] = field(default_factory=dict)
    _cached_values: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def name(self) -> str:
        return self.site.site_name

    @property
    def linked_sites(self) -> tuple[MenuLink, ...]:
        """The other sites that every page links to: the oldest ones of a large network."""
        return self.network[:MAX_LINKED_SITES]

    @property
    def sites_url(self) -> str:
        """The URL of the list of all sites; empty if every page links to all of them."""
        return self.catalogue_index_url("sites") if len(self.network) > MAX_LINKED_SITES else ""

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
    def map_outline(self) -> Outline | None:
        """The outline on which the site draws its maps."""
        outline = self.settings.map_outline
        return self.cached_value("outline of the maps", lambda: outline.shape) if outline else None

    @property
    def map_credit(self) -> str:
        return self.settings.map_outline.credit if self.settings.map_outline else ""

    @property
    def legal_links(self) -> tuple[MenuLink, ...]:
        """The links at the end of the footer: those that the site chose, then its other statutory pages.

        The accessibility statement is always included, even if the menu links to it.
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
        """The URLs by language, in the site's language order."""
        return {code: urls[code] for code in self.languages if code in urls}

    @property
    def home_url(self) -> str:
        return f"/{self.language}/"

    def url_of(self, page: "HasAddress") -> str:
        return f"/{self.language}/{page.url_path[len(self.home.url_path) :]}"

    def list_url(self, page: "HasAddress", which: str) -> str:
        """The URL of the full list of stories (`news`) or `events` below a page."""
        return f"{self.url_of(page)}{self.list_word(which)}/"

    def list_word(self, which: str) -> str:
        return LIST_WORDS[self.language][which]

    @property
    def list_urls(self) -> dict[str, str]:
        """The URLs of the edition's full `news` and `events` lists."""
        return {which: self.list_url(self.home, which) for which in LIST_WORDS[self.language]}

    def catalogue_index_url(self, which: str) -> str:
        """The URL of the page that lists all `topics`, `people`, `venues` or `sites`."""
        return f"{self.home_url}{CATALOGUE_WORDS[self.language][which]}/"

    def catalogue_url(self, which: str, slug: str) -> str:
        """The URL of a topic page (`topics`), an author page (`people`) or a venue page (`venues`)."""
        return f"{self.catalogue_index_url(which)}{slug}/"

    def topic_url(self, topic: Topic | None) -> str:
        """The URL of a topic's page; empty for another site's or language's topic."""
        here = topic is not None and any(topic.pk == each.pk for each in self.topics)
        return self.catalogue_url("topics", topic.slug) if topic and here else ""

    def person_url(self, person: Person) -> str:
        """The URL of an author's page; empty if the author has none, or none on this site."""
        is_here = person.has_page and person.site_id in (None, self.site.pk)
        return self.catalogue_url("people", person.slug) if is_here else ""

    def topic_at(self, slug: str) -> Topic | None:
        return next((topic for topic in self.topics if topic.slug == slug), None)

    def full(self, url: str) -> str:
        return self.site.root_url + url

    def network_home_of(self, path: str) -> NetworkHome | None:
        """The home page of the site that a tree path belongs to, if it is another site with this language."""
        return next((home for home in self.network_homes if path.startswith(home.path)), None)

    def section_of(self, path: str) -> MenuLink | None:
        """The nearest section above the page with this tree path."""
        for end in range(len(path) - STEP, len(self.home.path), -STEP):
            if section := self.sections.get(path[:end]):
                return section
        return None

    def cached_html(self, key: tuple[object, ...], make: Callable[[], SafeString]) -> SafeString:
        """Cached HTML that depends only on `key`, the content version and which pages have expired.

        In another language or time zone, such as that of an editor's preview, it is rendered and not cached.
        """
        if self.content_version is None or get_language() != self.language or get_current_timezone() != self.zone:
            return make()
        return fragments.get_or_make((self.site.pk, self.language, self.content_version, self.valid_until, *key), make)

    def cached_value[T](self, key: Hashable, make: Callable[[], T]) -> T:
        """A value that depends only on `key`, the content version and which pages have expired.

        It is cached as long as this edition. Keys must come from public pages, because previews would add new keys all
        the time.
        """
        if key not in self._cached_values:
            self._cached_values[key] = make()
        return cast(T, self._cached_values[key])

    def is_private(self, path: str) -> bool:
        return path.startswith(self.private_paths)

    def is_restricted(self, path: str) -> bool:
        """Whether a privacy rule applies to the page with this tree path, expired or not."""
        return path.startswith(self.restricted_paths)

    def is_expired(self, path: str) -> bool:
        """Whether the page with this tree path or one of its ancestors has expired."""
        return path.startswith(self.expired_paths)


class SiteRequest(HttpRequest):
    """A request to a known host. The middleware `KnownSite` has set its edition and all editions of its site."""

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
    """Whether readers may see a live page at this tree path: it is in this edition, public and not expired."""
    here = path.startswith(edition.home.path) and not edition.is_private(path)
    return here and (expire_at is None or expire_at > now)
