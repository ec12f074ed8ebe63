"""To which hosts a public page links, read from the very page that readers are given."""

import re
from collections.abc import Callable, Iterable
from html import unescape
from io import BytesIO
from typing import Any
from unicodedata import normalize
from urllib.parse import urlsplit

from django.conf import settings

type Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

LINK = re.compile(r"""<a\b[^>]*?\shref=["'](https?://[^"']+)["']""")
SCHEME = "https" if settings.HTTPS else "http"


class PageLinks:
    """Asks the application that answers readers, which has kept most pages that somebody has just read."""

    def __init__(self, application: Application):
        self.application = application

    def hosts(self, host: str, path: str) -> set[str]:
        """The hosts of all links in the page at `path`, as WSGI gives it; none if readers are shown no page there."""
        statuses: list[str] = []

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> None:
            statuses.append(status)

        answer = self.application(_environ(host, path), start)
        try:
            text = b"".join(answer).decode(errors="replace")
        finally:
            if close := getattr(answer, "close", None):
                close()
        if not statuses[-1].startswith("200"):
            return set()
        return {_host(unescape(address)) for address in LINK.findall(text)}


def _host(address: str) -> str:
    """As browsers name it: what is not ASCII as Punycode. Python's own `idna` makes another host of “ß”."""
    try:
        name = normalize("NFC", urlsplit(address).hostname or "")
        labels = (label if label.isascii() else "xn--" + label.encode("punycode").decode() for label in name.split("."))
        return ".".join(labels)
    except ValueError:
        return ""


def _environ(host: str, path: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": host,
        "HTTP_X_FORWARDED_PROTO": SCHEME,
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": SCHEME,
        "wsgi.input": BytesIO(),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
