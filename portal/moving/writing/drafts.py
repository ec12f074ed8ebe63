"""Stores new pages in batches as drafts, requests their reviews, or publishes them where that was chosen."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction, Revision

from portal.content.bulk.children import NewChildren
from portal.content.bulk.drafts import check_draft, insert_drafts, log_pages
from portal.content.kinds import model_of
from portal.content.publication import lock_pages
from portal.editorial.many_reviews import start_reviews
from portal.moving.models import ImportedItem, ImportSource
from portal.moving.writing.hashes import hash_of_item, hashes_of_draft
from portal.moving.writing.links import has_old_links
from portal.moving.writing.pages import Draft, PageBuilder, relate
from portal.moving.writing.targets import new_page

# Log actions: a page came from another site; it went live without a review, as an administrator has chosen.
IMPORTED = "portal.moving.imported"
IMPORTED_LIVE = "portal.moving.live"
# Published there, or waiting for somebody there.
SHOWN = ("publish", "private")
SUBMITTED = (*SHOWN, "pending")


class DraftStore:
    """`pages` are the keys of all imported pages, by their numbers in the old site."""

    def __init__(self, source: ImportSource, builder: PageBuilder, *, is_live: bool):
        self.source = source
        self.builder = builder
        self.is_live = is_live
        self.pages: dict[int, int] = {}

    @transaction.atomic
    def create(self, drafts: Sequence[Draft]) -> list[ImportedItem]:
        """Create the pages of one batch; raises ValidationError for a page that cannot be stored."""
        by_parent: dict[int, list[Draft]] = defaultdict(list)
        parents: dict[int, Page] = {}
        for draft in drafts:
            parent = self.builder.parent_of(draft.item, draft.kind, self.pages)
            parents[parent.pk] = parent
            by_parent[parent.pk].append(draft)
        self._submit_places()
        lock_pages(parents)
        return [row for key, group in by_parent.items() for row in self._create_below(parents[key], group)]

    def _create_below(self, parent: Page, drafts: Sequence[Draft]) -> list[ImportedItem]:
        # Without the present number, a page that had no children still has none.
        parent.refresh_from_db(fields=["numchild"])
        children = NewChildren.below(parent)
        pages = [self._page(draft, parent, children) for draft in drafts]
        revisions = insert_drafts(children, pages, None)
        facts = {"source": self.source.address}
        log_pages(
            (page, {"action": IMPORTED, "revision": revision, "data": {**facts, "address": draft.item.link}})
            for page, revision, draft in zip(pages, revisions, drafts, strict=True)
        )
        for page, draft in zip(pages, drafts, strict=True):
            restrict(page, draft)
            self.pages[draft.item.wp_id] = page.pk
        made = list(zip(pages, revisions, drafts, strict=True))
        rows = ImportedItem.objects.bulk_create(_row(self.source, *each) for each in made)
        self._submit(parent, made)
        return rows

    def _page(self, draft: Draft, parent: Page, children: NewChildren) -> Any:
        page = new_page(
            model_of(draft.kind), parent, children, draft.title, self.builder.slug_of(draft.item), **_facts(draft)
        )
        relate(page, draft)
        date = draft.values.get("publication_date")
        if draft.item.status == "future" and date and date > timezone.now():
            page.go_live_at = date
        # The date of an event is all that a draft may lack.
        check_draft(page, {name for name in ("start",) if draft.values.get(name, "") is None})
        return page

    def _submit(self, parent: Page, made: Sequence[tuple[Any, Revision, Draft]]) -> None:
        """What was published there waits for a review, or goes live; other drafts stay with their writers."""
        if self.is_live:
            for page, revision, draft in made:
                if draft.item.status in SHOWN:
                    self.publish(page, revision, draft)
            return
        workflow = parent.get_workflow()
        waiting = [(page, revision) for page, revision, draft in made if draft.item.status in SUBMITTED]
        if workflow and waiting:
            start_reviews(workflow, waiting)

    def _submit_places(self) -> None:
        """Sections that were made for these pages."""
        created, self.builder.targets.created = self.builder.targets.created, []
        for page, revision in created:
            workflow = page.get_workflow()
            if self.is_live:
                publish_unreviewed(page, revision, self.source)
            elif workflow:
                start_reviews(workflow, [(page, revision)])

    def publish(self, page: Any, revision: Revision, draft: Draft) -> None:
        """Publish without a review; a page that is not valid stays a draft, with a note."""
        try:
            publish_unreviewed(page, revision, self.source)
        except ValidationError as error:
            row = ImportedItem.objects.get(source=self.source, kind=ImportedItem.Kind.PAGE, key=str(draft.item.wp_id))
            row.notes.append(["not live", "; ".join(error.messages)])
            row.save(update_fields=["notes"])


@transaction.atomic
def publish_unreviewed(page: Page, revision: Revision, source: ImportSource) -> None:
    """Publish what an import wrote, and say so in the history; raises ValidationError if the page is not valid."""
    revision.publish()
    log_pages([(page, {"action": IMPORTED_LIVE, "revision": revision, "data": {"source": source.address}})])


def restrict(page: Any, draft: Draft) -> None:
    """Private and password-protected posts are as private here."""
    if draft.item.password:
        kind = {"restriction_type": PageViewRestriction.PASSWORD, "password": draft.item.password}
    elif draft.item.status == "private":
        kind = {"restriction_type": PageViewRestriction.LOGIN}
    else:
        return
    if not PageViewRestriction.objects.filter(page_id=page.pk).exists():
        PageViewRestriction.objects.create(page_id=page.pk, **kind)


def _facts(draft: Draft) -> dict[str, Any]:
    return {name: value for name, value in draft.values.items() if name != "title"}


def _row(source: ImportSource, page: Any, revision: Revision, draft: Draft) -> ImportedItem:
    found, hashes = draft.converted, hashes_of_draft(draft)
    return ImportedItem(
        source=source,
        kind=ImportedItem.Kind.PAGE,
        key=str(draft.item.wp_id),
        title=draft.title,
        old_address=draft.item.link,
        content_hash=hash_of_item(draft.item),
        page_id=page.pk,
        revision=revision,
        field_hashes={**hashes, "source": hashes},
        notes=[[note.code, note.detail] for note in found.notes],
        words_before=found.words_before,
        words_after=found.words_after,
        has_old_links=has_old_links(draft.values["body"], source.address),
    )
