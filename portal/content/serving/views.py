"""Views: pages, the root redirect, the theme, the preview of site settings, the error pages."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, override
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from wagtail.views import serve as serve_page

from portal.content.records.cards import Card
from portal.content.records.listing import newest_cards
from portal.content.records.settings import SiteSettings
from portal.content.serving.editions import edition_of, editions_of, set_edition
from portal.content.serving.redirects import leads_to_hidden, look_up, moved_to
from portal.content.serving.routing import full_address, set_route
from portal.content.serving.served import GoneError
from portal.content.serving.snapshot import snapshot_with
from portal.content.serving.theme import look_of_version, theme_stylesheet

LATEST = 4


@require_safe
def serve(request: HttpRequest, path: str) -> HttpResponse:
    """Serve a page. An unsupported language redirects to the same path in the site's default language."""
    edition = edition_of(request)
    if edition.language != get_language():
        return HttpResponseRedirect(f"{edition.home_url}{path}", status=301)
    set_route(request, edition, path)
    return serve_page(request, path)


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """Redirect `/` to the reader's preferred language among the site's, or to its default language.

    Another system may have had its pages at `/?p=12`, so a redirect for that URL comes first.
    """
    if request.META.get("QUERY_STRING") and (move := moved_to(request, request.get_full_path())):
        if leads_to_hidden(request, move):
            raise GoneError
        return HttpResponseRedirect(move.link, status=301 if move.is_permanent else 302)
    editions = editions_of(request)
    wanted = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    offered = [code.split("-")[0] for code, weight in wanted if weight and code.split("-")[0] in editions]
    edition = editions[offered[0]] if offered else edition_of(request)
    response = HttpResponseRedirect(edition.home_url)
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
@cache_control(public=True, max_age=31_536_000, immutable=True)
def theme(request: HttpRequest, version: str) -> HttpResponse:
    """The theme that `version` describes, cacheable forever; the site's current theme for an older version."""
    look = look_of_version(version) or edition_of(request).settings
    return HttpResponse(theme_stylesheet(look), content_type="text/css; charset=utf-8")


def preview_settings(unsaved: SiteSettings, request: HttpRequest, language: str) -> HttpResponse:
    """Serve the home page with the look, menu and wording of unsaved settings."""
    snapshot = snapshot_with(unsaved)
    edition = set_edition(request, snapshot.editions, snapshot.editions.get(language, snapshot.default))
    with override(edition.language):
        response: Any = edition.home.specific.serve(request)
        return response.render() if hasattr(response, "render") else response


def _error(request: HttpRequest, status: int, context: dict[str, Any] | None = None) -> HttpResponse:
    edition = getattr(request, "edition", None)
    if edition is None:
        return render(request, "errors/plain.html", {"status": status}, status=status)
    with override(edition.language):
        return render(request, f"errors/{status}.html", {"status": status, **(context or {})}, status=status)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Respond with 404, or with 410 if the URL's page was deliberately unpublished."""
    edition = getattr(request, "edition", None)
    latest: list[Card] = []
    status = 404
    if edition is not None:
        if address := full_address(request, edition):
            return HttpResponseRedirect(address, status=301)
        known = look_up(request, edition.site)
        move = moved_to(request, request.get_full_path()) if known.is_redirected else None
        is_hidden = move is not None and leads_to_hidden(request, move)
        request.move = None if is_hidden else move  # type: ignore[attr-defined]
        if isinstance(exception, GoneError) or known.is_removed or is_hidden:
            status = 410
        latest = newest_cards(edition.home.pk, timezone.now(), LATEST)
    return _error(request, status, {"latest": latest})


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 403)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _error(request, 403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Render an error page without using the database or the site, because either may have failed."""
    return render(request, "errors/500.html", status=500)
