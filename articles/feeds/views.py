"""The view of feeds."""

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from articles.feeds.choice import choice_of
from articles.feeds.stories import FORMATS, PODCAST, story_feed
from portal.content.serving.editions import edition_of
from portal.content.serving.redirects import moved_to

MAX_AGE = 5 * 60


@require_safe
def feed(request: HttpRequest, path: str, form: str) -> Any:
    """Serve the feed of the page at `path`, without the language, or redirect if the page has moved."""
    edition = edition_of(request)
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    is_podcast = form == PODCAST
    name = "podcast.xml" if is_podcast else f"feed.{form}"
    if edition.language != get_language():
        return HttpResponseRedirect(f"{edition.home_url}{path}{name}{query}", status=301)
    try:
        choice = replace(choice_of(edition, path, request.GET), is_podcast=is_podcast)
        found = story_feed(choice, form, timezone.now())
    except Http404:
        move = moved_to(request, f"{edition.home_url}{path}") if path else None
        if move and move.redirect_page:
            return HttpResponseRedirect(f"{move.link}{name}{query}", status=301)
        raise
    document = found.document(request).writeString("utf-8")
    kind = FORMATS[form].content_type
    # A browser applies the style sheet only to plain XML. The document itself is the same.
    if form != "json" and "text/html" in request.headers.get("Accept", ""):
        kind = "application/xml; charset=utf-8"
    response = HttpResponse(document, content_type=kind)
    patch_vary_headers(response, ["Accept"])
    # There is no Last-Modified, because unpublishing a story changes the feed, but no date in it.
    patch_cache_control(response, public=True, max_age=MAX_AGE)
    return response
