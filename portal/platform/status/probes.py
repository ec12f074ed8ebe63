"""Probes for monitors and proxies, on any host and without HTTPS.

`/-/live`, `/-/ready`, `/-/metrics`, `/-/version`, `/-/host?domain=`.
"""

import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import validate_host
from django.utils import timezone

from portal.allowed_hosts import SITE_HOSTS
from portal.platform.middleware import Middleware
from portal.platform.operation.changes import content_version
from portal.platform.operation.database import READY
from portal.platform.status.health import findings
from portal.platform.status.metrics import is_from_own_network, metrics

LIVE = "/-/live"
METRICS = "/-/metrics"
VERSION = "/-/version"
KNOWN_HOST = "/-/host"


class Probes(Middleware):
    """`/-/live`: the process responds. `/-/ready`: readers get pages (503 if not), with the parts that need attention.

    They show no details, because a proxy may expose them by mistake; `manage.py status` does.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == LIVE:
            response = HttpResponse("live\n", content_type="text/plain")
        elif request.path_info == READY:
            response = ready()
        elif request.path_info == METRICS:
            response = metrics(request)
        elif request.path_info == VERSION:
            response = version()
        elif request.path_info == KNOWN_HOST:
            response = known_host(request)
        else:
            return self.get_response(request)
        response["Cache-Control"] = "no-store"
        return response


def version() -> HttpResponse:
    """Send the content version in a header.

    nginx caches the response until the end of this second (deploy/nginx-cache.conf). 404 while there is no version. If
    the database is down, a 503 makes nginx continue with the last version.
    """
    found = content_version()
    if found is None:
        return HttpResponse(status=404)
    return HttpResponse(status=204, headers={"X-Content-Version": found, "X-Accel-Expires": f"@{int(time.time())}"})


def known_host(request: HttpRequest) -> HttpResponse:
    """Whether the portal serves a host, so that a proxy may obtain a certificate for it: 200, otherwise 404.

    Caddy sends the host as `domain`. Only this machine and private networks get a response, and not through a proxy.
    """
    if not is_from_own_network(request):
        return HttpResponse(status=404)
    host = request.GET.get("domain", "").lower()
    is_served = host in SITE_HOSTS.latest() and validate_host(host, settings.ALLOWED_HOSTS)
    return HttpResponse(status=200 if is_served else 404, content_type="text/plain")


def ready() -> JsonResponse:
    found = list(findings(timezone.now()))
    is_ready = all(finding.is_well for finding in found if finding.needed)
    return JsonResponse(
        {"ready": is_ready, **{finding.name: finding.is_well for finding in found}}, status=200 if is_ready else 503
    )
