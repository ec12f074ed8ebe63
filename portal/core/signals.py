"""What happens to pages and sites, passed on to the lists and to every worker's snapshot; connected in `apps`."""

from copy import copy
from typing import Any

from wagtail.models import Page, ReferenceIndex, Revision

from portal.core.lists.listing import list_below, list_below_if_it_closes, list_story
from portal.core.models import ContentVersion, PortalPage, StoryPage
from portal.core.publication import Publication, is_admitted, rules
from portal.core.serving import redirects
from portal.core.serving.access import STEP
from portal.core.tasks.indexnow import announce_later


def story_changed(sender: type, instance: Page, **kwargs: Any) -> None:
    """A page went live or offline."""
    announce_later([instance])
    if isinstance(instance, StoryPage):
        list_story(instance)
    elif not instance.is_leaf():
        list_below_if_it_closes(instance)
    if instance.live:
        surroundings_changed(sender, instance)
    else:
        # Remembered texts may link to it.
        ContentVersion.advance()


def story_created(sender: type, instance: StoryPage, created: bool = False, **kwargs: Any) -> None:
    """A page that is live from the start, such as an alias, was never published; Wagtail says nothing else of it."""
    if created and instance.live:
        list_story(instance)


def alias_created(sender: type, instance: Page, created: bool = False, **kwargs: Any) -> None:
    """An alias may be of a private page, and is as private then."""
    if created and instance.alias_of_id:
        ContentVersion.advance()


def tree_changed(sender: type, instance: Page, **kwargs: Any) -> None:
    """A page moved or got another address, with all below it."""
    announce_later([instance, *_as_before(instance, **kwargs)])
    list_below(instance)
    ContentVersion.advance()


def _as_before(
    page: Page,
    instance_before: Page | None = None,
    parent_page_before: Page | None = None,
    url_path_before: str = "",
    **kwargs: Any,
) -> list[Page]:
    """The page at its former address, from what Wagtail says of a new slug or of a move."""
    if instance_before is not None:
        return [instance_before]
    if parent_page_before is None or url_path_before == page.url_path:
        return []
    former = copy(page)
    former.path, former.url_path = parent_page_before.path + page.path[-STEP:], url_path_before
    return [former]


def privacy_changed(sender: type, instance: Any, origin: Any = None, **kwargs: Any) -> None:
    """A page became private, or public again; `origin` is what was deleted, where it was not the rule alone."""
    if origin is None or getattr(origin, "model", type(origin)) is sender:
        list_below(instance.page)
    ContentVersion.advance()


def surroundings_changed(sender: type, instance: Any, **kwargs: Any) -> None:
    """Something that stands around every page changed: a site, a setting, a section, a topic."""
    if isinstance(instance, PortalPage) and instance.is_item and not _is_named_elsewhere(instance):
        return
    ContentVersion.advance()


def _is_named_elsewhere(page: Page) -> bool:
    """Whether a menu or the text of another page, which workers remember, leads to this page."""
    return ReferenceIndex.get_references_to(page).exists()


def page_leaves(sender: type, instance: Page, **kwargs: Any) -> None:
    """A page is about to be deleted."""
    announce_later([instance])
    redirects.remember_removed_address(instance)


def revision_scheduled(sender: type, instance: Revision, update_fields: Any = None, **kwargs: Any) -> None:
    """A revision is to go live by itself, at its hour; it passes the gate now."""
    if not instance.approved_go_live_at or is_admitted(instance.pk):
        return
    if instance.pk and update_fields is not None and "approved_go_live_at" not in update_fields:
        return
    model = instance.content_type.model_class()
    if model is not None and issubclass(model, PortalPage):
        page = instance.content_object.with_content_json(instance.content)
        rules().before_publishing(Publication(page, instance))
