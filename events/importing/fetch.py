"""Sends requests to hosts of the public internet, and fetches partners' files. Refuses internal networks (SSRF)."""

import logging
import socket
import ssl
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Timer
from time import monotonic
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

MAX_BYTES = 5_000_000
MAX_REDIRECTS = 3
ACCEPT = "text/calendar, */*;q=0.1"
TIMEOUT_SECONDS = 20.0
PORTS = {"http": 80, "https": 443}
REDIRECT_STATUSES = (301, 302, 303, 307, 308)
# IPv6 networks whose addresses contain an IPv4 address, which could be internal (NAT64, 6to4, Teredo, IPv4-compatible).
EMBEDDING_NETWORKS = [ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")]

logger = logging.getLogger(__name__)


class FetchError(Exception):
    """The file could not be fetched. The text is for administrators; `status` is the response's status, or 0."""

    def __init__(self, text: str, status: int = 0):
        super().__init__(text)
        self.status = status


class PrivateHostError(FetchError):
    """The host or its port does not belong to the public internet."""


@dataclass(frozen=True)
class Fetched:
    """A response. `body` is None if the status is 304."""

    body: bytes | None
    etag: str = ""
    last_modified: str = ""


def fetch(
    url: str,
    etag: str = "",
    last_modified: str = "",
    *,
    accept: str = ACCEPT,
    max_bytes: int = MAX_BYTES,
    private_hosts: Collection[str] | None = None,
    authorization: str = "",
) -> Fetched:
    """Fetch a file. Raises FetchError if it is unavailable, too large, too slow or not on the public internet.

    The internal hosts in `private_hosts`, or else in CALENDAR_HOSTS, are permitted, except after a redirect from a
    public host.
    The `Authorization` header is only sent over HTTPS, and never to another host after a redirect.
    """
    deadline = monotonic() + TIMEOUT_SECONDS
    if url.startswith("webcal"):
        url = "https" + url[url.index(":") :]
    is_permitted = True
    hosts = settings.CALENDAR_HOSTS if private_hosts is None else private_hosts
    origin = _parsed(url).netloc
    for _hop in range(MAX_REDIRECTS + 1):
        is_permitted = is_permitted and is_permitted_host(url, hosts)
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {"Accept": accept, **{name: value for name, value in conditions.items() if value}}
        if authorization and url.startswith("https://") and urlsplit(url).netloc == origin:
            headers["Authorization"] = authorization
        result = _request(url, deadline, headers, max_bytes, is_permitted=is_permitted)
        if isinstance(result, Fetched):
            return result
        target = _joined(url, result)
        if urlsplit(url).scheme == "https" and urlsplit(target).scheme != "https":
            raise FetchError(_("The address redirects from https to http."))
        url = target
    raise FetchError(_("There are too many redirects."))


def _joined(url: str, target: str) -> str:
    try:
        return urljoin(url, target)
    except ValueError as error:
        raise FetchError(_("This is not the address of a file on the internet.")) from error


def is_permitted_host(url: str, hosts: Collection[str]) -> bool:
    return host_with_port(url) in hosts


def host_with_port(url: str) -> str:
    """A URL's host, with its port unless that is the default."""
    parts = _parsed(url)
    is_default = parts.port in (None, PORTS[parts.scheme])
    return str(parts.hostname if is_default else f"{parts.hostname}:{parts.port}")


def _request(
    url: str, deadline: float, headers: dict[str, str], max_bytes: int, *, is_permitted: bool
) -> Fetched | str:
    """Send one request; return the file, or the target of a redirect."""
    with response_to("GET", url, headers, deadline=deadline, is_permitted=is_permitted) as response:
        if response.status == 304:
            return Fetched(None, headers.get("If-None-Match", ""), headers.get("If-Modified-Since", ""))
        if response.status in REDIRECT_STATUSES and (target := response.getheader("Location")):
            return target
        if response.status != 200:
            text = _("The source responded with status %(status)d.") % {"status": response.status}
            raise FetchError(text, response.status)
        body = _read(response, deadline, max_bytes)
        return Fetched(body, response.getheader("ETag") or "", response.getheader("Last-Modified") or "")


@contextmanager
def response_to(
    method: str,
    url: str,
    headers: Mapping[str, str],
    *,
    deadline: float,
    is_permitted: bool = False,
    body: bytes | None = None,
) -> Iterator[HTTPResponse]:
    """Send one request to a host of the public internet, or to a permitted one, and yield the response.

    Redirects are not followed. Raises FetchError. `deadline` is a value of `monotonic`.
    """
    parts = _parsed(url)
    if parts.port not in (None, PORTS[parts.scheme]) and not is_permitted:
        raise PrivateHostError(
            _("Only ports 80 (http) and 443 (https) are allowed, unless an administrator permits the host.")
        )
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    address = _preferred(_addresses(host, port)) if is_permitted else public_address(host, port)
    connection = PinnedConnection(host, port, address, deadline, is_encrypted=parts.scheme == "https")
    sent = {"Host": parts.netloc, "User-Agent": "Portal", "Connection": "close", **headers}
    # A socket's time-out restarts with each byte. So a source that slowly sends single bytes would never time out.
    timer = Timer(max(0.1, deadline - monotonic()), connection.abort)
    timer.daemon = True
    timer.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, body=body, headers=sent)
        yield connection.getresponse()
    except (OSError, HTTPException, ValueError) as error:
        logger.info("A host gives no response: %r", error)
        if monotonic() > deadline:
            raise FetchError(_("The source is too slow.")) from error
        raise FetchError(_("The source cannot be read: %(why)s") % {"why": _reason(error)}) from error
    finally:
        timer.cancel()
        connection.close()


