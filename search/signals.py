"""Signal receivers that update the indexes when pages, topics, people, venues or files change."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from modelsearch.backends import get_search_backends_with_name
from modelsearch.index import remove_object
from wagtail.models import COMMENTS_RELATION_NAME, Page, Revision, WorkflowState

from articles.live.records import LiveText
from events.models import Venue
from portal.content.lists.positions import with_other_expiry
from portal.content.records.people import Byline, Person
from portal.content.records.sharing import Share
from portal.content.records.topics import Topic
from search.indexing.file_tasks import pages_linking, read_file
from search.indexing.files import is_unread
from search.indexing.index import index_drafts_below, index_drafts_later, index_keys, index_page, index_subtree
from search.models import DraftEntry, DraftText, EntryText, FileText, IndexEntry

# Fields that Wagtail saves with a draft but no search uses.
DRAFT_FIELDS = frozenset(
    {COMMENTS_RELATION_NAME, "draft_title", "has_unpublished_changes", "latest_revision", "latest_revision_created_at"}
)


def page_changed(sender: type, instance: Page, **kwargs: Any) -> None:
    index_page(instance)


def draft_changed(sender: type, instance: Revision | WorkflowState, raw: bool = False, **kwargs: Any) -> None:
    """Index a page that has a new version, or whose review begins or ends."""
    if not raw and instance.base_content_type_id == ContentType.objects.get_for_model(Page).pk:
        index_drafts_later([int(instance.object_id)])


def page_saved(sender: type, instance: Page, raw: bool = False, update_fields: Any = None, **kwargs: Any) -> None:
    """Index a saved page for the newsroom, unless only its draft has changed.

    Replaces Wagtail's receiver, which reads the page again after every save.
    """
    if raw or (update_fields is not None and DRAFT_FIELDS.issuperset(update_fields)):
        return
    index_drafts_later([instance.pk])
    for _name, backend in get_search_backends_with_name(with_auto_update=True):
        backend.add(instance)


def page_deleted(sender: type, instance: Page, **kwargs: Any) -> None:
    remove_object(instance)


def entry_changed(sender: type, instance: LiveText, created: bool = False, raw: bool = False, **kwargs: Any) -> None:
    """Index a live coverage whose entries changed for readers. A new text still waits for its approval."""
    if not created and not raw:
        index_page(instance.entry.page)


def ancestor_changed(sender: type, instance: Page, **kwargs: Any) -> None:
    """Index the pages below a page whose expiry changed, because they expire with it."""
    below = IndexEntry.objects.filter(with_other_expiry(instance, "page"), page__path__startswith=instance.path)
    if not instance.is_leaf() and below.exists():
        index_subtree(instance)


def page_shared(sender: type, instance: Share, **kwargs: Any) -> None:
    """Index the alias of a shared page: it is saved before the share that makes it searchable."""
    if instance.alias:
        index_page(instance.alias.specific)


def page_created(sender: type, instance: Page, created: bool = False, **kwargs: Any) -> None:
    if created and instance.live:
        index_page(instance)


def tree_changed(sender: type, instance: Page, **kwargs: Any) -> None:
    index_subtree(instance)


def page_moved(sender: type, instance: Page, parent_page_before: Page, parent_page_after: Page, **kwargs: Any) -> None:
    if parent_page_before.pk != parent_page_after.pk:
        index_drafts_below(instance)


def visibility_changed(page: Page) -> None:
    """Index the pages at or below a page that came out of the trash or went into it, for readers and the newsroom."""
    index_subtree(page)
    index_drafts_below(page)


def privacy_changed(sender: type, instance: Any, origin: Any = None, **kwargs: Any) -> None:
    """Index a page that became private or public, unless the restriction was deleted with its page (`origin`)."""
    if origin is None or getattr(origin, "model", type(origin)) is sender:
        index_subtree(instance.page)
        index_drafts_below(instance.page)


PAGES_OF: dict[type[Model], Callable[[Any], QuerySet[Any]]] = {
    Topic: lambda topic: DraftEntry.objects.filter(topic_set__topics__contains=f",{topic.pk},").values_list("pk"),
    Person: lambda person: Byline.objects.filter(person=person.pk).values_list("page_id"),
    Venue: lambda venue: venue.events.values_list("pk"),
}


def record_changed(sender: type[Model], instance: Any, created: bool = False, **kwargs: Any) -> None:
    """Index the pages whose terms include a changed record's name."""
    if not created:
        index_both(key for (key,) in PAGES_OF[sender](instance))
        # Only the content of a draft shows which people and venues it refers to, so all drafts are indexed.
        index_drafts_later(Page.objects.filter(has_unpublished_changes=True).values_list("pk", flat=True))


def person_deleted(sender: type, instance: Any, **kwargs: Any) -> None:
    index_both(
        key
        for model in (EntryText, DraftText)
        for key in model._default_manager.filter(names__contains=instance.name).values_list("entry_id", flat=True)
    )


def index_both(pages: Iterable[int]) -> None:
    keys = set(pages)
    index_keys(keys)
    index_drafts_later(keys)


def document_changed(sender: type, instance: Any, **kwargs: Any) -> None:
    if is_unread(instance):
        read_file.enqueue(instance.pk)


def collection_privacy_changed(sender: type, instance: Any, **kwargs: Any) -> None:
    """Index the pages that link to files in or below a collection that became private or public."""
    files = FileText.objects.filter(document__collection__path__startswith=instance.collection.path)
    index_both(pages_linking([file.document for file in files.select_related("document")]))
