"""Finds the site and section given to a management command."""

from django.core.management import CommandError
from wagtail.models import Page, Site

from portal.editorial.roles import homes_of, sections_of


def site_by_host(name: str) -> Site:
    """The site with this host, or with `host:port` if several share it. Raises CommandError otherwise."""
    host, _colon, port = name.partition(":")
    sites = Site.objects.filter(hostname__iexact=host)
    if port:
        sites = sites.filter(port=port) if port.isdecimal() else sites.none()
    found = list(sites.order_by("port")[:2])
    if not found:
        known = ", ".join(f"{site.hostname}:{site.port}" for site in Site.objects.order_by("pk")) or "none"
        raise CommandError(f"No site has the host {name}. Sites: {known}.")
    if len(found) > 1:
        raise CommandError(f"Several sites have the host {host}: add the port, such as {host}:{found[0].port}.")
    return found[0]


def section_by_slug(site: Site, slug: str) -> Page:
    """The section with this slug, or path of slugs below the home page, in any of the site's languages.

    Raises CommandError unless exactly one section matches.
    """
    wanted = slug.strip("/")
    found = {}
    for section in sections_of(site):
        for page in section.get_translations(inclusive=True):
            for home in homes_of(site):
                if page.path.startswith(home.path) and wanted in (page.slug, _below(home, page)):
                    found[section.pk] = section
    if not found:
        known = ", ".join(section.slug for section in sections_of(site)) or "none"
        raise CommandError(f"{site.hostname} has no section {slug}. Sections: {known}.")
    if len(found) > 1:
        raise CommandError(f"{site.hostname} has several sections {slug}: give the whole path below the home page.")
    return next(iter(found.values()))


def _below(home: Page, page: Page) -> str:
    return page.url_path.removeprefix(home.url_path).strip("/")
