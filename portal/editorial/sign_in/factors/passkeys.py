"""Lets passkeys work on all hosts of the network, as one relying party (WebAuthn Level 3, section 5.11)."""

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
    """The newsroom's own host.

    If that is not a site's host, it cannot list the other hosts, and each host is a separate relying party.
    """
    newsroom = urlsplit(settings.ADMIN_BASE_URL).hostname or host
    is_own = host == newsroom or host.endswith(f".{newsroom}")
    return newsroom if is_own or Site.objects.filter(hostname__iexact=newsroom).exists() else host


@require_safe
@cache_control(public=True, max_age=3600)
def related_origins(request: HttpRequest) -> JsonResponse:
    """The list of hosts that browsers request from the relying party, without sites that are not open yet."""
    host = request.get_host().partition(":")[0]
    if host != relying_party(host):
        raise Http404
    sites = Site.objects.exclude(pk__in=SiteSettings.undisclosed_sites()).order_by("pk")
    return JsonResponse({"origins": [site.root_url for site in sites]})


def get_server() -> Fido2Server:
    """Replaces django-allauth's server, which accepts only the relying party's host or, without HTTPS, any origin."""
    request = context.request
    origin = f"{request.scheme}://{request.get_host()}"
    entity = PublicKeyCredentialRpEntity(**get_adapter().get_public_key_credential_rp_entity())
    return Fido2Server(entity, verify_origin=origin.__eq__)
