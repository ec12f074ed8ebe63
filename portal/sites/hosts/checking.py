"""Checks the network's hosts as a browser would: DNS, certificate, response."""

import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.client import HTTPException, HTTPSConnection
from typing import Any

from django.conf import settings
from django.db.models import Min
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from portal.content.records.hosts import network_hosts
from portal.platform.status.conditions import Condition, number
from portal.sites.models import HostProblem, HostState

HTTPS = 443
TIMEOUT = 5.0
EVERY = timedelta(days=1)
# Hosts per run. They are checked at the same time, so that silent ones delay the scheduler by seconds.
MAX_AT_ONCE = 20


def check_host(host: str, now: datetime, *, port: int = HTTPS, trusted: ssl.SSLContext | None = None) -> HostState:
    """The unsaved state of a host. Needs no database."""
    state = HostState(hostname=host, checked_at=now)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        state.problem = HostProblem.DNS
        return state
    state.addresses = " ".join(sorted({str(address[0]) for *_kind, address in found}))
    connection = HTTPSConnection(host, port, timeout=TIMEOUT, context=trusted or ssl.create_default_context())
    try:
        connection.connect()
        facts: Any = connection.sock.getpeercert()
        state.certificate_until = datetime.fromtimestamp(ssl.cert_time_to_seconds(facts["notAfter"]), UTC)
        connection.request("HEAD", "/robots.txt")
        connection.getresponse()
    except ssl.SSLError:
        # nginx and Caddy refuse the handshake for a host without a certificate.
        state.problem = HostProblem.CERTIFICATE
    except (OSError, HTTPException):
        state.problem = HostProblem.CONNECTION
    finally:
        connection.close()
    return state


def is_public(host: str) -> bool:
    return host != "localhost" and not host.endswith(".localhost")


def check_due_hosts(now: datetime) -> None:
    """Check the hosts without a check since a day, the longest waiting first, and forget former hosts."""
    if not settings.HOST_CHECKS:
        return
    hosts = {host for host in network_hosts() if is_public(host)}
    HostState.objects.exclude(hostname__in=hosts).delete()
    checked = dict(HostState.objects.values_list("hostname", "checked_at"))
    never = datetime.min.replace(tzinfo=UTC)
    due = sorted((checked.get(host, never), host) for host in hosts if checked.get(host, never) <= now - EVERY)
    with ThreadPoolExecutor(MAX_AT_ONCE) as pool:
        states = list(pool.map(lambda host: check_host(host, now), (host for _when, host in due[:MAX_AT_ONCE])))
    fields = ["checked_at", "addresses", "certificate_until", "problem"]
    HostState.objects.bulk_create(states, update_conflicts=True, update_fields=fields, unique_fields=["hostname"])


def certificates(now: datetime) -> Condition:
    """Whether any certificate is invalid, or ends soon."""
    if not settings.HOST_CHECKS:
        return Condition("certificates", True, _("are not checked (HOST_CHECKS)"), is_untried=True)
    bad = list(HostState.objects.with_bad_certificate(now).order_by("certificate_until", "hostname"))
    if bad:
        facts = {"count": number(len(bad)), "host": bad[0].hostname}
        text = _("%(count)s are invalid or end within 14 days, such as that of %(host)s: see the proxy’s log")
        return Condition("certificates", False, text % facts, figures={"bad": len(bad)})
    first = HostState.objects.aggregate(first=Min("certificate_until"))["first"]
    if first is None:
        return Condition("certificates", True, _("not checked yet"), is_untried=True)
    day = date_format(localtime(first), "SHORT_DATE_FORMAT")
    figures = {"bad": 0, "days": (first - now).days}
    return Condition("certificates", True, _("all are valid until %(day)s") % {"day": day}, figures=figures)
