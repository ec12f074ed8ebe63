"""What publishing an issue means: it is sent, once."""

from typing import Any

from django.utils import timezone, translation
from wagtail.models import Page, Site

from portal.core.serving.editions import Edition
from portal.core.serving.snapshot import snapshot_of
from portal.newsletter.compose import bulletin_for
from portal.newsletter.models import IssuePage, NewsletterPage, Sending
from portal.newsletter.sending.actions import pause
from portal.newsletter.sending.batches import create_sending


def issue_published(sender: type, instance: IssuePage, **kwargs: Any) -> None:
    """The first publication orders the sending; a later one finds it ordered.

    Wagtail says "published" of a page that is to go live later as well, and again when it does.
    """
    if instance.live and instance.is_mailed and not instance.alias_of_id:
        send(instance, kwargs.get("revision"))


def issue_taken_back(sender: type, instance: IssuePage, **kwargs: Any) -> None:
    """Who has not got it yet does not get it while it is off the web."""
    for sending in Sending.objects.filter(issue=instance.pk):
        pause(sending)


def send(issue: IssuePage, revision: Any = None) -> Sending | None:
    """Order the sending of an issue; None where it was ordered before or where no reader may see it."""
    newsletter = issue.newsletter
    edition = edition_with(newsletter)
    if edition is None or not newsletter.live or edition.is_private(issue.path):
        return None
    with translation.override(edition.language), timezone.override(edition.zone):
        bulletin = bulletin_for(issue, edition)
    user = getattr(revision, "user", None)
    return create_sending(
        newsletter, edition, Sending.Kind.ISSUE, f"issue:{issue.pk}", bulletin, issue=issue, ordered_by=user
    )


def edition_with(page: Page) -> Edition | None:
    """The edition that a page belongs to; None for a page outside of every site."""
    for site in Site.objects.select_related("root_page"):
        frame = snapshot_of(site.hostname, str(site.port))
        for edition in frame.editions.values() if frame and frame.site.pk == site.pk else ():
            if page.path.startswith(edition.home.path):
                return edition
    return None


def newsletter_of(edition: Edition) -> NewsletterPage | None:
    """The newsletter of an edition, while readers can see it."""
    return NewsletterPage.objects.visible_in(edition, timezone.now()).child_of(edition.home).first()
