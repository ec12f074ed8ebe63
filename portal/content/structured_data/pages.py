"""Structured data (schema.org) of pages, built without further queries from the page and its template context."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail.models import Page

from portal.content.records.cards import Card
from portal.content.serving.editions import Edition
from portal.content.share.words import share_image_url
from portal.content.structured_data import schema
from portal.content.structured_data.schema import Data
from portal.media.picture import sources

DATA_SLOTS = ("data_square", "data_classic", "data_wide")

# The template context of a page.
Context = Mapping[Any, Any]


def canonical_url(page: Page, edition: Edition, request: HttpRequest | None = None) -> str:
    """The canonical URL of a page; for an alias, that of its original."""
    shown = page.alias_of if page.alias_of_id else page
    if shown.path.startswith(edition.home.path):
        return edition.full(edition.url_of(shown))
    return shown.get_full_url(request) or ""


def site_things(edition: Edition, search_url: str = "") -> list[Data]:
    """The organisation and its website. `search_url` is the URL of the search page, or empty."""
    facts, home = edition.settings, edition.full(edition.home_url)
    target = schema.thing("EntryPoint", urlTemplate=f"{edition.full(search_url)}?q={{search_term_string}}")
    action = {**schema.thing("SearchAction", target=target), "query-input": "required name=search_term_string"}
    return [
        organization(
            edition,
            sameAs=[link["url"] for link in facts.social_links],
            legalName=facts.contact_organisation,
            address=schema.postal_address(facts.contact_address, schema.COUNTRY_OF_CLOCK.get(edition.zone.key, "")),
            email=facts.contact_email,
            telephone=facts.contact_phone,
        ),
        schema.thing(
            "WebSite",
            id=f"{home}#website",
            url=home,
            name=edition.name,
            description=edition.wording.tagline,
            inLanguage=edition.language,
            publisher=schema.reference(organization_id(edition)),
            potentialAction=action if search_url else None,
        ),
    ]


def organization_id(edition: Edition) -> str:
    return f"{edition.site.root_url}/#organization"


def organization(edition: Edition, **facts: Any) -> Data:
    """A site's publisher, with its logo. Every page includes it, so that references to it resolve."""
    logo = edition.settings.logo
    return schema.thing(
        "Organization",
        id=organization_id(edition),
        name=edition.name,
        url=f"{edition.site.root_url}/",
        logo=schema.image(edition.full(sources(logo, "logo").src)) if logo else None,
        **facts,
    )


def breadcrumb_of(page: Any, edition: Edition, url: str, last: str = "") -> list[Data]:
    """The breadcrumb, empty on the home page. `last` is the name of a list below the page."""
    public = (step for step in page.trail if step.live or step.pk == page.pk)
    trail = [(step.title, edition.full(edition.url_of(step))) for step in public]
    if last:
        trail.append((last, url))
    if len(trail) < 2:
        return []
    trail[0] = (edition.name, trail[0][1])
    return [schema.breadcrumb(url, trail)]


def page_things(page: Any, edition: Edition, context: Context, kind: str = "WebPage", **facts: Any) -> list[Data]:
    """The data of a page without a more specific type, or of the full list below a page."""
    url = canonical_url(page, edition, context.get("request"))
    name, last, listing = page.title, "", context.get("listing")
    if list_url := context.get("list_url", ""):
        kind = "CollectionPage"
        names = {edition.list_url(page, which): name for which, name in (("news", _("News")), ("events", _("Events")))}
        last = names.get(list_url, "")
        name = f"{page.title} – {last}" if last else page.title
        url = edition.full(list_url)
    entries = _entries(edition, listing.items if listing else context.get("cards") or ())
    if entries:
        facts["mainEntity"] = schema.item_list(entries, listing.count if listing else None)
    facts = {"description": page.summary, "dateModified": page.last_published_at, **facts}
    return [
        organization(edition),
        schema.web_page(kind, url, name, edition.language, edition.full(edition.home_url), **facts),
        *breadcrumb_of(page, edition, url, last),
    ]


def _entries(edition: Edition, items: Any) -> list[tuple[str, str]]:
    """The names and URLs of stories, pages, or event dates, whose own title may be empty."""
    pages = [(item.page if isinstance(item, Card) else item, item) for item in items]
    return [(getattr(item, "shown_title", item.title), edition.full(edition.url_of(page))) for page, item in pages]


def images_of(page: Any, edition: Edition) -> list[Data]:
    """The lead image in the three aspect ratios that search engines want; without one, the share image."""
    picture = getattr(page, "lead_image", None)
    if picture is None:
        return [schema.image(url, 1200, 630)] if (url := share_image_url(page, edition)) else []
    return [
        schema.image(
            edition.full(found.src),
            found.width,
            found.height,
            caption=page.lead_image_caption or page.lead_image_alt,
            credit=picture.credit,
        )
        for found in (sources(picture, slot) for slot in DATA_SLOTS)
    ]
