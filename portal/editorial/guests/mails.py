"""The mail that invites a guest, and the one that says what a guest has answered."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, override
from wagtail.models import Page

from portal.core.mail import compose, deliver, serialize
from portal.core.tasks.durable import durable
from portal.editorial.mails.writing import enqueue_about_page, in_newsroom, zone_of
from portal.editorial.people import name_of
from portal.editorial.records.invitations import GuestRemark, ReviewInvitation


def address_of(invitation: ReviewInvitation) -> str:
    """The full address of the draft; whoever knows it reads it."""
    page = invitation.page
    site = page.get_site()
    with override(page.locale.language_code):
        path = reverse("guest_review", args=[invitation.token])
    return (site.root_url if site else settings.ADMIN_BASE_URL) + path


@durable
def send_invitation(pk: int) -> None:
    """Written when it leaves, so that no link lies in the queue."""
    invitation = ReviewInvitation.objects.select_related("page__locale", "created_by").filter(pk=pk).first()
    if invitation is None or not invitation.is_open_now:
        return
    page, site = invitation.page.specific, invitation.page.get_site()
    inviter = invitation.created_by
    with timezone.override(zone_of(site)):
        letter = compose(
            "guest_invitation",
            {
                "invitation": invitation,
                "who": name_of(inviter),
                "title": page.draft_title,
                "kind": page._meta.verbose_name,
                "link": address_of(invitation),
                "link_label": _("Read the draft"),
            },
            to=invitation.email,
            language=invitation.language,
            site=site,
            reply_to=inviter.email if inviter else "",
        )
    deliver.func(serialize(letter))


def notify_of_remark(word: GuestRemark, page: Page) -> None:
    invitation = word.invitation
    enqueue_about_page(
        "guest_word",
        page,
        [invitation.created_by],
        actor=None,
        preference="updated_comments",
        link=in_newsroom(reverse("editorial:guests", args=[page.pk])),
        link_label=_("See all answers"),
        who=word.name,
        agreed=word.kind == GuestRemark.Kind.AGREED,
        comment=word.text,
    )
