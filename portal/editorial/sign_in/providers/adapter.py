"""The newsroom's adapter for django-allauth's identity providers."""

import json
import logging
from typing import Any

import jwt
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import get_random_string

from portal.content.serving.editions import edition_of
from portal.editorial.sign_in.factors.demand import PROVES_FACTOR
from portal.editorial.sign_in.providers.accounts import account_for, granted_groups, new_account, set_provided_roles
from portal.editorial.sign_in.providers.claims import merged, proves_factor, values_of
from portal.editorial.sign_in.providers.configured import Provider, provider_of, usable_apps

logger = logging.getLogger(__name__)


class ProviderAdapter(DefaultSocialAccountAdapter):
    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The providers of the request's site."""
        host = edition_of(request).site.hostname if request else None
        return [
            app
            for app in usable_apps()
            if provider in (None, app.provider, app.provider_id)
            and client_id in (None, app.client_id)
            and (host is None or provider_of(app).is_for(host))
        ]

    def generate_state_param(self, state: dict[str, Any]) -> str:
        """Longer than django-allauth's state, because ProConnect requires 32 characters."""
        return get_random_string(43)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find or create the account and set its claimed roles. Refuse people with neither role nor invitation.

        Raises `ImmediateHttpResponse` with an error page.
        """
        provider = provider_of(sociallogin.provider.app)
        claims = merged(sociallogin.account.extra_data)
        groups = granted_groups(provider, values_of(claims, provider.claim))
        if sociallogin.state.get("process") != AuthProcess.LOGIN:
            raise ImmediateHttpResponse(_refused(request, provider))
        sociallogin.account.extra_data = {}
        sociallogin.state[PROVES_FACTOR] = provider.demands_factor or proves_factor(claims)
        if sociallogin.is_existing:
            sociallogin.account.save(update_fields=["extra_data"])
            account = sociallogin.user
            if account.is_superuser:
                raise ImmediateHttpResponse(_refused(request, provider))
        else:
            account = self._account(provider, sociallogin, claims, bool(groups))
            if account is None:
                raise ImmediateHttpResponse(_refused(request, provider))
            sociallogin.connect(request, account)
        if account.has_usable_password():
            account.set_unusable_password()
            account.save(update_fields=["password"])
        set_provided_roles(account, provider, groups)

    def _account(self, provider: Provider, sociallogin: SocialLogin, claims: dict[str, Any], has_role: bool) -> Any:
        address = next((each.email for each in sociallogin.email_addresses if each.verified), "")
        if found := account_for(provider, address):
            return found
        if not has_role:
            return None
        person = sociallogin.user
        first_name = claims.get("given_name") or person.first_name
        last_name = claims.get("family_name") or claims.get("usual_name") or person.last_name
        # No email is sent to an unverified address.
        name = address.partition("@")[0] or f"{provider.slug}-{sociallogin.account.uid}"
        return new_account(name, address, str(first_name), str(last_name))

    def get_requests_session(self) -> Any:
        session = super().get_requests_session()
        session.hooks["response"].append(_as_json)
        return session

    def on_authentication_error(self, request: HttpRequest, provider: Any, **facts: Any) -> None:
        name = getattr(provider, "name", "")
        reason = facts.get("exception") or facts.get("extra_context") or facts.get("error")
        logger.warning("Signing in by %s failed: %s", name, reason)
        page = render(request, "editorial/sign_in/refused.html", {"name": name, "is_broken": True}, status=401)
        raise ImmediateHttpResponse(page)


def _refused(request: HttpRequest, provider: Provider) -> HttpResponse:
    user_login_failed.send(__name__, credentials={}, request=request)
    return render(request, "editorial/sign_in/refused.html", {"name": provider.name}, status=403)


def _as_json(response: Any, *args: Any, **kwargs: Any) -> None:
    """Return the claims of a signed response, such as that of ProConnect's userinfo endpoint.

    It comes directly from the provider over TLS, so its signature need not be checked (OpenID Connect Core 1.0, section
    3.1.3.7).
    """
    if response.headers.get("Content-Type", "").startswith("application/jwt"):
        claims = jwt.decode(response.text, options={"verify_signature": False})
        response._content = json.dumps(claims).encode()
