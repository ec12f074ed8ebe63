"""Probes for monitors and proxies, on any host and without HTTPS: `/-/live`, `/-/ready`, `/-/metrics`, `/-/version`."""

import time

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from portal.platform.middleware import Middleware
from portal.platform.operation.changes import content_version
from portal.platform.operation.database import READY
from portal.platform.status.health import findings
from portal.platform.status.metrics import metrics

LIVE = "/-/live"
METRICS = "/-/metrics"
VERSION = "/-/version"


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


def ready() -> JsonResponse:
    found = list(findings(timezone.now()))
    is_ready = all(finding.is_well for finding in found if finding.needed)
    return JsonResponse(
        {"ready": is_ready, **{finding.name: finding.is_well for finding in found}}, status=200 if is_ready else 503
    )
