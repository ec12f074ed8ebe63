"""The pages of search: results, suggestions, and what browsers ask to learn of it."""

import logging

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from portal.core.serving.editions import edition_of
from search.addresses import WORDS, search_url
from search.find import find
from search.models import Question
from search.pages import languages_of, pages_of, scopes_of
from search.query.criteria import Criteria
from search.rate_limit import SEARCHES, SUGGESTIONS, WINDOW, may_search
from search.suggest import suggestions

logger = logging.getLogger(__name__)


@require_safe
def results(request: HttpRequest, word: str) -> HttpResponse:
    edition = edition_of(request)
    if request.path != search_url(edition):
        query = request.META.get("QUERY_STRING", "")
        return HttpResponseRedirect(search_url(edition) + (f"?{query}" if query else ""), status=301)
    criteria, now = Criteria.read(request.GET), timezone.now()
    context = {"criteria": criteria, "now": now, "is_search": True}
    if criteria.q and not may_search(request, "results", SEARCHES):
        response = render(request, "search/too_many.html", context, status=429)
        response["Retry-After"] = str(WINDOW)
        return response
    try:
        found = find(edition, criteria, now)
    except OSError:
        # A server of its own may be away; the database is not.
        logger.exception("Search has no answer")
        return render(request, "search/unavailable.html", context, status=503)
    if criteria.page > max(1, found.last):
        raise Http404
    if criteria.q and criteria.page == 1 and not criteria.facets:
        # Turning a page and choosing a facet ask nothing new.
        Question.objects.note(edition.site, edition.language, criteria.q, found.total, timezone.localdate())
    context |= {
        "found": found,
        "pages": pages_of(found),
        "scopes": [scopes_of(criteria, edition), languages_of(criteria, edition)],
        "chosen": [choice for facet in found.facets for choice in facet.choices if choice.is_chosen],
        "corrected_url": criteria.change(q=found.corrected).address,
        "meant_url": criteria.change(q=found.meant).address,
        "plain_url": Criteria(criteria.q).address,
    }
    response = render(request, "search/results.html", context)
    patch_cache_control(response, private=True, max_age=0)
    return response


@require_safe
def suggest(request: HttpRequest, word: str) -> HttpResponse:
    """Suggestions as JSON: `label`, `kind` and `url` of each."""
    if not may_search(request, "suggestions", SUGGESTIONS):
        response = JsonResponse({"suggestions": []}, status=429)
        response["Retry-After"] = str(WINDOW)
        return response
    found = suggestions(edition_of(request), request.GET.get("q", ""), timezone.now())
    response = JsonResponse({"suggestions": found})
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, max_age=60)
    return response


@require_safe
@cache_control(public=True, max_age=86_400)
def description(request: HttpRequest, word: str) -> HttpResponse:
    """The site's search as a browser learns it (OpenSearch 1.1)."""
    edition = edition_of(request)
    if word != WORDS.get(edition.language, word):
        raise Http404
    context = {"results_url": edition.full(search_url(edition))}
    return render(
        request, "search/description.xml", context, content_type="application/opensearchdescription+xml; charset=utf-8"
    )
