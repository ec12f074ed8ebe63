"""Files are fetched only from the public internet, and within limits."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_address
from threading import Event, Thread
from time import monotonic

import pytest
from django.utils.translation import override

from events.importing import fetch as fetching
from events.importing.fetch import FetchError, fetch, is_public, public_address


class Response:
    def __init__(self, status: int = 200, body: bytes = b"BEGIN", **headers: str):
        self.status, self.body, self.headers = status, body, headers

    def getheader(self, name: str):
        return self.headers.get(name.replace("-", "_"))

    def read1(self, size: int) -> bytes:
        chunk, self.body = self.body[:size], self.body[size:]
        return chunk


@pytest.fixture
def internet(monkeypatch):
    """Fake name resolution and HTTP: hosts with their IP addresses, and a response for each URL."""
    hosts: dict[str, list[str]] = {"partner.example": ["93.184.216.34"]}
    responses: dict[str, Response] = {}
    connected: list[tuple[str, str]] = []

    class Connection:
        def __init__(self, host, port, address, deadline, *, is_encrypted):
            self.base = f"https://{host}" if is_encrypted else f"http://{host}"
            connected.append((host, address))

        def request(self, method, path, body, headers):
            self.url = self.base + path

        def getresponse(self):
            return responses[self.url]

        def close(self):
            pass

        def abort(self):
            pass

    def getaddrinfo(host, port, **_kwargs):
        if host not in hosts:
            try:
                ip_address(host)
            except ValueError as error:
                raise socket.gaierror("unknown") from error
            return [(0, 0, 0, "", (host, port))]
        return [(0, 0, 0, "", (address, port)) for address in hosts[host]]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(fetching, "PinnedConnection", Connection)
    return hosts, responses, connected


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:0:0:0:0:f00:1", "ff02::1", "::7f00:1",
    ],
)  # fmt: skip
def test_internal_ip_address_is_refused(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_public_ip_address_is_accepted(address):
    assert is_public(ip_address(address))


def test_host_with_one_internal_address_is_refused(internet):
    hosts, _responses, connected = internet
    hosts["mixed.example"] = ["93.184.216.34", "10.0.0.1"]

    with pytest.raises(FetchError):
        fetch("https://mixed.example/a.ics")
    assert connected == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://partner.example/a", "gopher://partner.example/", "https://", "http://[::1]/a.ics",
        "http://127.0.0.1/a.ics", "http://2130706433/", "https://user:secret@partner.example/", "http://localhost/",
        "https://partner.example:22/", "https://partner.example/a\r\nX: 1", "https://partner.example:x/", "javascript:1",
        "https://[x/a.ics",
    ],
)  # fmt: skip
def test_disallowed_url_is_refused(internet, url):
    _hosts, _responses, connected = internet

    with pytest.raises(FetchError):
        fetch(url)
    assert connected == []


def test_name_is_resolved_only_once(internet):
    """A host name that resolves differently a moment later must not redirect the connection (DNS rebinding)."""
    hosts, responses, connected = internet
    responses["https://partner.example/a.ics"] = Response(ETag='"1"')

    found = fetch("webcal://partner.example/a.ics")

    assert (found.body, found.etag) == (b"BEGIN", '"1"')
    assert connected == [("partner.example", "93.184.216.34")]
    hosts["partner.example"] = ["127.0.0.1"]
    with pytest.raises(FetchError):
        public_address("partner.example", 443)


@pytest.mark.parametrize("url", ["http://inner.example/a.ics", "http://inner.example:8080/a.ics"])
def test_configured_internal_host_is_fetched(internet, settings, url):
    hosts, responses, connected = internet
    hosts["inner.example"] = ["10.0.0.1"]
    responses["http://inner.example/a.ics"] = Response()
    with pytest.raises(FetchError):
        fetch(url)

    settings.CALENDAR_HOSTS = ["inner.example", "inner.example:8080"]
    assert fetch(url).body == b"BEGIN"
    assert connected == [("inner.example", "10.0.0.1")]


@pytest.mark.parametrize("url", ["http://inner.example:22/a.ics", "http://other.example/a.ics", "ftp://inner.example/"])
def test_configured_internal_host_permits_no_other_port_or_host(internet, settings, url):
    hosts, _responses, connected = internet
    hosts.update({"inner.example": ["10.0.0.1"], "other.example": ["10.0.0.2"]})
    settings.CALENDAR_HOSTS = ["inner.example", "inner.example:8080"]

    with pytest.raises(FetchError):
        fetch(url)
    assert connected == []


def test_public_host_cannot_redirect_to_an_internal_one(internet, settings):
    hosts, responses, _connected = internet
    hosts["inner.example"] = ["10.0.0.1"]
    settings.CALENDAR_HOSTS = ["inner.example"]
    responses["http://partner.example/a"] = Response(302, Location="http://inner.example/a.ics")
    responses["http://inner.example/a.ics"] = Response()

    with pytest.raises(FetchError):
        fetch("http://partner.example/a")


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1/", "https://inner.example/", "file:///etc/passwd", "http://partner.example/b", "https://[b/"],
)
def test_redirect_to_an_internal_address_is_refused(internet, target):
    hosts, responses, _connected = internet
    hosts["inner.example"] = ["10.0.0.1"]
    responses["https://partner.example/a"] = Response(302, Location=target)

    with pytest.raises(FetchError):
        fetch("https://partner.example/a")


def test_redirects_are_followed_up_to_a_limit(internet):
    _hosts, responses, _connected = internet
    responses["https://partner.example/a"] = Response(301, Location="/b")
    responses["https://partner.example/b"] = Response()
    responses["https://partner.example/loop"] = Response(301, Location="/loop")

    assert fetch("https://partner.example/a").body == b"BEGIN"
    with pytest.raises(FetchError):
        fetch("https://partner.example/loop")


def test_size_and_time_and_status_have_limits(internet, monkeypatch):
    _hosts, responses, _connected = internet
    responses["https://partner.example/large"] = Response(body=b"x" * (fetching.MAX_BYTES + 1))
    responses["https://partner.example/gone"] = Response(404)
    responses["https://partner.example/same"] = Response(304)
    responses["https://partner.example/slow"] = Response(body=b"x" * 100)

    for name in ("large", "gone"):
        with pytest.raises(FetchError):
            fetch(f"https://partner.example/{name}")
    assert fetch("https://partner.example/same", '"1"').body is None
    monkeypatch.setattr(fetching, "TIMEOUT_SECONDS", -1.0)
    with pytest.raises(FetchError):
        fetch("https://partner.example/slow")


HEAD = b"HTTP/1.1 200 OK\r\n"
SLOW = {"headers": HEAD + b"X-Slow: ", "chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;"}


@pytest.fixture(params=SLOW)
def dripping(request, settings) -> Iterator[str]:
    """The URL of a source on this machine that sends a byte now and then, and never a whole line."""
    server = socket.create_server(("127.0.0.1", 0))
    is_over = Event()

    def serve() -> None:
        connection, _address = server.accept()
        with connection, suppress(OSError):
            connection.sendall(SLOW[request.param])
            # Long enough for a fetch without a deadline to fail the test, instead of hanging.
            for _byte in range(60):
                if is_over.wait(0.05):
                    break
                connection.sendall(b"a")

    thread = Thread(target=serve)
    thread.start()
    host = f"127.0.0.1:{server.getsockname()[1]}"
    settings.CALENDAR_HOSTS = [host]
    yield f"http://{host}/a.ics"
    is_over.set()
    thread.join()
    server.close()


def test_source_that_sends_single_bytes_is_too_slow(dripping, monkeypatch):
    monkeypatch.setattr(fetching, "TIMEOUT_SECONDS", 0.3)
    begun = monotonic()

    with override("en"), pytest.raises(FetchError, match="too slow"):
        fetch(dripping)
    assert monotonic() - begun < 10
