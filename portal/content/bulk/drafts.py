"""Inserts many new drafts with the rows that Wagtail writes for each: revision, history, references, search index."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from modelcluster.models import get_all_child_relations
from wagtail.log_actions import get_active_log_context
from wagtail.models import Page, PageLogEntry, ReferenceIndex, Revision
from wagtail.search.backends import get_search_backends

from portal.content.bulk.children import NewChildren, assign_keys, count_children, write_pages
from portal.content.bulk.rows import new_keys, write_objects
from portal.content.pages.pages import PortalPage
from portal.content.upstream import content_path_hash, references_in, set_parent


def begin_draft(page: PortalPage, parent: Page, slug: str) -> None:
    """Prepare a new page, including its language, so that saving it makes no further queries."""
    set_parent(page, parent)
    page.slug = slug
    page.live = False
    for relation in get_all_child_relations(page):
        setattr(page, relation.get_accessor_name(), [])


def check_draft(page: PortalPage, unfinished: Collection[str] = ()) -> None:
    """Raise ValidationError as saving the draft would, except for fields that the caller read from the database.

    Nor are `unfinished` fields checked, which publication requires, but not a draft.
    """
    known = {"path", "depth", "url_path", "locale", "content_type", "owner", "translation_key"}
    page.full_clean(exclude={*known, *unfinished}, validate_unique=False, validate_constraints=False)


def insert_drafts(children: NewChildren, pages: Sequence[PortalPage], author: Any) -> list[Revision]:
    """Insert checked drafts below a page and return their first revisions, without a signal.

    The rows equal those of `add_child` and `save_revision` (`tests/events/importing/test_imports_in_bulk.py`).
    """
    assign_keys(pages)
    for page in pages:
        page.path, page.depth = children.next_path(), children.page.depth + 1
        page.set_url_path(children.page)
    _assign_keys_to_relations(pages)
    revisions = _create_revisions(pages, author)
    write_pages(pages)
    for model, rows in _relations(pages).items():
        write_objects(model, rows)
    count_children([children])
    Revision.objects.bulk_create(revisions)
    log_pages((page, {"action": "wagtail.create", "user": page.owner, "content_changed": True}) for page in pages)
    write_references(pages)
    for backend in get_search_backends(with_auto_update=True):
        for model, group in _by_model(pages).items():
            backend.add_bulk(model, group)
    return revisions


def log_pages(entries: Iterable[tuple[Page, dict[str, Any]]]) -> None:
    """Add one entry to the history of each page, as `wagtail.log_actions.log` does."""
    context, now = get_active_log_context(), timezone.now()
    PageLogEntry.objects.bulk_create(
        PageLogEntry(
            content_type_id=page.content_type_id,
            page=page,
            label=page.get_admin_display_title(),
            timestamp=now,
            uuid=context.uuid,
            **{**facts, "user": facts.get("user") or context.user},
        )
        for page, facts in entries
    )


def _by_model(pages: Sequence[PortalPage]) -> dict[type[PortalPage], list[PortalPage]]:
    found: dict[type[PortalPage], list[PortalPage]] = defaultdict(list)
    for page in pages:
        found[type(page)].append(page)
    return found


def _relations(pages: Sequence[PortalPage]) -> dict[type[models.Model], list[models.Model]]:
    found: dict[type[models.Model], list[models.Model]] = defaultdict(list)
    for page in pages:
        for relation in get_all_child_relations(page):
            for row in getattr(page, relation.get_accessor_name()).all():
                setattr(row, relation.field.attname, page.pk)
                found[relation.related_model].append(row)
    return found


def _assign_keys_to_relations(pages: Sequence[PortalPage]) -> None:
    for model, rows in _relations(pages).items():
        for row, key in zip(rows, new_keys(model, len(rows)), strict=True):
            row.pk = key


def _create_revisions(pages: Sequence[PortalPage], author: Any) -> list[Revision]:
    """Create the first revision of each page and set it as the latest, which its content does not record."""
    now, base = timezone.now(), ContentType.objects.get_for_model(Page)
    found = []
    for page, key in zip(pages, new_keys(Revision, len(pages)), strict=True):
        revision = Revision(
            pk=key,
            content_type_id=page.content_type_id,
            base_content_type=base,
            object_id=str(page.pk),
            created_at=now,
            user=author,
            object_str=str(page),
            content=page.serializable_data(),
        )
        page.draft_title = page.title
        page.latest_revision_id, page.latest_revision_created_at = key, now
        page.has_unpublished_changes = True
        found.append(revision)
    return found


def write_references(records: Sequence[models.Model], base: type[models.Model] = Page) -> None:
    """Write the reference index of new records, which have no rows in it; `base` is the model that has their keys."""
    base_type = ContentType.objects.get_for_model(base)
    ReferenceIndex.objects.bulk_create(
        ReferenceIndex(
            content_type=ContentType.objects.get_for_model(record),
            base_content_type=base_type,
            object_id=str(record.pk),
            to_content_type_id=content_type,
            to_object_id=key,
            model_path=model_path,
            content_path=content_path,
            content_path_hash=content_path_hash(content_path),
        )
        for record in records
        for content_type, key, model_path, content_path in set(references_in(record))
    )