def _reason(error: Exception) -> str:
    """Describe an error for administrators. Messages of libraries are not translated."""
    match error:
        case ssl.SSLCertVerificationError():
            return _("its certificate is invalid or belongs to another host")
        case ssl.SSLError():
            return _("no encrypted connection could be made")
        case TimeoutError():
            return _("it does not respond in time")
        case ConnectionRefusedError():
            return _("it refuses the connection")
        case ConnectionError() | IncompleteRead():
            return _("it closed the connection")
        case HTTPException() | ValueError():
            return _("it did not send a valid HTTP response")
    return _("no connection could be made")


def _parsed(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_url = parts.scheme in PORTS and parts.hostname and parts.port != 0 and all(letter > " " for letter in url)
    except ValueError as error:
        raise FetchError(_("This is not the address of a file on the internet.")) from error
    if not is_url:
        raise FetchError(_("This is not the address of a file on the internet."))
    if parts.username or parts.password:
        raise FetchError(_("The address must not contain a password."))
    return parts


def public_address(host: str, port: int) -> str:
    """Resolve a host to a public IP address. Raises FetchError if any of its addresses is not public.

    The caller must connect to it without resolving the name again: a second look-up could give another address (DNS
    rebinding).
    """
    found = _addresses(host, port)
    if not found or not all(is_public(ip_address(address.partition("%")[0])) for address in found):
        raise PrivateHostError(_("This host is not on the public internet."))
    return _preferred(found)


def _addresses(host: str, port: int) -> set[str]:
    try:
        return {str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise FetchError(_("The host %(host)s does not exist.") % {"host": host}) from error


def _preferred(addresses: set[str]) -> str:
    """Return an IPv4 address if there is one, because many machines have no IPv6 route."""
    return min(addresses, key=lambda address: (":" in address, address))


def is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if any(address in network for network in EMBEDDING_NETWORKS):
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


class PinnedConnection(HTTPConnection):
    """A connection to an IP address that has been checked. The host name is only used for the certificate."""

    def __init__(self, host: str, port: int, address: str, deadline: float, *, is_encrypted: bool):
        super().__init__(host, port, timeout=max(0.1, deadline - monotonic()))
        self.is_encrypted = is_encrypted
        self.address = address
        # `abort` needs it while the response is read: `self.sock` is None by then.
        self.open_socket: socket.socket | None = None

    def connect(self) -> None:
        self.sock = self.open_socket = socket.create_connection((self.address, self.port), self.timeout)
        if self.is_encrypted:
            self.sock = self.open_socket = ssl.create_default_context().wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()

    def abort(self) -> None:
        """End the connection from another thread. Code that reads from it stops."""
        if self.open_socket is not None:
            with suppress(OSError):
                # An encrypted socket's own method would only end the encryption and continue reading.
                socket.socket.shutdown(self.open_socket, socket.SHUT_RDWR)


def _read(response: HTTPResponse, deadline: float, max_bytes: int) -> bytes:
    body = bytearray()
    while chunk := response.read1(65_536):
        body += chunk
        if len(body) > max_bytes:
            raise FetchError(_("The file is larger than %(most)d MB.") % {"most": max_bytes // 1_000_000})
        if monotonic() > deadline:
            break
    if monotonic() > deadline:
        raise FetchError(_("The source is too slow."))
    return bytes(body)
