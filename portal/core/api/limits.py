"""The rate limit of the API."""

from typing import Any

from django.conf import settings
from rest_framework.throttling import SimpleRateThrottle


class RequestsAMinute(SimpleRateThrottle):
    scope = "api"

    def get_rate(self) -> str:
        return f"{settings.API_REQUESTS_A_MINUTE}/min"

    def get_cache_key(self, request: Any, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": client_address(request)}


def client_address(request: Any) -> str:
    """The client address that our own proxy appended, never what the client itself wrote into the header."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.TRUSTED_PROXY else ""
    return forwarded.rsplit(",", 1)[-1].strip()[:64] or request.META.get("REMOTE_ADDR", "")
