"""Undoes an import, except for pages that somebody has edited."""

from collections import Counter
from collections.abc import Callable

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, ReferenceIndex

from portal.content.extension_points import holds_reader_data
from portal.content.publication import lock_pages
from portal.content.upstream import references_in
from portal.moving.models import ImportedItem, ImportSource
from portal.moving.redirects_by_hand import RedirectsByHand
from portal.moving.writing.front import FRONT, empty_front
from portal.moving.writing.menus import MENU, take_menu_back
from portal.moving.writing.redirects import LONGEST
from portal.moving.writing.statutory import LEGAL, unlink_statutory_pages
from portal.moving.writing.targets import ROOM, give_room_back

Kind = ImportedItem.Kind


def undo(
    source: ImportSource,
    pause: Callable[[Counter[str]], None] = lambda counts: None,
    broken: list[str] | None = None,
) -> tuple[Counter[str], list[str]]:
    """Delete the pages, files and redirects of an import, its shelves of the front page and its entries of the menu.

    Returns the counts of what is deleted, and the titles of pages that stay. A page stays if somebody edited it or
    moved it to another site, if readers have sent something through it, or if a page below it stays; a file stays if
    something else uses it. `pause` is called after each page; if it raises an exception, another call does the rest.
    The old paths of redirects that were made here and lead to a deleted page are added to `broken`.
    """
    counts: Counter[str] = Counter()
    rows = ImportedItem.objects.filter(source=source, kind__in=[Kind.PAGE, Kind.PLACE]).select_related("page")
    rows = rows.exclude(key__in=[FRONT, MENU, LEGAL]).exclude(key__startswith=ROOM).defer("old_text", "field_hashes")
    # This comes first, because the front page shows pages that are deleted next.
    edited = empty_front(source)
    stay = [edited] if edited else []
    by_hand = RedirectsByHand(source)
    # A page is deleted after the pages below it.
    for row in sorted(rows, key=lambda row: -(row.page.depth if row.page else 0)):
        before = counts["pages"]
        with transaction.atomic():
            lock_pages([row.page_id or 0])
            # This is only checked now, because somebody may have edited, moved or deleted the page since the rows were
            # read.
            page = Page.objects.filter(pk=row.page_id).first()
            is_here = source.items_here().filter(pk=row.pk).exists()
            if page is None:
                row.delete()
            elif is_here and page.latest_revision_id == row.revision_id and page.is_leaf() and not _is_in_use(page):
                # Redirects are deleted with the page to which they lead.
                counts += Counter(pages=1, redirects=Redirect.objects.filter(redirect_page=page.pk).count())
                if broken is not None:
                    broken += by_hand.to(page.pk, page.url_path)
                row.delete()
                page.specific.delete()
            else:
                # If a page was moved to another site, its current title is not disclosed.
                stay.append(page.title if is_here else row.title)
        if counts["pages"] > before:
            pause(counts)
    give_room_back(source)
    unlink_statutory_pages(source)
    take_menu_back(source)
    counts["redirects"] += _undo_redirects(source)
    _undo_files(source, counts, pause)
    if not ImportedItem.objects.filter(source=source).exists():
        source.delete()
    return counts, stay


def _is_in_use(page: Page) -> bool:
    return any(has_data(page.pk) for has_data in holds_reader_data)


def _undo_redirects(source: ImportSource) -> int:
    rows = ImportedItem.objects.filter(source=source, kind=Kind.REDIRECT)
    count = 0
    for row in rows:
        # If somebody has changed the entry, it has another target. A redirect to a page is deleted with the page.
        found = Redirect.objects.filter(site=source.site, old_path=row.old_address, redirect_page=row.page_id)
        if row.page_id is None:
            is_cut = len(row.title) == LONGEST
            found = found.filter(**{"redirect_link__startswith" if is_cut else "redirect_link": row.title})
            found = found.exclude(redirect_link="")
        count += found.delete()[0]
    rows.delete()
    return count


def _undo_files(source: ImportSource, counts: Counter[str], pause: Callable[[Counter[str]], None]) -> None:
    in_drafts = _references_of_drafts()
    for row in ImportedItem.objects.filter(source=source, kind=Kind.FILE).select_related("image", "document"):
        file = row.image or row.document
        if file is not None:
            reference = ContentType.objects.get_for_model(file).pk, str(file.pk)
            if reference in in_drafts or ReferenceIndex.get_references_to(file).exists():
                continue
        row.delete()
        others = ImportedItem.objects.filter(image=row.image_id, document=row.document_id)
        if file is not None and not others.exists():
            file.delete()
            counts["files"] += 1
            pause(counts)


def _references_of_drafts() -> set[tuple[int, str]]:
    """The content types and keys of what drafts of live pages refer to. The reference index has the live versions."""
    drafts = Page.objects.filter(has_unpublished_changes=True)
    pages = (page.get_latest_revision_as_object() for page in drafts.specific().iterator(50))
    return {(content_type, str(key)) for page in pages for content_type, key, *_path in references_in(page)}
