"""Builds, approves and carries out releases."""

from datetime import datetime, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, Revision

from portal.editorial.records.releases import Release, ReleaseAction, ReleaseItem
from portal.editorial.releases.access import items_of
from portal.editorial.releases.building import add_page, create_release
from portal.editorial.releases.carrying_out import run_release
from portal.editorial.releases.deciding import approve, seen_hash

PUBLISH, TAKE_DOWN, MOVE = ReleaseAction.PUBLISH, ReleaseAction.TAKE_DOWN, ReleaseAction.MOVE


def in_an_hour() -> datetime:
    return (timezone.now() + timedelta(hours=1)).replace(second=0, microsecond=0)


def release_of(user: Any, *pages: Page, title: str = "Le budget", at: datetime | None = None) -> Release:
    """A release by this person that publishes these pages."""
    release = create_release(title, at or in_an_hour(), "", user)
    for page in pages:
        add_page(release, page, PUBLISH, user)
    return release


def approve_as(user: Any, release: Release) -> None:
    release = again(release)
    approve(release, user, seen_hash(release, items_of(release)), timezone.now())


def in_the_past(release: Release) -> Release:
    """Let the minute of a release come."""
    release = again(release)
    past = timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=1)
    Revision.objects.filter(release_items__release=release, approved_go_live_at=release.at).update(
        approved_go_live_at=past
    )
    Release.objects.filter(pk=release.pk).update(at=past)
    return again(release)


def carry_out(release: Release) -> bool:
    """Let the minute of a release come, and carry it out; return whether that succeeded."""
    return run_release(in_the_past(release).pk, timezone.now())


def again(release: Release) -> Release:
    return Release.objects.get(pk=release.pk)


def item_of(release: Release, page: Page) -> ReleaseItem:
    return release.items.get(page=page.pk)


def is_seen(ground: Any, page: Page) -> bool:
    """Whether readers see the page at its present address."""
    page = Page.objects.get(pk=page.pk)
    return ground.reader().get(ground.address(page)).status_code == 200


def title_for_readers(ground: Any, page: Page) -> str:
    page = Page.objects.get(pk=page.pk)
    return ground.reader().get(ground.address(page)).content.decode().partition("<h1")[2].partition("</h1>")[0]


def post(client: Client, name: str, *args: Any, **data: Any) -> Any:
    return client.post(reverse(name, args=args), data, follow=True)


def screen(client: Client, release: Release, **params: str) -> str:
    response = client.get(reverse("release", args=[release.pk]), params)
    return response.content.decode() if response.status_code == 200 else ""
