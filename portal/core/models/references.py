"""Notes what a page refers to once a save, after the rows below it (bylines, topics, dates) are written.

Wagtail's receiver would read the page again and note the same for the page and for each of these rows.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db import transaction
from wagtail.models import COMMENTS_RELATION_NAME, Page, ReferenceIndex

# Wagtail saves these fields alone when a draft is saved; readers see none of them, and none refers to a record.
OF_A_DRAFT = frozenset(
    {
        COMMENTS_RELATION_NAME,
        "draft_title",
        "has_unpublished_changes",
        "latest_revision",
        "latest_revision_created_at",
    }
)


@contextmanager
def references_noted_once(page: Page, fields: Collection[str] | None) -> Iterator[None]:
    """Around the save of a page, of all fields or of some; in it, no other record may be saved that refers to some."""
    # This module needs all models.
    from wagtail.signal_handlers import disable_reference_index_auto_update, reference_index_auto_update_disabled

    if getattr(reference_index_auto_update_disabled, "value", False):
        yield
        return
    # What waits for the end of the transaction is done after this, when others are noted again.
    with transaction.atomic():
        with disable_reference_index_auto_update():
            yield
        if fields is None or not OF_A_DRAFT.issuperset(fields):
            ReferenceIndex.create_or_update_for_object(page)
