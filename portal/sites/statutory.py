"""A site's statutory pages: the data that the portal can fill in, and whether readers can see them."""

from dataclasses import dataclass
from typing import Any

from wagtail.models import Page, Site

from home.models import AccessibilityStatementPage, LegalNoticePage, PrivacyNoticePage, SiteMapPage
from home.statutory.base import Country
from portal.content.records.settings import SiteSettings

COUNTRIES = {"fr": Country.FRANCE, "de": Country.GERMANY}
TECHNOLOGIES = "HTML, CSS, JavaScript, SVG, WAI-ARIA"
STATUTORY_PAGES = (AccessibilityStatementPage, LegalNoticePage, PrivacyNoticePage, SiteMapPage)


@dataclass(frozen=True)
class KnownFacts:
    """The values on each page that the portal can fill in. The page is a draft until a person completes it."""

    accessibility: dict[str, Any]
    legal: dict[str, Any]
    privacy: dict[str, Any]


def known_facts_of(site: Site, language: str) -> KnownFacts:
    """The data from a site's settings. The country is guessed from the site's first language."""
    found = SiteSettings.for_site(site)
    country = {"country": COUNTRIES.get(language, Country.OTHER)}
    name, address = found.contact_organisation or site.site_name, found.contact_address
    email = found.contact_email or found.sender_address
    return KnownFacts(
        {"organisation": name, "contact_email": email, "technologies": TECHNOLOGIES, **country},
        {
            "publisher": name,
            "publisher_address": address,
            "contact_email": email,
            "contact_phone": found.contact_phone,
            **country,
        },
        {"controller": name, "controller_address": address, "contact_email": email, **country},
    )


def has_statutory_pages(homes: list[Page]) -> bool:
    """Whether readers can see all of these pages in every language."""
    return all(
        model.objects.live().child_of(home).exists()  # type: ignore[attr-defined]
        for home in homes
        for model in STATUTORY_PAGES
    )
