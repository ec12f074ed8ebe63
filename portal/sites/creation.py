"""Creates a site: its record, a home page per language, starter pages, settings and newsroom."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http.request import validate_host
from django.utils.text import slugify
from django.utils.translation import gettext as _, override, pgettext_lazy
from wagtail.models import Locale, Page, Site

from events.models import CalendarPage
from home.models import (
    AccessibilityStatementPage,
    HomePage,
    LegalNoticePage,
    PrivacyNoticePage,
    SectionPage,
    SiteMapPage,
    StandardPage,
)
from portal.allowed_hosts import SiteHosts
from portal.content.records.settings import SiteSettings
from portal.content.serving.theme import Theme
from portal.editorial.roles import set_up_newsroom
from portal.platform.languages import AddressWords
from portal.platform.slugs import free_slug
from portal.sites.further_hosts import lock_hosts, refuse_taken_host
from portal.sites.ports import readers_port
from portal.sites.statutory import KnownFacts, known_facts_of

HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
# The slugs of a new site's pages, by language. They must differ from those of the full lists (LIST_WORDS).
STARTER_SLUGS = AddressWords(
    section=pgettext_lazy("address", "news"),
    calendar=pgettext_lazy("address", "events"),
    about=pgettext_lazy("address", "about"),
    accessibility=pgettext_lazy("address", "accessibility"),
    legal=pgettext_lazy("address", "legal-notice"),
    privacy=pgettext_lazy("address", "privacy"),
    site_map=pgettext_lazy("address", "site-map"),
)
STARTER_TITLES = {
    "section": pgettext_lazy("title", "News"),
    "calendar": pgettext_lazy("title", "Events"),
    "about": pgettext_lazy("title", "About us"),
    "accessibility": pgettext_lazy("title", "Accessibility statement"),
    "legal": pgettext_lazy("title", "Legal notice"),
    "privacy": pgettext_lazy("title", "Privacy notice"),
    "site_map": pgettext_lazy("title", "Site map"),
}


def starters(language: str) -> dict[str, tuple[str, str]]:
    with override(language):
        return {key: (STARTER_SLUGS[language][key], str(title)) for key, title in STARTER_TITLES.items()}


class SiteCreationError(ValidationError):
    """The specification is invalid. Messages are by field: `host`, `name`, `languages`, `theme`."""


def creation_error(field: str, text: str, **facts: str) -> SiteCreationError:
    return SiteCreationError({field: text % facts})


@dataclass(frozen=True)
class SiteSpec:
    """The specification of a new site. The first language is the default."""

    host: str
    name: str
    languages: tuple[str, ...]
    theme: str = Theme.BURGUNDY
    # None is the default port for readers.
    port: int | None = None
    # Whether search engines and the network's other sites may list it immediately.
    is_open: bool = False


@dataclass(frozen=True)
class CreatedSite:
    site: Site
    is_new: bool
    # The languages that the site did not have before.
    added: tuple[str, ...]
    # It only differs from the site's port if the site already existed.
    wanted_port: int


def checked_host(value: str) -> str:
    """The host as browsers send it, in lower-case ASCII (IDNA). Raises SiteCreationError if it is invalid."""
    host = value.strip().rstrip(".").lower()
    if "*" in host:
        raise creation_error("host", _("A site has one exact host name, such as news.example.org, without a wildcard."))
    if found := re.match(r"[a-z]+://([^/:]+)", host) or re.match(r"([^/:]+)[/:]", host):
        raise creation_error(
            "host", _("Enter only the host name, without https://, port or path: %(host)s."), host=found[1]
        )
    try:
        host = host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError:
        host = ""
    if len(host) > 253 or not HOST.fullmatch(host):
        raise creation_error("host", _("“%(host)s” is not a host name such as news.example.org."), host=value.strip())
    if host.replace(".", "").isdigit():
        raise creation_error("host", _("A site has a host name, not an IP address."))
    if not isinstance(settings.ALLOWED_HOSTS, SiteHosts) and not validate_host(host, settings.ALLOWED_HOSTS):
        text = _("This installation does not serve %(host)s: add it to ALLOWED_HOSTS first.")
        raise creation_error("host", text, host=host)
    return host


def checked_languages(codes: Iterable[str]) -> tuple[str, ...]:
    """The language codes without duplicates. Raises SiteCreationError for one not in LANGUAGES."""
    known = dict(settings.LANGUAGES)
    found = tuple(dict.fromkeys(code.strip().lower() for code in codes if code.strip()))
    unknown = [code for code in found if code not in known]
    if unknown or not found:
        text = _("The portal’s languages are %(known)s, not “%(unknown)s”.")
        raise creation_error("languages", text, known=", ".join(known), unknown=", ".join(unknown))
    return found


@transaction.atomic
def create_site(spec: SiteSpec) -> CreatedSite:
    """Create the site. If the host already has one, on any port, only add missing languages and the newsroom."""
    host = checked_host(spec.host)
    languages = checked_languages(spec.languages)
    port = readers_port(host) if spec.port is None else spec.port
    # A concurrent call waits here and then finds this site.
    lock_hosts()
    known = list(Site.objects.filter(hostname__iexact=host).order_by("pk"))
    site = next((each for each in known if each.port == port), known[0] if known else None)
    if site is None:
        try:
            refuse_taken_host(host)
        except ValidationError as error:
            raise SiteCreationError({"host": error}) from error
        if not spec.name.strip():
            raise creation_error("name", _("A new site needs a name."))
        delete_welcome_site()
        home = _create_home(spec.name.strip(), languages[0], None)
        site = Site.objects.create(
            hostname=host,
            port=port,
            site_name=spec.name.strip(),
            root_page=home,
            is_default_site=not Site.objects.filter(is_default_site=True).exists(),
        )
        is_new = True
        _save_settings(site, spec, languages[0])
    else:
        home, is_new = site.root_page.specific, False
    homes = {page.locale.language_code: page for page in home.get_translations(inclusive=True).select_related("locale")}
    added = tuple(code for code in languages if code not in homes)
    for code in added:
        homes[code] = _create_home(site.site_name, code, home)
    facts = known_facts_of(site, home.locale.language_code)
    for code in languages if is_new else added:
        _create_starter_pages(homes[code], code, home, facts)
    set_up_newsroom(site)
    return CreatedSite(site, is_new, added, port)


def welcome_sites() -> list[Site]:
    """The default site from Wagtail's migrations, if nobody uses it."""
    found = []
    for site in Site.objects.filter(hostname="localhost", site_name="").select_related("root_page"):
        page = site.root_page
        is_untouched = page.specific_class is Page and page.latest_revision_id is None and page.is_leaf()
        if is_untouched and page.sites_rooted_here.count() == 1:
            found.append(site)
    return found


