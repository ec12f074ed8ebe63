"""Sends an issue when it is first published, and finds a page's edition and an edition's newsletter."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone, translation
from wagtail.models import Page, Site

from portal.content.serving.editions import Edition
from portal.content.serving.snapshot import snapshot_of
from portal.newsletter.compose import bulletin_for
from portal.newsletter.models import IssuePage, NewsletterPage, Sending
from portal.newsletter.sending.actions import pause
from portal.newsletter.sending.batches import create_sending


def issue_published(sender: type, instance: IssuePage, **kwargs: Any) -> None:
    """Receiver of `page_published`, which Wagtail also sends for a scheduled page before it goes live."""
    if instance.live and instance.is_mailed and not instance.alias_of_id:
        send_issue(instance, kwargs.get("revision"))


def issue_unpublished(sender: type, instance: IssuePage, **kwargs: Any) -> None:
    """Receiver of `page_unpublished`: pause the sending while readers cannot see the issue."""
    for sending in Sending.objects.filter(issue=instance.pk):
        pause(sending)


def pause_hidden_issues(page: Page) -> None:
    """Pause the sending of issues at or below a page that readers can no longer see."""
    for sending in Sending.objects.filter(issue__path__startswith=page.path, issue__live=False):
        pause(sending)


def send_issue(issue: IssuePage, revision: Any = None) -> Sending | None:
    """Create the sending of an issue; None if it has one already or is not public."""
    newsletter = issue.newsletter
    edition = edition_containing(newsletter)
    if edition is None or not newsletter.live or edition.is_private(issue.path):
        return None
    with translation.override(edition.language), timezone.override(edition.zone):
        bulletin = bulletin_for(issue, edition)
    user = getattr(revision, "user", None)
    return create_sending(
        newsletter, edition, Sending.Kind.ISSUE, f"issue:{issue.pk}", bulletin, issue=issue, ordered_by=user
    )


def edition_containing(page: Page) -> Edition | None:
    """The edition that a page belongs to; None for a page outside of every site."""
    return next((edition for edition in all_editions() if page.path.startswith(edition.home.path)), None)


def all_editions() -> Iterator[Edition]:
    for site in Site.objects.select_related("root_page").order_by("pk"):
        snapshot = snapshot_of(site.hostname, str(site.port))
        if snapshot and snapshot.site.pk == site.pk:
            yield from snapshot.editions.values()


def newsletter_of(edition: Edition) -> NewsletterPage | None:
    """The newsletter of an edition, if it is public."""
    return NewsletterPage.objects.visible_in(edition, timezone.now()).child_of(edition.home).first()
