"""The two pages that mails about an account lead to, for people who are not signed in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.editorial.accounts.addresses import change_of, confirm
from portal.editorial.accounts.history import record
from portal.editorial.accounts.invitations import invitation_of
from portal.editorial.accounts.passwords import password_path
from portal.editorial.people import name_of
from portal.editorial.records.accounts import AccountChange


@never_cache
@require_http_methods(["GET", "HEAD"])
def account_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Lead to the choice of a password, or say why the link opens no more and how to get another."""
    invitation, is_current = invitation_of(token)
    now = timezone.now()
    if invitation and is_current and invitation.is_open(now) and invitation.account.is_active:
        return redirect(password_path(invitation.account))
    context = {
        "invitation": invitation,
        "inviter": name_of(invitation.invited_by) if invitation else "",
        "is_withdrawn": invitation is not None and invitation.withdrawn_at is not None,
        "is_expired": invitation is not None and is_current and now >= invitation.expires_at,
        "is_used": invitation is not None and not is_current,
        "organisation": settings.SINGLE_SIGN_ON,
    }
    return render(request, "editorial/accounts/invitation_over.html", context, status=410)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account_address(request: HttpRequest, token: str) -> HttpResponse:
    """Show the owner of the old mailbox what is to be changed, and take the answer."""
    change = change_of(token)
    template = "editorial/accounts/address.html"
    if change is None:
        return render(request, template, {"done": _("This was answered already, or the link is too old.")}, status=410)
    if request.method != "POST":
        return render(request, template, {"change": change, "who": name_of(change.asked_by)})
    if "refuse" in request.POST:
        record(change.account, change.account, AccountChange.Kind.REFUSED, change.address)
        change.delete()
        return render(request, template, {"done": _("Refused: the address stays as it was.")})
    confirm(change, None)
    return render(request, template, {"done": _("The address is changed. Please sign in again.")})
