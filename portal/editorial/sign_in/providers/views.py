"""Views for providers, in addition to those of django-allauth."""

import logging
from typing import Any

import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect import views as openid
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal.accounts.sessions import end_sessions

EVENT = "http://schemas.openid.net/event/backchannel-logout"
logger = logging.getLogger(__name__)


def sign_in_by(request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        return openid.login(request, provider_id)
    except (OAuth2Error, requests.RequestException, KeyError, ValueError) as error:
        logger.warning("The provider %s does not answer: %s", provider_id, error)
        name = get_adapter().get_app(request, provider=provider_id).name
        return render(request, "editorial/sign_in/refused.html", {"name": name, "is_broken": True}, status=502)


def sign_in_again(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Let a provider authenticate the person again, instead of relying on a session of its own."""
    query = request.GET.copy()
    query["auth_params"] = urlencode({"prompt": "login"})
    request.GET = query  # type: ignore[assignment]
    return sign_in_by(request, provider_id)


@csrf_exempt
@require_POST
def signed_out_there(request: HttpRequest, provider_id: str) -> HttpResponse:
    """End the sessions of a person who signed out at the provider (OpenID Connect Back-Channel Logout 1.0).

    The provider must identify the person (`sub`), not only its session.
    """
    try:
        adapter = openid.OpenIDConnectOAuth2Adapter(request, provider_id)
        app = get_adapter().get_app(request, provider=provider_id)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
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
    owned = SocialAccount.objects.filter(provider=provider_id, uid=claims["sub"])
    end_sessions(owned.values_list("user", flat=True))
    return HttpResponse(status=200, headers={"Cache-Control": "no-store"})
