"""What becomes of a guest's word: a record, a remark, a line in the page's history; never a publication."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext, override
from wagtail.log_actions import log
from wagtail.models import Comment, Page

from portal.editorial.approval.review import content_hash_of
from portal.editorial.guests.mails import notify_of_remark
from portal.editorial.people import language_of
from portal.editorial.records.invitations import GuestRemark, ReviewInvitation

AGREED = "portal.guest_agreed"
REMARKED = "portal.guest_remarked"
INVITED = "portal.guest_invited"
UNINVITED = "portal.guest_uninvited"


def content_hash_of_draft(page: Page) -> str:
    """What the draft is now; empty for a page that was never drafted, such as an alias."""
    return content_hash_of(page.latest_revision) if page.latest_revision else ""


@transaction.atomic
def record(
    invitation: ReviewInvitation, kind: GuestRemark.Kind, *, name: str, text: str, content_hash: str, now: datetime
) -> GuestRemark:
    page = Page.objects.select_related("latest_revision").get(pk=invitation.page_id)
    word = GuestRemark.objects.create(
        invitation=invitation,
        kind=kind,
        name=name,
        text=text,
        content_hash=content_hash,
        revision=page.latest_revision if content_hash == content_hash_of_draft(page) else None,
        created_at=now,
    )
    if text:
        _remark(word, page)
    action = AGREED if kind == GuestRemark.Kind.AGREED else REMARKED
    log(
        instance=page.specific,
        action=action,
        revision=word.revision,
        data={"guest": {"invitation": invitation.pk, "name": name}},
    )
    notify_of_remark(word, page)
    return word


def _remark(word: GuestRemark, page: Page) -> None:
    """Wagtail's remarks are a member's: the inviter's, who lends the guest a voice and is named as such."""
    inviter = word.invitation.created_by
    if inviter is None:
        return
    with override(language_of(inviter, page.get_site())):
        text = gettext("%(name)s, by link: “%(text)s”") % {"name": word.name, "text": word.text}
    Comment.objects.create(
        page=page, user=inviter, text=text, contentpath="title", revision_created=page.latest_revision
    )
