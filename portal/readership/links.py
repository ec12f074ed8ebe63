"""The hosts that a public page links to, read from the page as served."""

import re
from collections.abc import Callable, Iterable
from html import unescape
from typing import Any
from unicodedata import normalize
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults

from django.conf import settings

type Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

LINK = re.compile(r"""<a\b[^>]*?\shref=["'](https?://[^"']+)["']""")
SCHEME = "https" if settings.HTTPS else "http"


class PageLinks:
    """Reads pages from the application that serves readers. Most recently read pages are in its cache."""

    def __init__(self, application: Application):
        self.application = application

    def hosts(self, host: str, path: str) -> set[str]:
        """The hosts of all links in the page at `path`, as WSGI has it; empty if there is no public page."""
        statuses: list[str] = []

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> None:
            statuses.append(status)

        environ = {
            "PATH_INFO": path,
            "HTTP_HOST": host,
            "HTTP_X_FORWARDED_PROTO": SCHEME,
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": SCHEME,
        }
        setup_testing_defaults(environ)
        response = self.application(environ, start)
        try:
            text = b"".join(response).decode(errors="replace")
        finally:
            if close := getattr(response, "close", None):
                close()
        if not statuses[-1].startswith("200"):
            return set()
        return {_host(unescape(address)) for address in LINK.findall(text)}


def _host(address: str) -> str:
    """The host in Punycode, as browsers write it. Python's `idna` gives another host for “ß”."""
    try:
        name = normalize("NFC", urlsplit(address).hostname or "")
    except ValueError:
        return ""
    return ".".join(
        label if label.isascii() else "xn--" + label.encode("punycode").decode() for label in name.split(".")
    )
