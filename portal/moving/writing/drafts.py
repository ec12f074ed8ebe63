"""Stores new pages as drafts in batches. Submits them for review, or publishes them if an administrator chose that."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction, Revision

from portal.content.bulk.children import NewChildren
from portal.content.bulk.drafts import check_draft, insert_drafts, log_pages
from portal.content.publication import lock_pages
from portal.editorial.many_reviews import start_reviews
from portal.moving.models import ImportedItem, ImportSource
from portal.moving.planning.survey import Survey
from portal.moving.writing.hashes import hash_of_item, hashes_of_draft
from portal.moving.writing.links import old_links
from portal.moving.writing.pages import Draft, PageBuilder, relate
from portal.moving.writing.targets import make_room, model_for, new_page
from portal.moving.writing.translations import Translations
from portal.moving.writing.versions import EarlierVersions, write_versions

# Log actions: a page was imported; a page went live without a review, as an administrator chose.
IMPORTED = "portal.moving.imported"
IMPORTED_LIVE = "portal.moving.live"
# The states of published posts and of posts waiting for review.
SHOWN = ("publish", "private")
SUBMITTED = (*SHOWN, "pending")


class DraftStore:
    """Stores drafts. `pages` has the keys of all imported pages by their numbers in the old site.

    With `versions`, new pages get their earlier versions.
    """

    def __init__(self, source: ImportSource, builder: PageBuilder, *, is_live: bool):
        self.source = source
        self.builder = builder
        self.is_live = is_live
        self.pages: dict[int, int] = {}
        self.versions: EarlierVersions | None = None
        self.translations = Translations(source, builder.survey)

    def create(self, drafts: Sequence[Draft]) -> list[ImportedItem]:
        """Create the pages of one batch; raises ValidationError for a page that cannot be stored."""
        by_parent: dict[int, list[Draft]] = defaultdict(list)
        parents: dict[int, Page] = {}
        # This has its own transaction: `targets` caches new sections, so a failure below must not roll them back.
        with transaction.atomic():
            for draft in drafts:
                parent = self.builder.parent_of(draft.item, draft.kind, self.pages)
                parents[parent.pk] = parent
                by_parent[parent.pk].append(draft)
            self._submit_places()
        with transaction.atomic():
            lock_pages(parents)
            return [row for key, group in by_parent.items() for row in self._create_below(parents[key], group)]

    def _create_below(self, parent: Page, drafts: Sequence[Draft]) -> list[ImportedItem]:
        # The number of children must be current. Otherwise a page that had no children would still have none.
        parent.refresh_from_db(fields=["numchild"])
        children = NewChildren.below(parent)
        pages = [self._page(draft, parent, children) for draft in drafts]
        revisions = insert_drafts(children, pages, None, lambda: self._write_versions(pages, drafts))
        facts = {"source": self.source.address}
        log_pages(
            (page, {"action": IMPORTED, "revision": revision, "data": {**facts, "address": draft.item.link}})
            for page, revision, draft in zip(pages, revisions, drafts, strict=True)
        )
        for page, draft in zip(pages, drafts, strict=True):
            restrict(page, draft)
            self.pages[draft.item.wp_id] = page.pk
        made = list(zip(pages, revisions, drafts, strict=True))
        rows = ImportedItem.objects.bulk_create(_row(self.source, self.builder.survey, *each) for each in made)
        self._submit(parent, made)
        return rows

    def _write_versions(self, pages: Sequence[Any], drafts: Sequence[Draft]) -> None:
        if self.versions:
            write_versions(self.versions, self.builder, list(zip(pages, drafts, strict=True)))

    def _page(self, draft: Draft, parent: Page, children: NewChildren) -> Any:
        slug = self.builder.slug_of(draft.item)
        make_room(self.source, children, slug)
        page = new_page(model_for(draft.kind), parent, children, draft.title, slug, **_facts(draft))
        if key := self.translations.key_for(draft.item.wp_id, type(page)):
            page.translation_key = key
        relate(page, draft)
        date = draft.values.get("publication_date")
        if draft.item.status == "future" and date and date > timezone.now():
            page.go_live_at = date
        # A draft may lack only an event's date.
        check_draft(page, {name for name in ("start",) if draft.values.get(name, "") is None})
        return page

    def _submit(self, parent: Page, made: Sequence[tuple[Any, Revision, Draft]]) -> None:
        """Submit or publish the pages that were published on the old site. Empty and other pages stay drafts."""
        made = [each for each in made if not each[2].is_empty]
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
        """Submit the sections created for these pages."""
        created, self.builder.targets.created = self.builder.targets.created, []
        for page, revision in created:
            workflow = page.get_workflow()
            if self.is_live:
                publish_unreviewed(page, revision, self.source)
            elif workflow:
                start_reviews(workflow, [(page, revision)])

    def publish(self, page: Any, revision: Revision, draft: Draft) -> None:
        """Publish without a review; an invalid page stays a draft, with a note."""
        try:
            publish_unreviewed(page, revision, self.source)
        except ValidationError as error:
            row = ImportedItem.objects.get(source=self.source, kind=ImportedItem.Kind.PAGE, key=str(draft.item.wp_id))
            row.notes.append(["not live", "; ".join(error.messages)])
            row.save(update_fields=["notes"])


@transaction.atomic
def publish_unreviewed(page: Page, revision: Revision, source: ImportSource) -> None:
    """Publish the imported version of a page, and log this. Raises ValidationError if the page is invalid."""
    revision.publish()
    log_pages([(page, {"action": IMPORTED_LIVE, "revision": revision, "data": {"source": source.address}})])


def restrict(page: Any, draft: Draft) -> None:
    """Restrict the pages of private and password-protected posts in the same way."""
    if draft.item.password:
        kind = {"restriction_type": PageViewRestriction.PASSWORD, "password": draft.item.password}
    elif draft.item.status == "private":
        kind = {"restriction_type": PageViewRestriction.LOGIN}
    else:
        return
    if not is_restricted(page):
        PageViewRestriction.objects.create(page_id=page.pk, **kind)


def is_restricted(page: Any) -> bool:
    return PageViewRestriction.objects.filter(page_id=page.pk).exists()


def _facts(draft: Draft) -> dict[str, Any]:
    return {name: value for name, value in draft.values.items() if name != "title"}


def _row(source: ImportSource, survey: Survey, page: Any, revision: Revision, draft: Draft) -> ImportedItem:
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
        old_text=found.old_text,
        words_before=found.words_before,
        words_after=found.words_after,
        has_old_links=bool(old_links(draft.values.get("body", []), survey)),
    )
