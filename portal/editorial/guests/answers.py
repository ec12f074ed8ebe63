"""Records a guest's comment or agreement as a Wagtail comment and in the page's history. Publishes nothing."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext, override
from wagtail.log_actions import log
from wagtail.models import Comment, Page

from portal.content.publication import lock_pages
from portal.editorial.approval.review import content_hash_of
from portal.editorial.guests.mails import notify_of_remark
from portal.editorial.people import language_of
from portal.editorial.records.invitations import GuestRemark, ReviewInvitation

AGREED = "portal.guest_agreed"
REMARKED = "portal.guest_remarked"
INVITED = "portal.guest_invited"
REVOKED = "portal.guest_revoked"


def content_hash_of_draft(page: Page) -> str:
    """The content hash of the latest draft; empty for a page without revisions, such as an alias."""
    return content_hash_of(page.latest_revision) if page.latest_revision else ""


@transaction.atomic
def record_remark(
    invitation: ReviewInvitation, kind: GuestRemark.Kind, *, name: str, text: str, content_hash: str, now: datetime
) -> GuestRemark:
    # Without this lock, an editor saving the page at the same time would delete the comment.
    lock_pages([invitation.page_id])
    page = Page.objects.select_related("latest_revision").get(pk=invitation.page_id)
    remark = GuestRemark.objects.create(
        invitation=invitation,
        kind=kind,
        name=name,
        text=text,
        content_hash=content_hash,
        revision=page.latest_revision if content_hash == content_hash_of_draft(page) else None,
        created_at=now,
    )
    if text:
        _add_comment(remark, page)
    action = AGREED if kind == GuestRemark.Kind.AGREED else REMARKED
    log(
        instance=page.specific,
        action=action,
        revision=remark.revision,
        data={"guest": {"invitation": invitation.pk, "name": name}},
    )
    notify_of_remark(remark, page)
    return remark


def _add_comment(remark: GuestRemark, page: Page) -> None:
    """Add a Wagtail comment in the inviter's name, because comments need a user. Its text names the guest."""
    inviter = remark.invitation.created_by
    if inviter is None:
        return
    with override(language_of(inviter, page.get_site())):
        text = gettext("%(name)s (via guest link): “%(text)s”") % {"name": remark.name, "text": remark.text}
    Comment.objects.create(
        page=page, user=inviter, text=text, contentpath="title", revision_created=page.latest_revision
    )
