"""The email with a guest's link, and the email to the inviter about the guest's answer."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, override
from wagtail.models import Page

from portal.accounts.names import name_of
from portal.content.mail import compose, deliver, serialize
from portal.editorial.mails.page_mails import admin_url, enqueue_about_page, time_zone_of
from portal.editorial.records.invitations import GuestRemark, ReviewInvitation
from portal.platform.tasks.durable import mailing


def invitation_url(invitation: ReviewInvitation) -> str:
    """The full URL of the draft, which anyone with the link can read."""
    page = invitation.page
    site = page.get_site()
    with override(page.locale.language_code):
        path = reverse("guest_review", args=[invitation.token])
    return (site.root_url if site else settings.ADMIN_BASE_URL) + path


@mailing
def send_invitation(pk: int) -> None:
    """Compose and send the email in one task, so that the queue never stores the link."""
    invitation = ReviewInvitation.objects.select_related("page__locale", "created_by").filter(pk=pk).first()
    if invitation is None or not invitation.is_open_now:
        return
    page, site = invitation.page.specific, invitation.page.get_site()
    inviter = invitation.created_by
    with timezone.override(time_zone_of(site)):
        mail = compose(
            "guest_invitation",
            {
                "invitation": invitation,
                "who": name_of(inviter),
                "title": page.draft_title,
                "kind": page._meta.verbose_name,
                "link": invitation_url(invitation),
                "link_label": _("Read the draft"),
            },
            to=invitation.email,
            language=invitation.language,
            site=site,
            reply_to=inviter.email if inviter else "",
        )
    deliver.func(serialize(mail))


def notify_of_remark(remark: GuestRemark, page: Page) -> None:
    invitation = remark.invitation
    enqueue_about_page(
        "guest_remark",
        page,
        [invitation.created_by],
        actor=None,
        preference="updated_comments",
        link=admin_url(reverse("editorial:guests", args=[page.pk])),
        link_label=_("See all answers"),
        who=remark.name,
        agreed=remark.kind == GuestRemark.Kind.AGREED,
        comment=remark.text,
    )
