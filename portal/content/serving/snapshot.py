"""Site snapshots, cached by each worker until the content version changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import cast

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from wagtail.models import Page, Site, get_page_models

from portal.content.records.network_notice import NetworkNotice
from portal.content.records.privacy import expired_paths, restricted_paths
from portal.content.records.settings import SiteSettings
from portal.content.records.topics import Topic
from portal.content.serving.editions import Edition, MenuLink, NetworkHome, ShownNotice, Wording
from portal.content.serving.served import ServedPage
from portal.content.visibility import unexpired
from portal.platform.operation.changes import content_version
from portal.platform.typography import typeset
from portal.platform.zones import zone

CLOCK_SKEW = timedelta(minutes=1)
WORDS = ("tagline", "footer", "notice", "notice_link", "not_found", "closed")


@dataclass(frozen=True)
class SiteSnapshot:
    """A site and its editions by language; `default` is the edition for requests without a known language.

    `valid_until` is the network's next page expiry, or the end of its notice; after it the snapshot is outdated.
    """

    content_version: int | None
    made_at: datetime
    valid_until: datetime | None
    site: Site
    default: Edition
    editions: dict[str, Edition]

    def is_current(self, version: int | None, now: datetime) -> bool:
        # A snapshot from the future means that the clock was set back after it was made.
        is_timely = (self.valid_until is None or now < self.valid_until) and self.made_at < now + CLOCK_SKEW
        return version is not None and self.content_version == version and is_timely


@dataclass(frozen=True)
class Neighbours:
    """The sites that others link to, and their home pages by language, each with the site's primary key."""

    content_version: int | None
    expired: tuple[str, ...]
    links: tuple[tuple[int, MenuLink], ...]
    homes: dict[str, tuple[tuple[int, NetworkHome], ...]]


_snapshots: dict[str, tuple[SiteSnapshot, ...]] = {}
# Shared by all snapshots of a content version: with 500 sites, each with its own would take half of a worker's memory.
_neighbours: list[Neighbours] = []
# The hash of the last known URLs of all sites and of a host's home pages, by host.
_addresses: dict[str, int] = {}


def snapshot_of(hostname: str, port: str, version: int | None = None) -> SiteSnapshot | None:
    """The snapshot of the site at this host (and port, if several sites share the host), or None.

    `version` is the content version, if it was just read.
    """
    version, now = content_version() if version is None else version, timezone.now()
    known = _snapshots.get(hostname, ())
    if not known or not known[0].is_current(version, now):
        sites = Site.objects.filter(hostname__iexact=hostname).select_related("root_page__locale").order_by("pk")
        known = tuple(_snapshot(site, version, now) for site in sites)
        if not known:
            # Unknown hosts are not cached: a client could send any number of them.
            _snapshots.pop(hostname, None)
            return None
        _snapshots[hostname] = known
        _update_addresses(hostname, known)
    return next((snapshot for snapshot in known if str(snapshot.site.port) == port), known[0])


@contextmanager
def snapshots_restored() -> Iterator[None]:
    """Within the block, snapshots may be made of what is rolled back afterwards."""
    snapshots, addresses = _snapshots.copy(), _addresses.copy()
    try:
        yield
    finally:
        _neighbours.clear()
        _snapshots.clear()
        _snapshots.update(snapshots)
        _addresses.clear()
        _addresses.update(addresses)


def last_snapshot_of(hostname: str, port: str) -> SiteSnapshot | None:
    """Return the process's last snapshot of a site, of any age, without a query. Used when the database is down."""
    known = _snapshots.get(hostname, ())
    return next((snapshot for snapshot in known if str(snapshot.site.port) == port), known[0] if known else None)


def _update_addresses(hostname: str, known: tuple[SiteSnapshot, ...]) -> None:
    """Clear Wagtail's cache of root paths if any process has moved a site."""
    sites = Site.objects.order_by("pk").values_list("pk", "hostname", "port", "root_page__url_path", "is_default_site")
    homes = [(code, home.url_path) for each in known for code, home in each.default.homes.items()]
    addresses = hash((*sites, *homes))
    if _addresses.get(hostname) != addresses:
        Site.clear_site_root_paths_cache()
        _addresses[hostname] = addresses


def next_expiry(now: datetime) -> datetime | None:
    coming = Page.objects.filter(live=True, expire_at__gt=now).order_by("expire_at")
    return coming.values_list("expire_at", flat=True).first()


