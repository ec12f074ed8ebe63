"""Approves drafts in review for a time that the approver chooses on the review page."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page

from portal.content.pages.pages import PortalPage
from portal.content.publication import PublicationRefusedError, lock_pages
from portal.editorial.approval.confirmation import needed_confirmation
from portal.editorial.schedule.changing import TimeForm
from portal.editorial.translations.together import Act, keys_in, plan, together_of
from portal.platform.newsroom_views import titled

# The name of the buttons that approve for a time. Their values are those of the buttons that approve.
APPROVE_FOR_TIME = "approve_for_time"


class ApprovalTimeForm(TimeForm):
    # The same form is sent by “Approve”, without a time.
    use_required_attribute = False


def time_form(page: Page, user: Any, data: Mapping[str, str]) -> ApprovalTimeForm:
    """The form with the time, checked for each language that the pressed button approves."""
    form = ApprovalTimeForm(data, draft=page.get_latest_revision_as_object())
    keys = keys_in(data.get(APPROVE_FOR_TIME, ""))
    together = together_of(page, user, Act.APPROVE) if keys and form.is_valid() else None
    for version in together.ready if together else ():
        if version.page.pk in keys:
            other = TimeForm(data, draft=version.page.get_latest_revision_as_object())
            for error in other.errors.get("at", ()):
                form.add_error("at", titled(version.language, str(error)))
    return form


def approve_for(at: datetime, keys: Collection[int], approve: Callable[[], Any]) -> Any:
    """Plan the drafts of these pages for this time, and approve them; if the gate refuses, none of them is changed."""
    with transaction.atomic():
        lock_pages(keys)
        for page in Page.objects.filter(pk__in=keys).select_related("latest_revision"):
            draft = page.get_latest_revision_as_object()
            if not isinstance(draft, PortalPage) or needed_confirmation(draft):
                raise PublicationRefusedError(_("A mailing must be sent separately."))
            plan(page.latest_revision, {"go_live_at": at})
        return approve()
