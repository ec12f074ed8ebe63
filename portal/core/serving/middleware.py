"""Which site a request is for, and which security policy its answer has."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.translation import get_language_from_path

from portal.core.serving.redirects import moved_to
from portal.core.serving.snapshot import snapshot_of

Respond = Callable[[HttpRequest], HttpResponse]
LOOPBACK = ("127.0.0.1", "[::1]")


class KnownSite:
    """Put the frame and the edition on the request, and refuse a host that is no site's with 400.

    Wagtail would answer it with the default site: duplicate content, and a poisoned shared cache. Whoever types the
    number of the own machine is led to its name, where a site has that.
    """

    def __init__(self, get_response: Respond):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        hostname, port = split_domain_port(request.get_host())
        port = port or ("443" if request.is_secure() else "80")
        frame = snapshot_of(hostname, port)
        if frame is None and hostname in LOOPBACK and (named := snapshot_of("localhost", port)):
            return HttpResponseRedirect(named.site.root_url + request.get_full_path())
        if frame is None:
            raise DisallowedHost(f"No site has the host {hostname!r}.")
        # Where Site.find_for_request would leave its own answer, one query later.
        request._wagtail_site = frame.site  # type: ignore[attr-defined]
        request.frame = frame  # type: ignore[attr-defined]
        language = get_language_from_path(request.path_info)
        request.edition = frame.editions.get(language or "", frame.default)  # type: ignore[attr-defined]
        with timezone.override(request.edition.zone):  # type: ignore[attr-defined]
            return self.get_response(request)


class PageLanguage(LocaleMiddleware):
    """Language is a matter of pages and of the newsroom only.

    Anything else, such as a picture or a file that is not there, neither varies by the reader's languages nor moves to
    one of them.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        in_newsroom = request.path_info.startswith(reverse("wagtailadmin_home"))
        if in_newsroom or get_language_from_path(request.path_info):
            return super().process_response(request, response)
        return response


class ClosedSite:
    """While a site is closed, readers get a notice instead of its pages; newsroom, previews and pictures stay open."""

    def __init__(self, get_response: Respond):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_page = request.path_info == "/" or get_language_from_path(request.path_info)
        is_closed = request.edition.settings.is_closed  # type: ignore[attr-defined]
        if not (is_page and is_closed) or getattr(request, "is_dummy", False):
            return self.get_response(request)
        response = render(request, "errors/503.html", {"status": 503}, status=503)
        response["Retry-After"] = "3600"
        response["Cache-Control"] = "no-store"
        return response


class Moved:
    """Lead a reader who finds nothing, or something gone, to where a redirect of the site points.

    In place of Wagtail's own, which would lead in rings and to pages that are gone as well.
    """

    def __init__(self, get_response: Respond):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # The page that says so has asked already whether there is a redirect.
        if response.status_code in (404, 410) and getattr(request, "is_redirected", True):
            move = moved_to(request, request.get_full_path())
            if move:
                return HttpResponseRedirect(move.link, status=301 if move.is_permanent else 302)
        return response


class ContentPolicy:
    """Give the newsroom the content policy that Wagtail's own scripts need, and a site's pages its counting service.

    All other pages keep the strict policy of the settings; the newsroom may frame its previews of them. A preview that
    is no page, such as a mail's, brings a policy of its own.
    """

    def __init__(self, get_response: Respond):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(reverse("wagtailadmin_home")):
            response._csp_config = settings.ADMIN_CSP  # type: ignore[attr-defined]
        elif getattr(request, "is_dummy", False):
            own = getattr(response, "_csp_config", settings.PREVIEW_CSP)
            response._csp_config = own  # type: ignore[attr-defined]
        elif service := request.edition.analytics:  # type: ignore[attr-defined]
            allowed = [CSP.SELF, service.origin]
            response._csp_config = settings.SECURE_CSP | {  # type: ignore[attr-defined]
                "script-src": allowed,
                "connect-src": allowed,
                "img-src": [*allowed, "data:"],
            }
        return response
