"""Ends the reviews of pages that are moved to another site, whose newsroom has been asked nothing."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.log_actions import get_active_log_context
from wagtail.models import Page, WorkflowState


def page_is_moved(sender: type, instance: Page, parent_page_after: Page, **kwargs: Any) -> None:
    """Receiver of Wagtail's signal before a move, when the newsroom of the old site can still be told."""
    if instance.get_site() == parent_page_after.get_site():
        return
    keys = [str(key) for key in instance.get_descendants(inclusive=True).values_list("pk", flat=True)]
    user = getattr(get_active_log_context(), "user", None)
    reviews = WorkflowState.objects.active().filter(base_content_type=ContentType.objects.get_for_model(Page))
    for review in reviews.filter(object_id__in=keys):
        review.cancel(user=user)
