"""Arranges an edition's front page that has no shelves yet, and empties it again."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import pgettext
from wagtail.models import Page

from portal.content.bulk.drafts import log_pages
from portal.editorial.many_reviews import start_reviews
from portal.moving.models import ImportedItem, ImportSource
from portal.moving.planning.survey import Survey
from portal.moving.writing.drafts import publish_unreviewed

# Log action: an import was undone.
TAKEN_BACK = "portal.moving.taken_back"
FRONT = "front"
STORIES, EVENTS, MOST_PAGES = 6, 4, 12


def shelves_for(survey: Survey, keys: Mapping[int, int], lead: int | None, today: date) -> list[dict[str, Any]]:
    """The shelves for the content published there: stories, and events that are not over on `today`.

    Without stories, they are all events, and the pages at the top level of the tree.

    `keys` are those of imported pages by their numbers in the old site, `lead` is that of the sticky story.
    """
    came = [item for number, item in survey.items.items() if number in keys]
    shown = [item for item in came if item.status == "publish"] or came
    if any(item.kind == "post" for item in shown):
        latest = {"title": pgettext("title", "News"), "count": STORIES}
        stories = [{"type": "lead", "value": {"story": lead}}, {"type": "latest", "value": latest}]
        is_coming = any(item.kind == "tribe_events" and item.day >= today.isoformat() for item in shown)
        return [*stories, _events()] if is_coming else stories
    shelves: list[dict[str, Any]] = []
    if any(item.kind == "tribe_events" for item in shown):
        shelves.append(_events())
    pages = [item for item in shown if item.kind == "page" and item.parent not in keys]
    # The old front page comes first.
    pages.sort(key=lambda item: (not survey.is_front(item), item.order, item.title))
    if pages:
        chosen = [keys[item.wp_id] for item in pages[:MOST_PAGES]]
        shelves.append({"type": "pages", "value": {"title": pgettext("title", "On this site"), "pages": chosen}})
    return shelves


def _events() -> dict[str, Any]:
    return {"type": "events", "value": {"title": pgettext("title", "Events"), "count": EVENTS}}


@transaction.atomic
def arrange_front(source: ImportSource, home: Page, shelves: list[dict[str, Any]], *, is_live: bool) -> bool:
    """Add the shelves to an empty front page, as a draft or live; return whether it was empty.

    A repeated import changes nothing.
    """
    # The page is read again. Otherwise its publication would write the number of child pages from before the import.
    home = Page.objects.get(pk=home.pk)
    page: Any = home.specific.get_latest_revision_as_object()
    # Otherwise changes that are waiting for a review would go live with ours.
    if page.shelves or home.has_unpublished_changes or _rows(source).exists():
        return False
    page.shelves = shelves
    revision = page.save_revision()
    # The page is left out: it existed before, and undoing the import must not delete it.
    facts = {"title": page.title, "revision": revision}
    ImportedItem.objects.create(source=source, kind=ImportedItem.Kind.PLACE, key=FRONT, **facts)
    workflow = home.get_workflow()
    if is_live:
        publish_unreviewed(page, revision, source)
    elif workflow and not page.workflow_in_progress:
        start_reviews(workflow, [(Page.objects.get(pk=home.pk).specific, revision)])
    return True


@transaction.atomic
def empty_front(source: ImportSource) -> str:
    """Remove an import's shelves; return the title of a front page that somebody has edited since."""
    row, home = _rows(source).first(), source.home
    if row is None or home is None:
        return ""
    if home.latest_revision_id != row.revision_id:
        return row.title
    page: Any = home.specific.get_latest_revision_as_object()
    if state := page.current_workflow_state:
        state.cancel()
    page.shelves = []
    revision = page.save_revision()
    log_pages([(page, {"action": TAKEN_BACK, "revision": revision, "data": {"from": source.address}})])
    if home.live_revision_id == row.revision_id:
        revision.publish()
    else:
        # The version that readers see is empty, too.
        Page.objects.filter(pk=home.pk).update(has_unpublished_changes=False)
    row.delete()
    return ""


def _rows(source: ImportSource) -> Any:
    return ImportedItem.objects.filter(source=source, kind=ImportedItem.Kind.PLACE, key=FRONT)
