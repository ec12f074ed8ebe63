"""`/-/metrics` for Prometheus: the numbers of `manage.py status`, and what the processes have counted."""

import secrets
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from portal.platform.measuring.metrics import collected
from portal.platform.status.conditions import failure_kinds
from portal.platform.status.health import findings

# Headers of proxies.
PASSED_ON = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")


def metrics(request: HttpRequest) -> HttpResponse:
    """Respond with the metrics, or with 404 to clients that may not read them."""
    try:
        # Most installations do not install this extra.
        from prometheus_client import CollectorRegistry, generate_latest
    except ImportError:
        return HttpResponse("metrics need the extra: --extra metrics\n", status=501, content_type="text/plain")
    if not _may_read(request):
        return HttpResponse(status=404)
    registry = CollectorRegistry()
    registry.register(Collector())
    registry.register(Counted())
    return HttpResponse(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")


class Collector:
    """Checks everything on each request, so that all workers respond alike."""

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily  # the same extra

        now = timezone.now()
        well = GaugeMetricFamily("portal_condition_well", "1 if the condition is well, else 0.", labels=["name"])
        untried = GaugeMetricFamily(
            "portal_condition_untried",
            "1 if the condition has never been checked, else 0.",
            labels=["name"],
        )
        figures = GaugeMetricFamily("portal_figure", "A figure of a condition.", labels=["name", "figure"])
        for found in findings(now, in_detail=True):
            untried.add_metric([found.name], float(found.is_untried))
            if not found.is_untried:
                well.add_metric([found.name], float(found.is_well))
            for name, value in found.figures.items():
                figures.add_metric([found.name, name], float(value))
        yield well
        yield untried
        yield figures
        failing = GaugeMetricFamily(
            "portal_site_failures", "Current failures, by kind and site key.", labels=["kind", "site"]
        )
        if well.samples and all(sample.value for sample in well.samples if sample.labels["name"] == "database"):
            for kind in failure_kinds:
                for site, count in kind.by_site(now).items():
                    failing.add_metric([kind.name, str(site)], count)
        yield failing


class Counted:
    """What the processes of this machine have counted."""

    def collect(self) -> Iterator[Any]:
        yield from collected()


def _may_read(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return secrets.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    client = _direct_client(request)
    return client is not None and client.is_loopback


def is_from_own_network(request: HttpRequest) -> bool:
    client = _direct_client(request)
    return client is not None and client.is_private


def _direct_client(request: HttpRequest) -> IPv4Address | IPv6Address | None:
    """The client's address; None through a proxy, because one on this machine forwards other clients' requests."""
    if any(name in request.headers for name in PASSED_ON):
        return None
    try:
        return ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return None
