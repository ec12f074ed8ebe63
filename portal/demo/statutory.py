"""Builds the statutory pages of a demo site."""

from typing import Any

from home.models import AccessibilityStatementPage, LegalNoticePage, PrivacyNoticePage, SiteMapPage
from home.statutory.base import StatutoryPage
from portal.demo.reading import statutory


def statutory_pages(site: dict[str, Any], code: str) -> dict[str, StatutoryPage]:
    """The unsaved pages of a site in one language, by kind; `site` are the facts of the site."""
    facts, words = statutory()["sites"][site["key"]], statutory()["words"][code]
    country = {"country": facts["country"]}
    return {
        "accessibility": AccessibilityStatementPage(
            **_address(words["accessibility"]),
            **country,
            organisation=site["organisation"],
            compliance=facts["compliance"],
            share_met=facts.get("share_met"),
            audited_on=facts.get("audited_on"),
            audited_by=facts["audited_by"],
            failures=words["failures"] if facts["compliance"] == "partial" else "",
            exempt=words["exempt"],
            technologies="HTML, CSS, JavaScript, SVG, WAI-ARIA",
            environments=words["environments"] if facts["audited_by"] else "",
            tools="axe-core, Nu Html Checker, Lighthouse",
            pages_tested=words["pages_tested"] if facts["audited_by"] else "",
            contact_email=site["email"],
            complaint=facts.get("complaint", {}).get(code, ""),
            made_on=facts["made_on"],
        ),
        "legal": LegalNoticePage(
            **_address(words["legal"]),
            **country,
            publisher=site["organisation"],
            publisher_address=site["address"],
            represented_by=facts["represented_by"],
            register=facts["register"],
            contact_email=site["email"],
            contact_phone=site["phone"],
            director=facts["director"],
            host_name=facts["host_name"],
            host_address=facts["host_address"],
            further=words["invented"],
        ),
        "privacy": PrivacyNoticePage(
            **_address(words["privacy"]),
            **country,
            controller=site["organisation"],
            controller_address=site["address"],
            contact_email=site["email"],
            protection_officer=words["protection_officer"] % facts,
            log_days=14,
            recipients=words["recipients"] % facts,
            authority=facts.get("authority", {}).get(code, ""),
        ),
        "site_map": SiteMapPage(**_address(words["site_map"])),
    }


def _address(words: list[str]) -> dict[str, str]:
    slug, title, description = words
    return {"slug": slug, "title": title, "search_description": description}
