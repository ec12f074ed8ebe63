"""A passkey works at all hosts of the network, which is one relying party (WebAuthn Level 3, section 5.11)."""

from urllib.parse import urlsplit

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from fido2.server import Fido2Server
from fido2.webauthn import PublicKeyCredentialRpEntity
from wagtail.models import Site

from portal.content.models import SiteSettings


def relying_party(host: str) -> str:
    """The newsroom's own host; where that is no site, which could name the others, each host is one of its own."""
    newsroom = urlsplit(settings.ADMIN_BASE_URL).hostname or host
    is_own = host == newsroom or host.endswith(f".{newsroom}")
    return newsroom if is_own or Site.objects.filter(hostname__iexact=newsroom).exists() else host


@require_safe
@cache_control(public=True, max_age=3600)
def related_origins(request: HttpRequest) -> JsonResponse:
    """What browsers ask of the relying party; without the sites that are not open yet."""
    host = request.get_host().partition(":")[0]
    if host != relying_party(host):
        raise Http404
    sites = Site.objects.exclude(pk__in=SiteSettings.sites_not_to_be_named()).order_by("pk")
    return JsonResponse({"origins": [site.root_url for site in sites]})


def get_server() -> Fido2Server:
    """As django-allauth's, which takes the origins of the relying party's host alone, or without HTTPS any."""
    request = context.request
    origin = f"{request.scheme}://{request.get_host()}"
    entity = PublicKeyCredentialRpEntity(**get_adapter().get_public_key_credential_rp_entity())
    return Fido2Server(entity, verify_origin=origin.__eq__)
