"""Addresses for monitors, answered for any host and without https: `/-/live`, `/-/ready` and `/-/metrics`."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from portal.platform.operation.database import READY
from portal.platform.status.health import findings
from portal.platform.status.metrics import metrics

LIVE = "/-/live"
METRICS = "/-/metrics"


class Probes:
    """`/-/live` says that the process answers; `/-/ready` that readers get pages (503 if not), and what is not well.

    Neither says more than that: a proxy may leave them open by mistake. `manage.py status` tells the rest.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == LIVE:
            response = HttpResponse("live\n", content_type="text/plain")
        elif request.path_info == READY:
            response = ready()
        elif request.path_info == METRICS:
            response = metrics(request)
        else:
            return self.get_response(request)
        response["Cache-Control"] = "no-store"
        return response


def ready() -> JsonResponse:
    found = list(findings(timezone.now()))
    is_ready = all(finding.is_well for finding in found if finding.needed)
    return JsonResponse(
        {"ready": is_ready, **{finding.name: finding.is_well for finding in found}}, status=200 if is_ready else 503
    )
