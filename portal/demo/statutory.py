"""Builds a demo site's statutory pages."""

from typing import Any

from home.models import AccessibilityStatementPage, LegalNoticePage, PrivacyNoticePage, SiteMapPage
from home.statutory.base import StatutoryPage
from portal.demo.reading import statutory_texts

PAGES = (AccessibilityStatementPage, LegalNoticePage, PrivacyNoticePage, SiteMapPage)
TECHNOLOGIES, TOOLS = "HTML, CSS, JavaScript, SVG, WAI-ARIA", "axe-core, Nu Html Checker, Lighthouse"


def statutory_pages(site: dict[str, Any], code: str) -> dict[str, StatutoryPage]:
    """A site's unsaved pages in one language, by kind; `site` has the site's values from `network.toml`."""
    facts, words = statutory_texts()["sites"][site["key"]], statutory_texts()["words"][code]
    values = {
        **facts,
        **words,
        **{name: facts.get(name, {}).get(code, "") for name in ("complaint", "authority")},
        **{name: words[name] % facts for name in ("protection_officer", "recipients")},
        **dict.fromkeys(("organisation", "publisher", "controller"), site["organisation"]),
        **dict.fromkeys(("publisher_address", "controller_address"), site["address"]),
        "contact_email": site["email"],
        "contact_phone": site["phone"],
        "log_days": 14,
        "technologies": TECHNOLOGIES,
        "tools": TOOLS,
    }
    if not facts["audited_by"]:
        values |= {"environments": "", "pages_tested": ""}
    if facts["compliance"] != "partial":
        values["failures"] = ""
    pages: dict[str, StatutoryPage] = {}
    for model in PAGES:
        slug, title, description = words[model.statutory]
        own = {field.name: values[field.name] for field in model._meta.local_fields if field.name in values}
        pages[model.statutory] = model(slug=slug, title=title, search_description=description, **own)
    pages["legal"].further = words["invented"]
    return pages
