"""Puts imported statutory pages, such as the legal notice, into the footer, unless the site has published its own."""

import re
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from wagtail.models import Page, get_page_models

from portal.content.records.settings import SiteSettings
from portal.content.visibility import in_trash
from portal.moving.models import ImportedItem, ImportSource
from portal.moving.planning.survey import Survey
from portal.moving.wordpress.values import unquoted
from portal.moving.writing.targets import slug_of

# The slugs of these pages on sites in the three languages, by `PortalPage.statutory`.
SLUGS = {
    "accessibility": r"(?:declaration-d-?)?accessibilite|barrierefreiheit(?:serklaerung|serklarung)?"
    r"|(?:erklaerung-zur|erklarung-zur)-barrierefreiheit|accessibility(?:-statement)?",
    "legal": r"mentions-legales|mentions|impressum|imprint|legal-notice|legal",
    "privacy": r"(?:politique-de-)?confidentialite|donnees-personnelles|protection-des-donnees"
    r"|datenschutz(?:erklaerung|erklarung|hinweise?)?|privacy(?:-policy|-notice)?|data-protection",
}
KIND, LEGAL = ImportedItem.Kind.PLACE, "legal links"


def link_statutory_pages(source: ImportSource, survey: Survey, pages: Mapping[int, int]) -> None:
    """Add imported statutory pages to the legal links. `pages` has their keys by their numbers in the old site.

    A repeated import does not restore a link that was removed here.
    """
    row = _rows(source).first()
    known: dict[str, int] = row.field_hashes["pages"] if row else {}
    found: dict[str, int] = {}
    for item in survey.items.values():
        kind = _kind_of(item.slug) if item.kind == "page" and item.status == "publish" else ""
        if kind and item.wp_id in pages and kind not in (*known, *found) and not _own(source, kind, live=True):
            found[kind] = pages[item.wp_id]
    if found:
        settings = SiteSettings.for_site(source.site)
        links = _links(settings, source.locale.language_code)
        shown = {page.pk for page in links if page}
        links.extend(Page.objects.filter(pk__in=set(found.values()) - shown).order_by("path"))
        settings.save(update_fields=["wording"])
        facts = {"field_hashes": {"pages": {**known, **found}}}
        _rows(source).update_or_create(source=source, kind=KIND, key=LEGAL, defaults=facts)


def unlink_statutory_pages(source: ImportSource) -> None:
    """Remove the legal links to deleted pages."""
    if not _rows(source).delete()[0]:
        return
    settings = SiteSettings.for_site(source.site)
    for number, block in reversed(list(enumerate(settings.wording))):
        links = block.value["legal_links"]
        present = [page for page in links if page]
        if len(present) < len(links):
            block.value["legal_links"] = present
            if not any(value for name, value in block.value.items() if name != "language"):
                del settings.wording[number]
    settings.save(update_fields=["wording"])


def statutory_twice(source: ImportSource) -> list[tuple[Page, Page]]:
    """Each imported statutory page, and the site's own draft for the same purpose."""
    row = _rows(source).first()
    found = []
    for kind, key in row.field_hashes["pages"].items() if row else ():
        imported, draft = Page.objects.exclude(in_trash()).filter(pk=key).first(), _own(source, kind, live=False)
        if imported and draft:
            found.append((imported, draft))
    return found


def _kind_of(slug: str) -> str:
    plain = slug_of(unquoted(slug), "")
    return next((kind for kind, pattern in SLUGS.items() if re.fullmatch(pattern, plain)), "")


def _own(source: ImportSource, kind: str, *, live: bool) -> Page | None:
    """The site's own statutory page of this kind."""
    models = [model for model in get_page_models() if getattr(model, "statutory", "") == kind]
    if not models or source.home is None:
        return None
    below = Page.objects.child_of(source.home).exclude(in_trash()).type(*models)
    found: Page | None = below.filter(live=live).order_by("path").first()
    return found


def _links(settings: SiteSettings, language: str) -> Any:
    """The legal links of an edition, which can be changed."""
    if all(block.value["language"] != language for block in settings.wording):
        edition = settings.wording.stream_block.child_blocks["edition"]
        settings.wording.append(("edition", edition.to_python({"language": language})))
    return next(block.value for block in settings.wording if block.value["language"] == language)["legal_links"]


def _rows(source: ImportSource) -> QuerySet[ImportedItem]:
    return ImportedItem.objects.filter(source=source, kind=KIND, key=LEGAL)
