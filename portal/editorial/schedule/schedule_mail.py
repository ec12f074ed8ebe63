"""The email about a failed scheduled publication or expiry, and its recipients."""

from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, override
from wagtail.models import Page, PageLogEntry, Revision, TaskState
from wagtail.users.models import UserProfile

from portal.content.mail import compose, enqueue
from portal.content.records.settings import SiteSettings
from portal.editorial.mails.page_mails import edit_link
from portal.editorial.models import Role
from portal.editorial.people import holders_of, one_per_mailbox
from portal.platform.zones import zone


def notify_of_trouble(
    page: Page, revision: Revision | None, due_at: datetime, reason: str, *, is_over: bool = False
) -> None:
    """Email everybody concerned. `reason` is translated if possible; `is_over` means that there is no retry."""
    site = page.get_site()
    site_zone = zone(SiteSettings.for_site(site).time_zone) if site else timezone.get_current_timezone()
    mails = []
    for person in recipients_of(page, revision):
        language = UserProfile.get_for_user(person).get_preferred_language()
        with override(language), timezone.override(site_zone):
            context = {
                "title": page.get_admin_display_title(),
                "is_publication": revision is not None,
                "is_over": is_over,
                "due_at": due_at,
                "reason": gettext(reason),
                "link": edit_link(page),
                "link_label": gettext("Open the page"),
            }
            mails.append(compose("schedule_trouble", context, to=person.email, language=language, site=site))
    enqueue(mails)


def recipients_of(page: Page, revision: Revision | None) -> list[Any]:
    """The people who wrote, approved or scheduled it, the owner and the site's approvers, if they may edit the page."""
    scheduled = PageLogEntry.objects.filter(
        page=page.pk, revision=revision, action__in=["wagtail.publish.schedule", "wagtail.publish"]
    )
    approved = TaskState.objects.filter(revision=revision, status=TaskState.STATUS_APPROVED)
    written = Revision.objects.filter(pk=revision.pk if revision else page.latest_revision_id)
    concerned = Q(pk=page.owner_id) | Q(pk__in=scheduled.values("user")) | Q(pk__in=written.values("user"))
    if revision:
        concerned |= Q(pk__in=approved.values("finished_by"))
    concerned |= Q(pk__in=holders_of(page.get_site(), Role.APPROVER).order_by().values("pk"))
    people = get_user_model().objects.filter(concerned, is_active=True).order_by("pk")
    return one_per_mailbox(person for person in people if page.permissions_for_user(person).can_edit())
