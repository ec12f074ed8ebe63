"""Provider views in addition to django-allauth's."""

import logging
from typing import Any

import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect import views as openid
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_out
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal.accounts.sessions import end_sessions
from portal.editorial.sign_in.providers.configured import OPENID, SAML

EVENT = "http://schemas.openid.net/event/backchannel-logout"
logger = logging.getLogger(__name__)


def _app(request: HttpRequest, slug: str, *kinds: str) -> SocialApp:
    app = next((app for app in get_adapter().list_apps(request) if app.provider_id == slug), None)
    if app is None or app.provider not in kinds:
        raise Http404
    return app


def sign_in_by(request: HttpRequest, provider_id: str) -> HttpResponse:
    provider = _app(request, provider_id, OPENID, SAML).get_provider(request)
    try:
        return provider.redirect_from_request(request)
    except Exception as error:  # python3-saml raises no narrower exception for unreadable metadata
        logger.warning("The provider %s does not respond: %s", provider_id, error)
        facts = {"name": provider.name, "is_broken": True}
        return render(request, "editorial/sign_in/refused.html", facts, status=502)


def sign_in_again(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Make a provider authenticate the person again instead of relying on its own session."""
    query = request.GET.copy()
    query["auth_params"] = urlencode({"prompt": "login"})
    request.GET = query  # type: ignore[assignment]
    return sign_in_by(request, provider_id)


def came_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    _app(request, provider_id, OPENID)
    return openid.callback(request, provider_id)


@csrf_exempt
@require_POST
def signed_out_there(request: HttpRequest, provider_id: str) -> HttpResponse:
    """End the sessions of a person who signed out at the provider (OpenID Connect Back-Channel Logout 1.0).

    The provider must identify the person (`sub`) and not just its session.
    """
    app = _app(request, provider_id, OPENID)
    adapter = openid.OpenIDConnectOAuth2Adapter(request, provider_id)
    try:
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=request.POST.get("logout_token", ""),
            keys_url=adapter.openid_config["jwks_uri"],
            issuer=adapter.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
    except (OAuth2Error, requests.RequestException, KeyError, TypeError, ValueError) as error:
        logger.warning("A logout token of %s is refused: %s", provider_id, error)
        return HttpResponse(status=400)
    if EVENT not in claims.get("events", {}) or "nonce" in claims or not claims.get("sub"):
        return HttpResponse(status=400)
    accounts = get_user_model().objects.filter(socialaccount__provider=provider_id, socialaccount__uid=claims["sub"])
    end_sessions(accounts)
    for account in accounts:
        user_logged_out.send(type(account), request=request, user=account)
    return HttpResponse(status=200, headers={"Cache-Control": "no-store"})
