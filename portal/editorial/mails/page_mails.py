"""Composes emails about a page. All of them have its title, type, site, planned dates and a link."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy as _
from wagtail.models import Page, Revision, Site, TaskState

from portal.content.mail import compose, enqueue
from portal.content.records.settings import SiteSettings
from portal.editorial.approval.review import compare_url, content_hash_of
from portal.editorial.people import language_of, recipients
from portal.platform.zones import zone


def enqueue_about_page(
    name: str,
    page: Page,
    users: Iterable[Any],
    *,
    actor: Any,
    preference: str,
    link: str,
    link_label: Any,
    **context: Any,
) -> None:
    """Enqueue an email to each permitted user in `users`; `context` is for the template `emails/<name>`."""
    page = page.specific
    people = recipients(users, page, actor, preference)
    if not people:
        return
    site = page.get_site()
    site_settings = SiteSettings.for_site(site) if site else None
    common = {
        "page": page,
        "title": page.draft_title or page.title,
        "kind": page._meta.verbose_name,
        "place": place_of(page, site),
        "actor": actor,
        "planned": planned(page),
        "link": link,
        "link_label": link_label,
    }
    with timezone.override(_zone_in(site_settings)):
        enqueue(
            [
                compose(
                    name,
                    {**common, **context},
                    to=user.email,
                    language=language_of(user, site, site_settings) or get_language(),
                    site=site,
                    site_settings=site_settings,
                )
                for user in people
            ]
        )


def time_zone_of(site: Site | None) -> tzinfo:
    """The site's time zone, as used in its emails."""
    return _zone_in(SiteSettings.for_site(site) if site else None)


def _zone_in(site_settings: SiteSettings | None) -> tzinfo:
    return zone(site_settings.time_zone) if site_settings else timezone.get_default_timezone()


def place_of(page: Page, site: Site | None) -> str:
    """A page's place in the tree: its site, then its parent."""
    parent = page.get_parent()
    names = [site.site_name or site.hostname] if site else []
    if parent and parent.depth > 1 and not (site and parent.pk == site.root_page_id):
        names.append(parent.title)
    return " › ".join(names)


class PlannedDates(NamedTuple):
    start: datetime | None
    end: datetime | None


def planned(page: Page) -> PlannedDates:
    """The planned dates of the latest draft."""
    revision = page.get_latest_revision() if page.has_unpublished_changes else None
    draft = revision.as_object() if revision else page
    return PlannedDates(draft.go_live_at or getattr(draft, "embargo_until", None), draft.expire_at)


def admin_url(path: str) -> str:
    return settings.ADMIN_BASE_URL.rstrip("/") + path


def review_link(state: TaskState, revision: Revision) -> str:
    """The URL of the review page. An approval on that page is valid for this content only."""
    return f"{admin_url(reverse('editorial:answer', args=[state.pk]))}?seen={content_hash_of(revision)}"


def compare_link(page: Page, revision: Revision, reviewed: Revision | None = None) -> str:
    """The URL of the comparison with the `reviewed` or the live version; empty without either."""
    if reviewed and reviewed.pk != revision.pk:
        return admin_url(compare_url(page, reviewed, revision))
    return admin_url(compare_url(page, revision, revision)) if page.live else ""


def edit_link(page: Page) -> str:
    return admin_url(reverse("wagtailadmin_pages:edit", args=[page.pk]))


REVIEW = _("Read and answer")
EDIT = _("Open the draft")
READ = _("See it published")
