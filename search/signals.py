"""What happens to pages, topics, people and files, passed on to the index; connected in `apps`."""

from typing import Any

from wagtail.models import Page, ReferenceIndex

from portal.core.lists.listing import with_other_expiry
from portal.core.models import Byline, ContentVersion, Share
from search.indexing.files import read_file
from search.indexing.index import index_below, index_page, index_some
from search.models import EntryText, FileText, IndexEntry


def page_changed(sender: type, instance: Page, **kwargs: Any) -> None:
    """A page went live or offline."""
    index_page(instance)


def page_above_changed(sender: type, instance: Page, **kwargs: Any) -> None:
    """A page may have got another time to expire, and what lies below it closes with it."""
    if (
        not instance.is_leaf()
        and IndexEntry.objects.filter(
            with_other_expiry(instance, "page"), page__path__startswith=instance.path
        ).exists()
    ):
        index_below(instance)


def page_shared(sender: type, instance: Share, **kwargs: Any) -> None:
    """A site shows a page of another one: that is known only after the page is there."""
    if instance.alias:
        index_page(instance.alias.specific)


def page_created(sender: type, instance: Page, created: bool = False, **kwargs: Any) -> None:
    """A page that is live from the start was never published; Wagtail says nothing else of it."""
    if created and instance.live:
        index_page(instance)


def tree_changed(sender: type, instance: Page, **kwargs: Any) -> None:
    """A page moved or got another address, with all below it."""
    index_below(instance)


def privacy_changed(sender: type, instance: Any, origin: Any = None, **kwargs: Any) -> None:
    """A page became private, or public again; `origin` is what was deleted, where it was not the rule alone."""
    if origin is None or getattr(origin, "model", type(origin)) is sender:
        index_below(instance.page)


def topic_changed(sender: type, instance: Any, created: bool = False, **kwargs: Any) -> None:
    """The name of a topic is among the words of its pages."""
    if not created:
        named = IndexEntry.objects.filter(topic_set__topics__contains=f",{instance.pk},")
        index_some(named.values_list("pk", flat=True))


def person_changed(sender: type, instance: Any, created: bool = False, **kwargs: Any) -> None:
    ContentVersion.advance()
    if not created:
        index_some(Byline.objects.filter(person=instance.pk).values_list("page_id", flat=True))


def person_deleted(sender: type, instance: Any, **kwargs: Any) -> None:
    ContentVersion.advance()
    index_some(EntryText.objects.filter(names__contains=instance.name).values_list("entry_id", flat=True))


def venue_changed(sender: type, instance: Any, created: bool = False, **kwargs: Any) -> None:
    """The name and the address of a venue are among the words of the events there."""
    if not created:
        index_some(instance.events.values_list("pk", flat=True))


def document_changed(sender: type, instance: Any, **kwargs: Any) -> None:
    """A file is read once for each of its contents, and again found with the pages that offer it."""
    if read_file(instance):
        index_some(_pages_offering([instance]))


def files_closed_or_opened(sender: type, instance: Any, **kwargs: Any) -> None:
    """A collection became private, or public again, with all below it."""
    files = FileText.objects.filter(document__collection__path__startswith=instance.collection.path)
    index_some(_pages_offering([file.document for file in files.select_related("document")]))


def settings_changed(sender: type, instance: Any, **kwargs: Any) -> None:
    ContentVersion.advance()


def _pages_offering(documents: list[Any]) -> set[int]:
    pages = set()
    for document in documents:
        for reference in ReferenceIndex.get_references_to(document):
            if reference.object_id.isdigit():
                pages.add(int(reference.object_id))
    return pages
