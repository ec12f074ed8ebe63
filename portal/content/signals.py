"""Receivers of Wagtail's page signals; connected in `apps`."""

from copy import copy
from typing import Any

from wagtail.models import Page, ReferenceIndex, Revision

from portal.content.pages.pages import PortalPage
from portal.content.publication import Publication, has_passed_gate, rules
from portal.content.records.robots import UnindexedPage
from portal.content.serving import redirects
from portal.content.sitemaps.indexnow import announce_later
from portal.content.visibility import STEP, is_in_trash


def page_changed(sender: type, instance: Page, **kwargs: Any) -> None:
    # Wagtail indexes a page's references before its inline rows are saved. A removed topic or author, with its
    # pictures, would still count as used.
    ReferenceIndex.create_or_update_for_object(instance)
    follow_robots(instance)
    announce_later([instance])


def follow_robots(page: Page) -> None:
    """Leave a published page out of the sitemap, or put it back."""
    if isinstance(page, PortalPage) and page.live:
        if page.is_in_sitemap:
            UnindexedPage.objects.filter(pk=page.pk).delete()
        else:
            UnindexedPage.objects.get_or_create(page_id=page.pk)


def tree_changed(sender: type, instance: Page, **kwargs: Any) -> None:
    """Update a page that was moved or got another slug, and all pages below it."""
    announce_later([instance, *_former_versions(instance, **kwargs)])


def _former_versions(
    page: Page,
    instance_before: Page | None = None,
    parent_page_before: Page | None = None,
    url_path_before: str = "",
    **kwargs: Any,
) -> list[Page]:
    """The page with its former URL, from the arguments of Wagtail's slug and move signals."""
    if instance_before is not None:
        return [instance_before]
    if parent_page_before is None or url_path_before == page.url_path:
        return []
    former = copy(page)
    former.path, former.url_path = parent_page_before.path + page.path[-STEP:], url_path_before
    return [former]


def page_deleting(sender: type, instance: Page, **kwargs: Any) -> None:
    if is_in_trash(instance):
        # Its addresses were announced and stored when it went into the trash.
        return
    announce_later([instance])
    redirects.record_removed_address(instance)


def revision_saving(sender: type, instance: Revision, update_fields: Any = None, **kwargs: Any) -> None:
    """Check a revision at the publication gate when it is scheduled."""
    if not instance.approved_go_live_at or has_passed_gate(instance.pk):
        return
    if instance.pk and update_fields is not None and "approved_go_live_at" not in update_fields:
        return
    model = instance.content_type.model_class()
    if model is not None and issubclass(model, PortalPage):
        page = instance.content_object.with_content_json(instance.content)
        rules().before_publishing(Publication(page, instance))
