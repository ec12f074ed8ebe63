"""Who hears of a page that could not be published or taken down at its time, and what they read."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override
from wagtail.models import Page, PageLogEntry, Revision, TaskState
from wagtail.users.models import UserProfile

from portal.core.mail import compose, enqueue
from portal.core.models import SiteSettings
from portal.core.zones import zone
from portal.editorial.models import Role


def tell_of_trouble(
    page: Page, revision: Revision | None, moment: datetime, reason: str, *, is_over: bool = False
) -> None:
    """Post one letter to each of a page's people. A `reason` of our own is translated, an error's words are not.

    `is_over` says that nothing is tried again.
    """
    site = page.get_site()
    own_zone = zone(SiteSettings.for_site(site).time_zone) if site else timezone.get_current_timezone()
    link = settings.ADMIN_BASE_URL.rstrip("/") + reverse("wagtailadmin_pages:edit", args=[page.pk])
    letters = []
    for person in people_of(page, revision):
        language = UserProfile.get_for_user(person).get_preferred_language()
        with override(language), timezone.override(own_zone):
            context = {
                "title": page.get_admin_display_title(),
                "is_publication": revision is not None,
                "is_over": is_over,
                "moment": moment,
                "reason": gettext(reason),
                "link": link,
                "link_label": gettext("Open the page"),
            }
            letters.append(compose("schedule_trouble", context, to=person.email, language=language, site=site))
    enqueue(letters)


def people_of(page: Page, revision: Revision | None) -> list[Any]:
    """Who wrote, approved or scheduled what was due, and the approvers of the site: those who may still work on it."""
    asked = PageLogEntry.objects.filter(
        page=page.pk, revision=revision, action__in=["wagtail.publish.schedule", "wagtail.publish"]
    )
    approved = TaskState.objects.filter(revision=revision, status=TaskState.STATUS_APPROVED)
    wrote = Revision.objects.filter(pk=revision.pk if revision else page.latest_revision_id)
    concerned = Q(pk__in=asked.values("user")) | Q(pk__in=wrote.values("user"))
    if revision:
        concerned |= Q(pk__in=approved.values("finished_by"))
    people = get_user_model().objects.filter(concerned | Q(pk__in=_approvers(page)), is_active=True).order_by("pk")
    return list(_once([person for person in people if page.permissions_for_user(person).can_edit()]))


def _approvers(page: Page) -> QuerySet[Any]:
    site = page.get_site()
    roles = Q(groups__newsroom_role__site=site, groups__newsroom_role__role=Role.APPROVER)
    return get_user_model().objects.filter(roles).values("pk") if site else get_user_model().objects.none().values("pk")


def _once(people: list[Any]) -> Iterator[Any]:
    addresses: set[str] = set()
    for person in people:
        if person.email and person.email.lower() not in addresses:
            addresses.add(person.email.lower())
            yield person
