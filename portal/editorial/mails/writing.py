"""Writes the mails about a page, so that all of them say what page it is, who wants what, and by when."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy as _
from wagtail.models import Page, Revision, Site, TaskState

from portal.core.mail import compose, enqueue
from portal.core.models import SiteSettings
from portal.core.zones import zone
from portal.editorial.approval.review import compare_url, content_hash_of
from portal.editorial.people import language_of, recipients


def enqueue_about_page(
    name: str,
    page: Page,
    users: Iterable[Any],
    *,
    actor: Any,
    preference: str,
    link: str,
    link_label: Any,
    **facts: Any,
) -> None:
    """Put one letter for each of `users` into the queue; `facts` are what this kind of letter speaks of."""
    page = page.specific
    people = recipients(users, page, actor, preference)
    if not people:
        return
    site = page.get_site()
    context = {
        "page": page,
        "title": page.draft_title or page.title,
        "kind": page._meta.verbose_name,
        "place": place_of(page, site),
        "actor": actor,
        "wanted_by": wanted_by(page),
        "link": link,
        "link_label": link_label,
        **facts,
    }
    with timezone.override(zone_of(site)):
        enqueue(
            [
                compose(name, context, to=user.email, language=language_of(user, site) or get_language(), site=site)
                for user in people
            ]
        )


def zone_of(site: Site | None) -> tzinfo:
    """The clock that a site's people live by."""
    return zone(SiteSettings.for_site(site).time_zone) if site else timezone.get_default_timezone()


def place_of(page: Page, site: Site | None) -> str:
    """Where a page stands, in the words of the tree: its site, and the page above it."""
    parent = page.get_parent()
    names = [site.site_name or site.hostname] if site else []
    if parent and parent.depth > 1 and not (site and parent.pk == site.root_page_id):
        names.append(parent.title)
    return " › ".join(names)


def wanted_by(page: Page) -> datetime | None:
    """The moment at which a draft is meant to appear."""
    revision = page.get_latest_revision()
    draft = revision.as_object() if revision else page
    return draft.go_live_at or getattr(draft, "embargo_until", None)


def in_newsroom(path: str) -> str:
    return settings.ADMIN_BASE_URL.rstrip("/") + path


def review_link(state: TaskState, revision: Revision) -> str:
    """To the page with the text and the two answers; an approval from there holds for this text only."""
    return f"{in_newsroom(reverse('editorial:answer', args=[state.pk]))}?seen={content_hash_of(revision)}"


def compare_link(page: Page, revision: Revision, seen_before: Revision | None = None) -> str:
    """To what changed since the reviewers' last look, or since the published version; empty for a first version."""
    if seen_before and seen_before.pk != revision.pk:
        return in_newsroom(compare_url(page, seen_before, revision))
    if not page.live and not page.revisions.exclude(pk=revision.pk).exists():
        return ""
    return in_newsroom(compare_url(page, revision, revision))


def edit_link(page: Page) -> str:
    return in_newsroom(reverse("wagtailadmin_pages:edit", args=[page.pk]))


REVIEW = _("Read and answer")
EDIT = _("Open the draft")
READ = _("See it published")