def snapshot_with(site_settings: SiteSettings) -> SiteSnapshot:
    """A snapshot of a site with unsaved settings. Nothing derived from it is cached."""
    return _snapshot(site_settings.site, None, timezone.now(), site_settings)


def _snapshot(
    site: Site, version: int | None, now: datetime, site_settings: SiteSettings | None = None
) -> SiteSnapshot:
    site_settings = site_settings or SiteSettings.for_site(site)
    notice = NetworkNotice.objects.shown_at(now).first()
    ends = [next_expiry(now), notice.ends_at if notice else None]
    valid_until = min((end for end in ends if end), default=None)
    homes = {
        home.locale.language_code: home
        for home in site.root_page.get_translations(inclusive=True)
        .filter(unexpired(now), live=True)
        .select_related("locale")
    }
    if not homes:
        # The only home page was unpublished. Readers get no pages, but the site's admin still works.
        homes = {site.root_page.locale.language_code: site.root_page}
    codes = [code for code, _ in settings.LANGUAGES if code in homes] or list(homes)
    default = site_settings.default_language or site.root_page.locale.language_code
    codes.sort(key=lambda code: code != default)
    expired = expired_paths(now)
    restricted = restricted_paths()
    private = (*restricted, *expired)
    trees = tuple(page.path for page in homes.values())
    neighbours = _neighbours_at(version, private, expired)
    statutory = _statutory(homes, private, now)
    sections = _sections(homes)
    topics = _topics(site, homes)
    editions: dict[str, Edition] = {}
    for code in codes:
        home = homes[code]
        editions[code] = Edition(
            site=site,
            settings=site_settings,
            home=home,
            language=code,
            menu=_menu(home, code, site_settings, private, now),
            sections=sections[code],
            private_paths=tuple(path for path in private if path.startswith(trees)),
            network_private_paths=tuple(private),
            restricted_paths=tuple(path for path in restricted if path.startswith(trees)),
            expired_paths=tuple(path for path in expired if path.startswith(trees)),
            topics=tuple(topics[code]),
            wording=_wording(home, code, site_settings, private, now),
            languages=tuple(codes),
            homes=homes,
            network=tuple(link for key, link in neighbours.links if key != site.pk),
            # A page of several sites belongs to the last of them.
            network_homes=tuple(
                {each.pk: each for key, each in neighbours.homes.get(code, ()) if key != site.pk}.values()
            ),
            zone=zone(site_settings.time_zone),
            content_version=version,
            valid_until=valid_until,
            network_notice=_network_notice(notice, code),
            statutory=statutory[code],
        )
    return SiteSnapshot(version, now, valid_until, site, editions[codes[0]], editions)


def _network_notice(notice: NetworkNotice | None, code: str) -> ShownNotice | None:
    words = notice.in_language(code) if notice else None
    if words is None:
        return None
    language = words["language"]
    return ShownNotice(typeset(words["text"], language), words["link"] or "", language)


def _neighbours_at(version: int | None, private: tuple[str, ...], expired: tuple[str, ...]) -> Neighbours:
    """The sites with a name that are neither closed, unlisted nor expired, and their public home pages."""
    known = next(iter(_neighbours), None)
    if known and version is not None and (known.content_version, known.expired) == (version, expired):
        return known
    found = Site.objects.exclude(site_name="").filter(root_page__live=True)
    found = found.exclude(pk__in=SiteSettings.undisclosed_sites()).select_related("root_page").order_by("pk")
    sites = [
        each
        for each in found
        if not each.root_url.startswith("http://*") and not each.root_page.path.startswith(expired)
    ]
    links = tuple((each.pk, MenuLink(each.site_name, each.root_url + "/")) for each in sites)
    by_key: dict[object, list[Site]] = {}
    for each in sites:
        by_key.setdefault(each.root_page.translation_key, []).append(each)
    homes: dict[str, list[tuple[int, NetworkHome]]] = {}
    pages = Page.objects.live().filter(translation_key__in=by_key).select_related("locale").order_by("path")
    for page in pages:
        if not page.path.startswith(private):
            code = page.locale.language_code
            homes.setdefault(code, []).extend(
                (each.pk, NetworkHome(each.site_name, page.pk, page.path, page.url_path, f"{each.root_url}/{code}/"))
                for each in by_key[page.translation_key]
            )
    made = Neighbours(version, expired, links, {code: tuple(found) for code, found in homes.items()})
    if version is not None:
        _neighbours[:] = [made]
    return made


