"""Repeats an import: writes the fields that changed in the source, and leaves fields that were edited here."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.models import Page

from portal.content.bulk.drafts import log_pages
from portal.content.publication import lock_pages
from portal.content.visibility import in_trash
from portal.editorial.many_reviews import start_reviews
from portal.moving.models import ImportedItem, ImportSource
from portal.moving.writing.drafts import (
    IMPORTED,
    SHOWN,
    SUBMITTED,
    DraftStore,
    is_restricted,
    publish_unreviewed,
    restrict,
)
from portal.moving.writing.hashes import hash_of_item, hashes_of_draft, hashes_of_page
from portal.moving.writing.links import old_links
from portal.moving.writing.pages import Draft

HIDDEN = "hidden there"
MOVED, DELETED = "moved to another site", "deleted here"


@transaction.atomic
def update(source: ImportSource, store: DraftStore, row: ImportedItem, draft: Draft) -> str:
    """Write the changed fields that nobody edited here; return `updated`, `conflict` or `same`.

    Returns `MOVED` or `DELETED`, and changes nothing, if the page was moved to another site or deleted meanwhile. Texts
    are compared in the state before links to the old site were replaced.
    """
    lock_pages([row.page_id or 0])
    if not source.items_here().exclude(in_trash("page__")).filter(pk=row.pk).exists():
        return MOVED if Page.objects.exclude(in_trash()).filter(pk=row.page_id).exists() else DELETED
    page: Any = Page.objects.get(pk=row.page_id).specific.get_latest_revision_as_object()
    hashes = hashes_of_draft(draft)
    last = row.field_hashes.get("source", {})
    changed = [name for name, value in hashes.items() if value != last.get(name)]
    present = hashes_of_page(page, changed)
    edited = [
        name
        for name in changed
        if page.latest_revision_id != row.revision_id and present[name] != row.field_hashes.get(name)
    ]
    to_write = [name for name in changed if name not in edited]
    was_hidden = any(note[0] == HIDDEN for note in row.notes)
    row.is_conflict = bool(edited)
    row.content_hash = hash_of_item(draft.item)
    row.notes = [[note.code, note.detail] for note in draft.converted.notes]
    if edited:
        labels = ", ".join(str(type(page)._meta.get_field(name).verbose_name) for name in edited)
        row.notes.insert(0, ["changed on both sides", labels])
    is_private = draft.item.status == "private" and not is_restricted(page)
    if page.live and (draft.item.password or draft.item.status not in SHOWN or is_private):
        row.notes.append([HIDDEN, "password" if draft.item.password else draft.item.status])
    if draft.item.status == "publish" and not draft.item.password and is_restricted(page):
        # Either it was private on the old site before, or somebody made it private here.
        row.notes.append(["private here", ""])
    # This comes first, so that no new text goes live on a page that is now private.
    restrict(page, draft)
    row.old_text = draft.converted.old_text
    row.words_before, row.words_after = draft.converted.words_before, draft.converted.words_after
    is_ours = page.latest_revision_id == row.revision_id
    # Changes imported while the old site hid the page are still a draft here.
    is_shown_again = was_hidden and is_ours and page.live and draft.item.status in SHOWN and not draft.item.password
    if to_write:
        _write(source, store, row, draft, page, to_write, is_shown_again=is_shown_again)
    elif is_shown_again and page.has_unpublished_changes:
        _release(source, store, row, page.pk, is_live=True)
    row.field_hashes = {**row.field_hashes, **{name: hashes[name] for name in to_write}, "source": hashes}
    row.save()
    if edited:
        return "conflict"
    return "updated" if to_write else "same"


def _write(
    source: ImportSource,
    store: DraftStore,
    row: ImportedItem,
    draft: Draft,
    page: Any,
    names: list[str],
    *,
    is_shown_again: bool,
) -> None:
    for name in names:
        setattr(page, name, draft.values[name])
    was_live = page.live and (not page.has_unpublished_changes or is_shown_again)
    revision = page.save_revision()
    row.revision = revision
    row.has_old_links = row.has_old_links or bool(old_links(draft.values.get("body", []), store.builder.survey))
    data = {"source": source.address, "address": draft.item.link, "fields": names}
    log_pages([(page, {"action": IMPORTED, "revision": revision, "data": data})])
    if draft.item.status in SUBMITTED and not draft.is_empty:
        _release(source, store, row, page.pk, is_live=was_live and draft.item.status in SHOWN)


def _release(source: ImportSource, store: DraftStore, row: ImportedItem, key: int, *, is_live: bool) -> None:
    """Submit the imported version for review; or, if chosen, publish it in place of a live one."""
    stored: Any = Page.objects.get(pk=key).specific
    revision = stored.latest_revision
    if store.is_live and is_live:
        try:
            publish_unreviewed(stored, revision, source)
        except ValidationError as error:
            row.notes.append(["not live", "; ".join(error.messages)])
        return
    workflow = stored.get_workflow()
    if workflow and not stored.workflow_in_progress:
        start_reviews(workflow, [(stored, revision)])
