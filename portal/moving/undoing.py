"""Takes an import back, as far as nobody has edited it."""

from collections import Counter
from typing import Any

from django.db import transaction
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, ReferenceIndex

from portal.content.records.settings import SiteSettings
from portal.moving.models import ImportedItem, ImportSource

Kind = ImportedItem.Kind


def is_untouched(row: ImportedItem) -> bool:
    """Whether nobody has saved a version of the page, or written a page below it."""
    page = row.page
    return page is not None and page.latest_revision_id == row.revision_id


def undo(source: ImportSource) -> tuple[Counter[str], list[str]]:
    """Delete the pages, files and redirects of an import; return their counts, and the titles of pages that stay.

    A page stays if somebody edited it or moved it to another site, or if one below it stays; a file, if something else
    uses it.
    """
    counts: Counter[str] = Counter()
    rows = ImportedItem.objects.filter(source=source, kind__in=[Kind.PAGE, Kind.PLACE]).select_related("page")
    here = set(source.items_here().values_list("pk", flat=True))
    stay = []
    # From the leaves up: a page is deleted after those below it.
    for row in sorted(rows, key=lambda row: -(row.page.depth if row.page else 0)):
        if row.page is None:
            row.delete()
        elif row.pk in here and is_untouched(row) and not Page.objects.filter(pk=row.page_id, numchild__gt=0).exists():
            with transaction.atomic():
                page: Any = Page.objects.get(pk=row.page_id).specific
                row.delete()
                page.delete()
            counts["pages"] += 1
        else:
            stay.append(row.page.title)
    _undo_menu(source)
    counts["redirects"] = _undo_redirects(source)
    counts["files"] = _undo_files(source)
    if not ImportedItem.objects.filter(source=source).exists():
        source.delete()
    return counts, stay


def _undo_menu(source: ImportSource) -> None:
    """Take the entries whose pages are gone out of the navigation."""
    settings = SiteSettings.for_site(source.site)
    blocks = list(settings.navigation.raw_data)
    wanted = {block["value"]["page"] for block in blocks if block["type"] == "page"}
    present = set(Page.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    remaining = [block for block in blocks if block["type"] != "page" or block["value"]["page"] in present]
    if len(remaining) < len(blocks):
        settings.navigation = remaining
        settings.save(update_fields=["navigation"])


def _undo_redirects(source: ImportSource) -> int:
    rows = ImportedItem.objects.filter(source=source, kind=Kind.REDIRECT)
    count = 0
    for row in rows:
        # One that somebody has changed since leads elsewhere.
        found = Redirect.objects.filter(site=source.site, old_path=row.old_address, redirect_link__startswith=row.title)
        count += found.delete()[0]
    rows.delete()
    return count


def _undo_files(source: ImportSource) -> int:
    count = 0
    for row in ImportedItem.objects.filter(source=source, kind=Kind.FILE).select_related("image", "document"):
        file = row.image or row.document
        if file is not None and ReferenceIndex.get_references_to(file).exists():
            continue
        row.delete()
        others = ImportedItem.objects.filter(image=row.image_id, document=row.document_id)
        if file is not None and not others.exists():
            file.delete()
            count += 1
    return count