def _topics(site: Site, homes: dict[str, Page]) -> dict[str, list[Topic]]:
    by_locale = {home.locale_id: code for code, home in homes.items()}
    found: dict[str, list[Topic]] = {code: [] for code in homes}
    for topic in Topic.objects.available_at(site).filter(locale__in=by_locale).select_related("picture"):
        found[by_locale[topic.locale_id]].append(topic)
    return found


def _url(page: Page, home: Page, code: str) -> str:
    return f"/{code}/{page.url_path[len(home.url_path) :]}"


def _sections(homes: dict[str, Page]) -> dict[str, dict[str, MenuLink]]:
    section_types = [model for model in get_page_models() if issubclass(model, ServedPage) and model.is_section]
    found: dict[str, dict[str, MenuLink]] = {code: {} for code in homes}
    if section_types:
        pages = Page.objects.type(*section_types).live().filter(_below(homes)).order_by("path")
        for page in pages:
            code = _language_of(page, homes)
            found[code][page.path] = MenuLink(page.title, _url(page, homes[code], code), page.path)
    return found


def _below(homes: dict[str, Page]) -> Q:
    return reduce(or_, (Q(path__startswith=home.path, depth__gt=home.depth) for home in homes.values()))


def _language_of(page: Page, homes: dict[str, Page]) -> str:
    return next(code for code, home in homes.items() if page.path.startswith(home.path))


def _is_public(page: Page, home: Page, private: tuple[str, ...], now: datetime) -> bool:
    is_over = page.expire_at is not None and page.expire_at <= now
    return page.live and not is_over and page.path.startswith(home.path) and not page.path.startswith(private)


def _menu(
    home: Page, code: str, site_settings: SiteSettings, private: tuple[str, ...], now: datetime
) -> tuple[MenuLink, ...]:
    entries = list(site_settings.navigation)
    if not entries:
        pages = Page.objects.live().child_of(home).filter(show_in_menus=True).order_by("path")
        return tuple(
            MenuLink(page.title, _url(page, home, code), page.path)
            for page in pages
            if _is_public(page, home, private, now)
        )
    chosen = [entry.value["page"] for entry in entries if entry.block_type == "page" and entry.value["page"]]
    keys = [page.translation_key for page in chosen]
    here = Page.objects.live().filter(Q(translation_key__in=keys), path__startswith=home.path)
    by_key = {page.translation_key: page for page in here if _is_public(page, home, private, now)}
    menu = []
    for entry in entries:
        if entry.block_type == "link":
            menu.append(MenuLink(entry.value["label"], entry.value["url"]))
        elif entry.value["page"] and (page := by_key.get(entry.value["page"].translation_key)):
            own_label = entry.value["label"] if entry.value["page"].locale_id == page.locale_id else ""
            menu.append(MenuLink(own_label or page.title, _url(page, home, code), page.path))
    return tuple(menu)


def _statutory(homes: dict[str, Page], private: tuple[str, ...], now: datetime) -> dict[str, dict[str, MenuLink]]:
    found: dict[str, dict[str, MenuLink]] = {code: {} for code in homes}
    models = [model for model in get_page_models() if issubclass(model, ServedPage) and model.statutory]
    if not models:
        return found
    top = Q(depth__in={home.depth + 1 for home in homes.values()})
    pages = Page.objects.live().type(*models).filter(_below(homes) & top).order_by("path")
    for page in pages.specific():
        code = _language_of(page, homes)
        if _is_public(page, homes[code], private, now):
            link = MenuLink(cast(str, page.footer_label), _url(page, homes[code], code), page.path)
            found[code].setdefault(page.statutory, link)
    return found


def _wording(home: Page, code: str, site_settings: SiteSettings, private: tuple[str, ...], now: datetime) -> Wording:
    for block in site_settings.wording:
        words = block.value
        if words["language"] == code:
            texts = {name: str(words.get(name) or "") for name in WORDS}
            legal = [page for page in words["legal_links"] if page and _is_public(page, home, private, now)]
            links = (MenuLink(page.title, _url(page, home, code), page.path) for page in legal)
            return Wording(**texts, legal_links=tuple(links))
    return Wording()
