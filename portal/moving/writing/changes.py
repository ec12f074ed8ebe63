"""Repeats an import: writes what changed in the source, and leaves what was edited here."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.models import Page

from portal.content.bulk.drafts import log_pages
from portal.editorial.many_reviews import start_reviews
from portal.moving.models import ImportedItem, ImportSource
from portal.moving.writing.drafts import IMPORTED, SHOWN, SUBMITTED, DraftStore, publish_unreviewed, restrict
from portal.moving.writing.hashes import hash_of_item, hashes_of_draft, hashes_of_page
from portal.moving.writing.links import has_old_links
from portal.moving.writing.pages import Draft


@transaction.atomic
def update(source: ImportSource, store: DraftStore, row: ImportedItem, draft: Draft) -> str:
    """Write the changed fields that nobody edited here; return `updated`, `conflict` or `same`.

    Links of the old site were turned into links here after the last import, so that texts are compared before that.
    """
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
    row.is_conflict = bool(edited)
    row.content_hash = hash_of_item(draft.item)
    row.notes = [[note.code, note.detail] for note in draft.converted.notes]
    if edited:
        labels = ", ".join(str(type(page)._meta.get_field(name).verbose_name) for name in edited)
        row.notes.insert(0, ["changed on both sides", labels])
    if page.live and (draft.item.password or draft.item.status not in SHOWN):
        row.notes.append(["hidden there", "password" if draft.item.password else draft.item.status])
    # Before a new text can go live.
    restrict(page, draft)
    row.words_before, row.words_after = draft.converted.words_before, draft.converted.words_after
    if to_write:
        _write(source, store, row, draft, page, to_write)
    row.field_hashes = {**row.field_hashes, **{name: hashes[name] for name in to_write}, "source": hashes}
    row.save()
    if edited:
        return "conflict"
    return "updated" if to_write else "same"


def _write(
    source: ImportSource, store: DraftStore, row: ImportedItem, draft: Draft, page: Any, names: list[str]
) -> None:
    for name in names:
        setattr(page, name, draft.values[name])
    was_live = page.live and not page.has_unpublished_changes
    revision = page.save_revision()
    row.revision = revision
    row.has_old_links = row.has_old_links or has_old_links(draft.values["body"], source.address)
    data = {"source": source.address, "address": draft.item.link, "fields": names}
    log_pages([(page, {"action": IMPORTED, "revision": revision, "data": data})])
    if store.is_live and was_live and draft.item.status in SHOWN:
        try:
            publish_unreviewed(page, revision, source)
        except ValidationError as error:
            row.notes.append(["not live", "; ".join(error.messages)])
        return
    stored = Page.objects.get(pk=page.pk).specific
    workflow = stored.get_workflow()
    if workflow and draft.item.status in SUBMITTED and not stored.workflow_in_progress:
        start_reviews(workflow, [(stored, revision)])
