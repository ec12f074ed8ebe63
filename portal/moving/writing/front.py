"""Arranges the front page of an edition that has no shelves yet: the sticky story first, then the newest."""

from typing import Any

from django.db import transaction
from django.utils.translation import pgettext
from wagtail.models import Page

from portal.editorial.many_reviews import start_reviews
from portal.moving.models import ImportedItem, ImportSource
from portal.moving.writing.drafts import publish_unreviewed

COUNT = 6


@transaction.atomic
def arrange_front(source: ImportSource, home: Page, lead: int | None, *, is_live: bool) -> bool:
    """Add two shelves to an empty front page, as a draft or live; return whether it was empty.

    `lead` is the key of the sticky story. A repeated import changes nothing.
    """
    known = ImportedItem.objects.filter(source=source, kind=ImportedItem.Kind.PLACE, key="front")
    # Read again: publishing it would write the number of pages below it as it was before the import.
    home = Page.objects.get(pk=home.pk)
    page: Any = home.specific.get_latest_revision_as_object()
    # Otherwise changes that wait for a review would go live with ours.
    if page.shelves or home.has_unpublished_changes or known.exists():
        return False
    page.shelves = [
        {"type": "lead", "value": {"story": lead}},
        {"type": "latest", "value": {"title": pgettext("title", "News"), "count": COUNT}},
    ]
    revision = page.save_revision()
    # Without the page, which existed before: undoing the import must not delete it.
    ImportedItem.objects.create(source=source, kind=ImportedItem.Kind.PLACE, key="front", title=page.title)
    workflow = home.get_workflow()
    if is_live:
        publish_unreviewed(page, revision, source)
    elif workflow and not page.workflow_in_progress:
        start_reviews(workflow, [(Page.objects.get(pk=home.pk).specific, revision)])
    return True
