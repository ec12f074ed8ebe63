"""The sign-in step after the password: the second factor."""

from allauth.mfa import stages
from allauth.mfa.webauthn.internal.flows import did_use_passwordless_login
from django.http import HttpRequest

from portal.editorial.sign_in.factors.demand import has_factor, may_trust_browser, provider_proved


class FactorStage(stages.AuthenticateStage):
    def _should_handle(self, request: HttpRequest) -> bool:
        """Run in a trusted browser, too, if the roles no longer permit trust. A provider's proof replaces this step."""
        user = self.login.user
        if user and provider_proved(request, user):
            return False
        if super()._should_handle(request):
            return True
        if user is None or may_trust_browser(user) or did_use_passwordless_login(request, user):
            return False
        return has_factor(user)
