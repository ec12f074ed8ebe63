"""Admin views for approvers: invite guests to a draft, read their remarks, revoke invitations."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin import messages
from wagtail.admin.ui.side_panels import BaseSidePanel
from wagtail.log_actions import log
from wagtail.models import Page

from portal.content.permissions import PortalPageTester
from portal.editorial.guests.answers import INVITED, REVOKED, content_hash_of_draft
from portal.editorial.guests.forms import InvitationForm
from portal.editorial.guests.mails import send_invitation
from portal.editorial.people import language_of_site
from portal.editorial.records.invitations import GuestRemark, ReviewInvitation, fresh_nonce


def may_invite(page: Page, user: Any) -> bool:
    """Whether this person may show the draft to outsiders. This requires permission to publish."""
    tester = page.permissions_for_user(user)
    return isinstance(tester, PortalPageTester) and tester.has_permission("publish")


@require_http_methods(["GET", "HEAD", "POST"])
def invitations_view(request: HttpRequest, page_pk: int) -> HttpResponse:
    page = _page(request, page_pk)
    if request.method == "POST":
        inviter: Any = request.user
        form = InvitationForm(request.POST, instance=ReviewInvitation(page=page, created_by=inviter))
        if form.is_valid():
            invitation = _invite(form, page, request.user)
            messages.success(request, _("The link was sent to %(email)s.") % {"email": invitation.email})
            return redirect("editorial:guests", page.pk)
    else:
        form = InvitationForm(initial={"language": page.locale.language_code or language_of_site(page.get_site())})
    return render(
        request, "editorial/guests/invitations.html", {"form": form, "page": page, **_invitation_context(page)}
    )


@require_POST
def revoke_view(request: HttpRequest, page_pk: int, pk: int) -> HttpResponse:
    page = _page(request, page_pk)
    invitation = get_object_or_404(ReviewInvitation, pk=pk, page=page)
    with transaction.atomic():
        if ReviewInvitation.objects.filter(pk=pk, revoked_at=None).update(revoked_at=timezone.now()):
            log(instance=page, action=REVOKED, user=request.user, data={"guest": {"name": invitation.name}})
    messages.success(request, _("The link of %(name)s no longer works.") % {"name": invitation.name})
    return redirect("editorial:guests", page.pk)


@require_POST
def renew_view(request: HttpRequest, page_pk: int, pk: int) -> HttpResponse:
    """Email a new link that replaces the old one, which the newsroom cannot see."""
    page = _page(request, page_pk)
    invitation = get_object_or_404(ReviewInvitation.objects.open(timezone.now()), pk=pk, page=page)
    with transaction.atomic():
        ReviewInvitation.objects.filter(pk=pk).update(nonce=fresh_nonce())
        log(instance=page, action=INVITED, user=request.user, data={"guest": {"name": invitation.name}})
        send_invitation.enqueue(pk)
    messages.success(
        request, _("A new link was sent to %(email)s; the old one no longer works.") % {"email": invitation.email}
    )
    return redirect("editorial:guests", page.pk)


@transaction.atomic
def _invite(form: InvitationForm, page: Page, user: Any) -> ReviewInvitation:
    invitation = form.save()
    log(instance=page, action=INVITED, user=user, data={"guest": {"name": invitation.name}})
    send_invitation.enqueue(invitation.pk)
    return invitation


def _page(request: HttpRequest, pk: int) -> Page:
    page = get_object_or_404(Page.objects.select_related("latest_revision", "locale"), pk=pk).specific
    if not may_invite(page, request.user):
        raise PermissionDenied
    return page


def _invitation_context(page: Page) -> dict[str, Any]:
    invitations = list(page.review_invitations.select_related("created_by").prefetch_related("remarks"))
    return {"invitations": invitations, "content_hash": content_hash_of_draft(page)}


class GuestsSidePanel(BaseSidePanel):
    """The guests' remarks in the page editor's side panel."""

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        aria_label = gettext_lazy("Toggle reviews by link")
        icon_name = "mail"

        def get_context_data(self, parent_context: Any) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            context["count"] = len(self.panel.all_remarks)
            return context

    name = "guests"
    title = gettext_lazy("Reviews by link")
    template_name = "editorial/guests/side_panel.html"
    order = 320

    @cached_property
    def all_remarks(self) -> list[GuestRemark]:
        remarks = GuestRemark.objects.filter(invitation__page=self.object.pk).select_related("invitation")
        return list(remarks.order_by("-created_at", "-pk"))

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        context = super().get_context_data(parent_context)
        page = self.object
        return {
            **context,
            "remarks": self.all_remarks[:20],
            "content_hash": content_hash_of_draft(page),
            "may_invite": may_invite(page, self.request.user),
        }
