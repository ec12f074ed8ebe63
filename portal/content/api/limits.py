"""The rate limit of the API."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from rest_framework.throttling import BaseThrottle

from portal.content.readers.sources import source_of
from portal.platform.rate_limits import RateLimit

MINUTE = timedelta(minutes=1)


class RequestsPerMinute(BaseThrottle):
    def allow_request(self, request: Any, view: Any) -> bool:
        return RateLimit("api", settings.API_REQUESTS_A_MINUTE, MINUTE).allows(source_of(request))

    def wait(self) -> float:
        return MINUTE.total_seconds()
