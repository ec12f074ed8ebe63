"""Signal receivers that keep the index in step with pages, topics, people, venues and files; connected in `apps`."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model, QuerySet
from modelsearch.backends import get_search_backends_with_name
from modelsearch.index import remove_object
from wagtail.models import COMMENTS_RELATION_NAME, Page

from events.models import Venue
from portal.content.lists.positions import with_other_expiry
from portal.content.records.people import Byline, Person
from portal.content.records.sharing import Share
from portal.content.records.topics import Topic
from search.indexing.file_tasks import pages_linking, read_file
from search.indexing.files import is_unread
from search.indexing.index import index_keys, index_page, index_subtree
from search.models import EntryText, FileText, IndexEntry

# The fields that Wagtail saves with a draft, which no search uses.
DRAFT_FIELDS = frozenset(
    {COMMENTS_RELATION_NAME, "draft_title", "has_unpublished_changes", "latest_revision", "latest_revision_created_at"}
)


def page_changed(sender: type, instance: Page, **kwargs: Any) -> None:
    index_page(instance)


def page_saved(sender: type, instance: Page, raw: bool = False, update_fields: Any = None, **kwargs: Any) -> None:
    """Index a saved page for the newsroom; Wagtail would read the page again, even if only its draft changed."""
    if raw or (update_fields is not None and DRAFT_FIELDS.issuperset(update_fields)):
        return
    for _name, backend in get_search_backends_with_name(with_auto_update=True):
        backend.add(instance)


def page_deleted(sender: type, instance: Page, **kwargs: Any) -> None:
    remove_object(instance)


def ancestor_changed(sender: type, instance: Page, **kwargs: Any) -> None:
    """Index the pages below a page whose expiry date changed: they expire with it."""
    below = IndexEntry.objects.filter(with_other_expiry(instance, "page"), page__path__startswith=instance.path)
    if not instance.is_leaf() and below.exists():
        index_subtree(instance)


def page_shared(sender: type, instance: Share, **kwargs: Any) -> None:
    """Index the alias of a shared page: the alias is saved before the share that makes it searchable."""
    if instance.alias:
        index_page(instance.alias.specific)


def page_created(sender: type, instance: Page, created: bool = False, **kwargs: Any) -> None:
    if created and instance.live:
        index_page(instance)


def tree_changed(sender: type, instance: Page, **kwargs: Any) -> None:
    index_subtree(instance)


def privacy_changed(sender: type, instance: Any, origin: Any = None, **kwargs: Any) -> None:
    """Index a page that became private or public, unless the restriction was deleted with its page (`origin`)."""
    if origin is None or getattr(origin, "model", type(origin)) is sender:
        index_subtree(instance.page)


PAGES_OF: dict[type[Model], Callable[[Any], QuerySet[Any]]] = {
    Topic: lambda topic: IndexEntry.objects.filter(topic_set__topics__contains=f",{topic.pk},").values_list("pk"),
    Person: lambda person: Byline.objects.filter(person=person.pk).values_list("page_id"),
    Venue: lambda venue: venue.events.values_list("pk"),
}


def record_changed(sender: type[Model], instance: Any, created: bool = False, **kwargs: Any) -> None:
    """Index the pages that have the name of a changed record among their terms."""
    if not created:
        index_keys(key for (key,) in PAGES_OF[sender](instance))


def person_deleted(sender: type, instance: Any, **kwargs: Any) -> None:
    index_keys(EntryText.objects.filter(names__contains=instance.name).values_list("entry_id", flat=True))


def document_changed(sender: type, instance: Any, **kwargs: Any) -> None:
    if is_unread(instance):
        read_file.enqueue(instance.pk)


def collection_privacy_changed(sender: type, instance: Any, **kwargs: Any) -> None:
    """Index the pages that link to files in or below a collection that became private or public."""
    files = FileText.objects.filter(document__collection__path__startswith=instance.collection.path)
    index_keys(pages_linking([file.document for file in files.select_related("document")]))
