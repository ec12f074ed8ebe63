"""Response headers, the content security policy of pages before signing in, and responses without a body."""

from typing import cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from portal.platform.middleware import Middleware

# Features that no page uses. Videos use full screen, so it is not listed.
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


class PageHeaders(Middleware):
    """Stop other sites from embedding our pages, and pages from using devices.

    Pictures and files may be embedded: by feed readers, mail programs and link previews.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
            response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response


class HeadWithoutBody(Middleware):
    """Respond to HEAD with the headers of GET and no body; some web servers would send the body."""

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
