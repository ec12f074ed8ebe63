"""Headers of every response, the policy of pages before signing in, and responses without a body."""

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

Respond = Callable[[HttpRequest], HttpResponseBase]
# What no page uses; a video's player may still go full screen.
UNUSED_FEATURES = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES)


class PageHeaders:
    """Let no other site load our pages as a part of its own, and let no page use devices.

    Pictures and files stay free to be loaded elsewhere: by feed readers, mail programs and previews of links.
    """

    def __init__(self, get_response: Respond):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
            response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response


class HeadWithoutBody:
    """Answer HEAD with the headers of GET and nothing else; web servers send what they are given."""

    def __init__(self, get_response: Respond):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method != "HEAD" or response.status_code == 304:
            return response
        if response.streaming:
            cast(StreamingHttpResponse, response).streaming_content = ()
        else:
            whole = cast(HttpResponse, response)
            response.headers.setdefault("Content-Length", str(len(whole.content)))
            whole.content = b""
        return response
