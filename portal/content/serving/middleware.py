"""Middleware for a request's site, closed sites, redirects, and the content security policy."""

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.csp import CSP
from django.utils.translation import activate, get_language, get_language_from_path, override
from django.views.decorators.csp import csp_override

from portal.content.serving.editions import edition_of, set_edition
from portal.content.serving.redirects import moved_host, moved_to
from portal.content.serving.snapshot import snapshot_of
from portal.content.upstream import set_site
from portal.platform.caching.one_version import render_one_version
from portal.platform.caching.request_version import version_of
from portal.platform.middleware import Middleware

LOOPBACK = ("127.0.0.1", "[::1]")
# The paths that a closed site still serves: the newsroom and its files, the notice's theme, the contacts.
OPEN_WHILE_CLOSED = (
    *("/admin", "/documents/", "/pictures/", settings.MEDIA_URL, settings.STATIC_URL),
    *("/theme-", "/favicon.ico", "/icon", "/apple-touch-icon.png", "/site.webmanifest"),
    *("/robots.txt", "/.well-known/"),
)
BEFORE_SIGNING_IN = ("/admin/login/", "/admin/password_reset/", "/admin/invitation/", "/admin/address/")


def is_in_newsroom(request: HttpRequest) -> bool:
    return request.path.startswith(reverse("wagtailadmin_home"))


class KnownSite(Middleware):
    """Set the edition of the request; respond to an unknown host with 400.

    Wagtail would serve the default site there. That would duplicate content, and could poison shared caches. A loopback
    address redirects to `localhost` if a site has that host.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_in_newsroom(request):
            return self.respond(request)
        return render_one_version(self.respond, request)

    def respond(self, request: HttpRequest) -> HttpResponse:
        hostname, port = split_domain_port(request.get_host())
        port = port or ("443" if request.is_secure() else "80")
        version = version_of(request)
        snapshot = snapshot_of(hostname, port, version)
        if snapshot is None and hostname in LOOPBACK and (named := snapshot_of("localhost", port, version)):
            return HttpResponseRedirect(named.site.root_url + request.get_full_path())
        if snapshot is None:
            if root_url := moved_host(hostname):
                return _redirect_to_site(request, root_url)
            raise DisallowedHost(f"No site has the host {hostname!r}.")
        set_site(request, snapshot.site)
        language = get_language_from_path(request.path_info)
        edition = set_edition(request, snapshot.editions, snapshot.editions.get(language or "", snapshot.default))
        with timezone.override(edition.zone):
            response = self.get_response(request)
        if edition.settings.is_unlisted:
            # Files and feeds need this header; pages also have a robots meta tag.
            response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response


def _redirect_to_site(request: HttpRequest, root_url: str) -> HttpResponse:
    """Redirect to the same path on the current host. With 308, the browser submits a form again to that host."""
    is_read = request.method in ("GET", "HEAD")
    return HttpResponseRedirect(root_url + request.get_full_path(), status=301 if is_read else 308)


class PageLanguage(LocaleMiddleware):
    """Sets a language only for pages and the newsroom.

    Other responses, such as pictures or 404s for files, do not vary by language. A missing newsroom page is a 404:
    Django would redirect to a language prefix, which belongs to readers' pages.
    """

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        """If the site lacks the language of a link or form, redirect to the site's default language.

        Pages redirect themselves, because their URL may contain another word.
        """
        language, edition = get_language_from_path(request.path_info), edition_of(request)
        if not language or language == edition.language or not request.path_info.startswith(f"/{language}/_"):
            return None
        if request.method in ("GET", "HEAD"):
            return HttpResponseRedirect(edition.home_url + request.get_full_path()[len(language) + 2 :], status=301)
        activate(edition.language)
        return None

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if is_in_newsroom(request):
            patch_vary_headers(response, ["Accept-Language"])
            response.headers.setdefault("Content-Language", get_language())
        elif get_language_from_path(request.path_info):
            return super().process_response(request, response)
        return response


class ClosedSite(Middleware):
    """Responds with 503 to readers of a closed site.

    Crawlers still get robots.txt: without it they would treat everything as forbidden.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        edition = edition_of(request)
        is_open = not edition.settings.is_closed or request.path_info.startswith(OPEN_WHILE_CLOSED)
        if is_open or getattr(request, "is_dummy", False):
            return self.get_response(request)
        with override(edition.language):
            response = render(request, "errors/503.html", {"status": 503}, status=503)
        response["Retry-After"] = "3600"
        response["Cache-Control"] = "no-store"
        return response


class Moved(Middleware):
    """Apply a site's redirects to 404 and 410 responses.

    This replaces Wagtail's middleware, which allows loops and redirects to deleted pages. Newsroom URLs are excluded.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code not in (404, 410) or is_in_newsroom(request):
            return response
        # The error page has already looked for a redirect.
        move = request.move if hasattr(request, "move") else moved_to(request, request.get_full_path())
        if move:
            return HttpResponseRedirect(move.link, status=301 if move.is_permanent else 302)
        return response


class ContentPolicy(Middleware):
    """Relaxes the content security policy for the admin, for previews, and for a site's analytics service.

    All other pages, including the newsroom's before signing in, have the strict policy of the settings. A preview that
    is not a page, such as an email's, sets the attribute `preview_policy` of its request.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if is_in_newsroom(request):
            is_signing_in = request.path.startswith(BEFORE_SIGNING_IN)
            policy = settings.SECURE_CSP if is_signing_in else settings.ADMIN_CSP
        elif getattr(request, "is_dummy", False):
            policy = getattr(request, "preview_policy", settings.PREVIEW_CSP)
        elif service := edition_of(request).analytics:
            allowed = [CSP.SELF, service.origin]
            sources = {"script-src": allowed, "connect-src": allowed, "img-src": [*allowed, "data:"]}
            policy = settings.SECURE_CSP | sources
        else:
            return response
        return csp_override(policy)(lambda _request: response)(request)
