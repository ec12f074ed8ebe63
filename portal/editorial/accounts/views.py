"""The two pages that account emails link to, for people who are not signed in."""

from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import get_language, gettext as _, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.views.account import PasswordResetConfirmView

from portal.accounts.names import name_of
from portal.editorial.accounts.addresses import change_of, confirm
from portal.editorial.accounts.circle import roles_of, site_of
from portal.editorial.accounts.history import record
from portal.editorial.accounts.invitations import invitation_of
from portal.editorial.people import language_of
from portal.editorial.records.accounts import AccountChange, AccountInvitation
from portal.editorial.sign_in.attempts import remember_device
from portal.editorial.sign_in.sessions.tracking import first_session_began


class InvitationTokens(PasswordResetTokenGenerator):
    """Unlike Django's password reset, checks on each request that the invitation is still open."""

    def check_token(self, user: Any, token: str | None) -> bool:
        invitation, is_current = invitation_of(token or "")
        return (
            invitation is not None
            and is_current
            and invitation.account == user
            and invitation.is_open(timezone.now())
            and user.is_active
        )


class InvitationView(PasswordResetConfirmView):
    """The form for a first password, or an explanation of why the link is invalid and how to get another.

    As in Django's password reset, the secret moves to the session, so that the form's URL does not contain it.
    """

    http_method_names = ["get", "head", "post"]
    token_generator = InvitationTokens()
    post_reset_login = True
    post_reset_login_backend = settings.AUTHENTICATION_BACKENDS[0]
    success_url = reverse_lazy("wagtailadmin_home")

    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        token = kwargs["token"]
        secret = request.session.get(INTERNAL_RESET_SESSION_TOKEN, "") if token == self.reset_url_token else token
        invitation, is_current = invitation_of(secret)
        if invitation and self.token_generator.check_token(invitation.account, secret):
            key = urlsafe_base64_encode(force_bytes(invitation.account.pk))
            return super().dispatch(request, uidb64=key, token=token)
        return _invitation_over(request, invitation, is_current)

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.fields["new_password1"].label = _("Password")
        form.fields["new_password2"].label = _("The same password again")
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        # The next page is the dashboard, whose language may differ from this page's.
        with override(language_of(form.user, site_of(form.user)) or get_language()):
            roles = ", ".join(str(role) for role in roles_of(form.user))
            welcome = _("Welcome, %(name)s. You are signed in: %(roles)s.")
            messages.success(self.request, welcome % {"name": name_of(form.user), "roles": roles})
        remember_device(self.request, response, form.user)
        first_session_began(self.request, form.user)
        return response


def _invitation_over(request: HttpRequest, invitation: AccountInvitation | None, is_current: bool) -> HttpResponse:
    context = {
        "invitation": invitation,
        "inviter": name_of(invitation.invited_by) if invitation else "",
        "is_withdrawn": invitation is not None and invitation.withdrawn_at is not None,
        "is_expired": invitation is not None and is_current and timezone.now() >= invitation.expires_at,
        "is_used": invitation is not None and not is_current,
    }
    return render(request, "editorial/accounts/invitation_over.html", context, status=410)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account_address(request: HttpRequest, token: str) -> HttpResponse:
    """Show the requested change to the owner of the old mailbox, and process the answer."""
    change = change_of(token)
    template = "editorial/accounts/address.html"
    if change is None:
        return render(
            request,
            template,
            {"done": _("Somebody has already answered, the link has expired, or the account is closed.")},
            status=410,
        )
    if request.method != "POST":
        return render(request, template, {"change": change, "who": name_of(change.asked_by)})
    if "refuse" in request.POST:
        record(change.account, change.account, AccountChange.Kind.REFUSED, change.address)
        change.delete()
        return render(request, template, {"done": _("Refused: the address stays the same.")})
    confirm(change, None)
    return render(request, template, {"done": _("The address is changed. Please sign in again.")})
