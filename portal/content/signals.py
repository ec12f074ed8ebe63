"""Receivers of Wagtail's signals about pages; connected in `apps`."""

from copy import copy
from typing import Any

from wagtail.models import Page, ReferenceIndex, Revision

from portal.content.pages.pages import PortalPage
from portal.content.publication import Publication, has_passed_gate, rules
from portal.content.serving import redirects
from portal.content.sitemaps.indexnow import announce_later
from portal.content.visibility import STEP


def page_changed(sender: type, instance: Page, **kwargs: Any) -> None:
    # Wagtail indexes the references of a page before the rows of its lists are written, so a removed topic or author
    # would still count as used, and so would their pictures.
    ReferenceIndex.create_or_update_for_object(instance)
    announce_later([instance])


def tree_changed(sender: type, instance: Page, **kwargs: Any) -> None:
    """Handle a page that was moved or got another slug, with all pages below it."""
    announce_later([instance, *_former_versions(instance, **kwargs)])


def _former_versions(
    page: Page,
    instance_before: Page | None = None,
    parent_page_before: Page | None = None,
    url_path_before: str = "",
    **kwargs: Any,
) -> list[Page]:
    """The page at its former URL, from the arguments of Wagtail's signals for a new slug and for a move."""
    if instance_before is not None:
        return [instance_before]
    if parent_page_before is None or url_path_before == page.url_path:
        return []
    former = copy(page)
    former.path, former.url_path = parent_page_before.path + page.path[-STEP:], url_path_before
    return [former]


def page_deleting(sender: type, instance: Page, **kwargs: Any) -> None:
    announce_later([instance])
    redirects.record_removed_address(instance)


def revision_saving(sender: type, instance: Revision, update_fields: Any = None, **kwargs: Any) -> None:
    """Check the publication gate for a revision that is being scheduled."""
    if not instance.approved_go_live_at or has_passed_gate(instance.pk):
        return
    if instance.pk and update_fields is not None and "approved_go_live_at" not in update_fields:
        return
    model = instance.content_type.model_class()
    if model is not None and issubclass(model, PortalPage):
        page = instance.content_object.with_content_json(instance.content)
        rules().before_publishing(Publication(page, instance))