def delete_welcome_site() -> None:
    """Delete the default site from Wagtail's migrations and its page, unless somebody uses it."""
    for site in welcome_sites():
        page, other = site.root_page, Site.objects.exclude(pk=site.pk).order_by("pk").first()
        site.delete()
        page.delete()
        if site.is_default_site and other:
            other.is_default_site = True
            other.save()


def _create_home(name: str, code: str, original: Page | None) -> HomePage:
    root, (locale, _is_new) = Page.get_first_root_node(), Locale.objects.get_or_create(language_code=code)
    page = HomePage(title=name, slug=free_slug(root, f"{slugify(name) or 'site'}-{code}"), locale=locale)
    return _publish(page, root, original)


def _create_starter_pages(home: Page, code: str, first_home: Page, known: KnownFacts) -> None:
    """Create a section with a calendar, the site map, and drafts of the pages that a person must complete."""

    def original_of(key: str) -> Page | None:
        first_code = first_home.locale.language_code
        original = first_home.get_descendants().filter(slug=STARTER_SLUGS[first_code][key]).first()
        return original.specific if original and original.locale_id != home.locale_id else None

    def starter_page(model: type[Page], key: str, **fields: object) -> Page:
        slug, title = starters(code)[key]
        return model(title=title, slug=slug, locale=home.locale, **fields)

    section = _publish(starter_page(SectionPage, "section", show_in_menus=True), home, original_of("section"))
    _publish(starter_page(CalendarPage, "calendar"), section, original_of("calendar"))
    _publish(starter_page(SiteMapPage, "site_map"), home, original_of("site_map"))
    drafts: list[tuple[str, type[Page], dict[str, object]]] = [
        ("about", StandardPage, {}),
        ("accessibility", AccessibilityStatementPage, known.accessibility),
        ("legal", LegalNoticePage, known.legal),
        ("privacy", PrivacyNoticePage, known.privacy),
    ]
    for key, model, fields in drafts:
        page = starter_page(model, key, **fields)
        _link_translation(page, original_of(key))
        page.live = False
        home.add_child(instance=page)
        # Its required fields are still empty.
        page.save_revision(clean=False)


def _publish[P: Page](page: P, parent: Page, original: Page | None) -> P:
    _link_translation(page, original)
    parent.add_child(instance=page)
    page.save_revision().publish()
    return page


def _link_translation(page: Page, original: Page | None) -> None:
    if original is not None:
        page.translation_key = original.translation_key


def _save_settings(site: Site, spec: SiteSpec, default_language: str) -> None:
    if spec.theme not in Theme.values:
        text = _("There is no theme “%(theme)s”. Choose one of: %(known)s.")
        raise creation_error("theme", text, theme=spec.theme, known=", ".join(Theme.values))
    site_settings = SiteSettings.for_site(site)
    site_settings.brand_colour, site_settings.accent_colour = Theme(spec.theme).colours
    site_settings.default_language = default_language
    site_settings.time_zone = settings.TIME_ZONE
    site_settings.is_unlisted = not spec.is_open
    site_settings.full_clean()
    site_settings.save()
