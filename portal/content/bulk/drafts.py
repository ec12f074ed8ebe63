"""Inserts many drafts with all their rows, as Wagtail writes them: revision, log entry, references, search index."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
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
from portal.content.extension_points import after_bulk_drafts
from portal.content.pages.pages import PortalPage
from portal.content.upstream import content_path_hash, references_in, set_parent


def begin_draft(page: PortalPage, parent: Page, slug: str) -> None:
    """Set a new page's fields, including its language, so that saving it makes no further queries."""
    set_parent(page, parent)
    page.slug = slug
    page.live = False
    for relation in get_all_child_relations(page):
        setattr(page, relation.get_accessor_name(), [])


def check_draft(page: PortalPage, unfinished: Collection[str] = ()) -> None:
    """Raise ValidationError under the same conditions as saving the draft.

    Two kinds of fields are exempt: those that the caller read from the database, and those in `unfinished`, which are
    only required for publication.
    """
    known = {"path", "depth", "url_path", "locale", "content_type", "owner", "translation_key"}
    page.full_clean(exclude={*known, *unfinished}, validate_unique=False, validate_constraints=False)


def insert_pages(
    children: NewChildren,
    pages: Sequence[PortalPage],
    author: Any,
    write_earlier: Callable[[], None] = lambda: None,
) -> list[Revision]:
    """Insert checked pages below one, with their relations and first revisions. Return the revisions.

    `write_earlier` is called when the pages have their keys; it may store older revisions.
    """
    assign_keys(pages)
    for page in pages:
        page.path, page.depth = children.next_path(), children.page.depth + 1
        page.set_url_path(children.page)
    _assign_keys_to_relations(pages)
    write_earlier()
    revisions = _create_revisions(pages, author)
    write_pages(pages)
    for model, rows in _relations(pages).items():
        write_objects(model, rows)
    count_children([children])
    Revision.objects.bulk_create(revisions)
    return revisions


def insert_drafts(
    children: NewChildren,
    pages: Sequence[PortalPage],
    author: Any,
    write_earlier: Callable[[], None] = lambda: None,
) -> list[Revision]:
    """Like `insert_pages`, with history, references and search index: the rows that `add_child` and `save_revision`
    write (`tests/events/importing/test_imports_in_bulk.py`), without a signal.
    """
    revisions = insert_pages(children, pages, author, write_earlier)
    log_pages((page, {"action": "wagtail.create", "user": page.owner, "content_changed": True}) for page in pages)
    write_references(pages)
    for backend in get_search_backends(with_auto_update=True):
        for model, group in _by_model(pages).items():
            backend.add_bulk(model, group)
    for note in after_bulk_drafts:
        note([page.pk for page in pages])
    return revisions


def log_pages(entries: Iterable[tuple[Page, dict[str, Any]]]) -> None:
    """Add one log entry to the history of each page, like `wagtail.log_actions.log`."""
    context, now = get_active_log_context(), timezone.now()
    PageLogEntry.objects.bulk_create(
        PageLogEntry(
            content_type_id=page.content_type_id,
            page=page,
            label=page.get_admin_display_title(),
            uuid=context.uuid,
            **{"timestamp": now, **facts, "user": facts.get("user") or context.user},
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
    """Create the first revision of each page, and set it as the page's latest one in memory.

    The time of a revision is the page's `latest_revision_created_at`, or now. Its content does not refer to itself.
    """
    now, base = timezone.now(), ContentType.objects.get_for_model(Page)
    found = []
    for page, key in zip(pages, new_keys(Revision, len(pages)), strict=True):
        revision = Revision(
            pk=key,
            content_type_id=page.content_type_id,
            base_content_type=base,
            object_id=str(page.pk),
            created_at=page.latest_revision_created_at or now,
            user=author,
            object_str=str(page),
            content=page.serializable_data(),
        )
        page.draft_title = page.title
        page.latest_revision_id, page.latest_revision_created_at = key, revision.created_at
        page.has_unpublished_changes = True
        found.append(revision)
    return found


def write_references(records: Sequence[models.Model], base: type[models.Model] = Page) -> None:
    """Write the reference index of records that have no rows in it yet; `base` is the model with their keys."""
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
