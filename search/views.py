"""The search views: results page, suggestions, and the OpenSearch description for browsers."""

import logging
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from django import forms
from django.core.paginator import Paginator
from django.db import DatabaseError
from django.db.transaction import atomic
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from portal.content.lists.pagination import ListPage
from portal.content.readers.sources import source_of
from portal.content.serving.editions import SEARCH_WORDS, Edition, edition_of
from portal.platform.operation.database import short_lock_wait
from portal.platform.rate_limits import RateLimit
from search.context import search_url
from search.find import find
from search.models import LoggedQuery
from search.query.criteria import EVERYWHERE, WEEKEND, Criteria
from search.query.parse import MAX_QUERY_LENGTH, normalize
from search.results.dates import chosen_dates, dated_events
from search.results.search_results import PER_PAGE, SearchResults
from search.results.subjects import subjects_named
from search.suggest import suggestions

logger = logging.getLogger(__name__)
MINUTE = timedelta(minutes=1)
SEARCHES, SUGGESTIONS = RateLimit("searches", 40, MINUTE), RateLimit("suggestions", 240, MINUTE)
OPENED = RateLimit("opened-results", 60, MINUTE)
MAX_PLACE = 100


def pagination_of(search_results: SearchResults) -> ListPage:
    criteria = search_results.criteria
    page = Paginator(range(search_results.reachable), PER_PAGE).page(criteria.page)
    return ListPage(page, [], criteria.change(page=1).query_string.removeprefix("?"))


@dataclass(frozen=True)
class ScopeLink:
    label: str
    url: str
    is_current: bool


def scope_links(criteria: Criteria, edition: Edition, wider: Collection[str]) -> list[list[ScopeLink]]:
    """Links to the same query on this or all sites, in this or all languages, without the chosen facets.

    A scope is offered if it is chosen, or has more results (`wider`). Both together are offered only if neither is
    offered alone.
    """
    plain = criteria.unfiltered
    labels = {
        "sites": (edition.name, _("All sites of the network")),
        "languages": (_("This language"), _("All languages")),
    }
    found = [
        [
            ScopeLink(here, plain.change(**{name: ""}).query_string, not getattr(criteria, name)),
            ScopeLink(everywhere, plain.change(**{name: EVERYWHERE}).query_string, bool(getattr(criteria, name))),
        ]
        for name, (here, everywhere) in labels.items()
        if getattr(criteria, name) or name in wider
    ]
    if found or "both" not in wider:
        return found
    everything = plain.change(sites=EVERYWHERE, languages=EVERYWHERE)
    return [
        [
            ScopeLink(edition.name, plain.query_string, is_current=True),
            ScopeLink(_("All sites in all languages"), everything.query_string, is_current=False),
        ]
    ]


class OpenedForm(forms.Form):
    q = forms.CharField(max_length=MAX_QUERY_LENGTH)
    place = forms.IntegerField(min_value=0, max_value=MAX_PLACE)
    first = forms.BooleanField(required=False)


@require_safe
def results(request: HttpRequest, word: str) -> HttpResponse:
    edition = edition_of(request)
    if request.path != search_url(edition):
        query = request.META.get("QUERY_STRING", "")
        return HttpResponseRedirect(search_url(edition) + (f"?{query}" if query else ""), status=301)
    criteria, now = Criteria.from_query(request.GET), timezone.now()
    context = {"criteria": criteria, "now": now, "is_search": True}
    if criteria.q and not SEARCHES.allows(source_of(request)):
        response = render(request, "search/too_many.html", context, status=429)
        response["Retry-After"] = str(MINUTE.seconds)
        return response
    search_results = find(edition, criteria, now)
    if criteria.page > max(1, search_results.last_page):
        raise Http404
    dated, subjects = None, []
    if criteria.q and criteria.page == 1 and not criteria.is_narrowed:
        dated = dated_events(edition, criteria.q, now)
        subjects = subjects_named(edition, search_results.searched, now)
        # The query is only logged here, because another page or facet is not another query.
        _log(edition, criteria.q, search_results.total + (dated.total if dated else 0))
    context |= {
        "search_results": search_results,
        "dated": dated,
        "subjects": subjects,
        "first_place": (criteria.page - 1) * PER_PAGE + 1,
        "pagination": pagination_of(search_results),
        "scopes": scope_links(criteria, edition, search_results.wider_scopes),
        "chosen": [
            *(choice for facet in search_results.facets for choice in facet.choices if choice.is_chosen),
            *chosen_dates(criteria),
        ],
        "weekend_url": criteria.change(when="" if criteria.when else WEEKEND).query_string,
        "other_pairs": criteria.change(since="", until="").pairs,
        "correction_url": criteria.change(q=search_results.correction or search_results.other_form).query_string,
        "suggestion_url": criteria.change(q=search_results.suggestion).query_string,
        "plain_url": criteria.unfiltered.query_string,
    }
    response = render(request, "search/results.html", context)
    patch_cache_control(response, private=True, max_age=0)
    return response


def _log(edition: Edition, text: str, total: int) -> None:
    """Count the query, unless this fails or the reader would have to wait for another writer."""
    try:
        # One statement, outside any transaction.
        with short_lock_wait():
            LoggedQuery.objects.log(edition.site, edition.language, text, total, timezone.localdate())
    except DatabaseError as error:
        logger.warning("A query was not counted: %s", error)


@csrf_exempt
@require_POST
def opened(request: HttpRequest, word: str) -> HttpResponse:
    """Count an opened result, reported by the results page's script. Nothing about the reader is stored."""
    form = OpenedForm(request.POST)
    # This prevents other sites from making browsers send counts.
    is_own = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    if is_own and form.is_valid() and OPENED.allows(source_of(request)):
        edition = edition_of(request)
        text, place, is_first = (form.cleaned_data[name] for name in ("q", "place", "first"))
        # Nobody waits for this response, so it may wait for another writer.
        with suppress(DatabaseError), atomic():
            LoggedQuery.objects.count_opened(
                edition.site, edition.language, normalize(text), place, timezone.localdate(), is_first=is_first
            )
    return HttpResponse(status=204)


@require_safe
def suggest(request: HttpRequest, word: str) -> HttpResponse:
    if not SUGGESTIONS.allows(source_of(request)):
        response = JsonResponse({"suggestions": []}, status=429)
        response["Retry-After"] = str(MINUTE.seconds)
        return response
    found = suggestions(edition_of(request), request.GET.get("q", ""), timezone.now())
    response = JsonResponse({"suggestions": found})
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, max_age=60)
    return response


@require_safe
@cache_control(public=True, max_age=86_400)
def description(request: HttpRequest, word: str) -> HttpResponse:
    """The OpenSearch 1.1 description, from which browsers add the site as a search engine."""
    edition = edition_of(request)
    if word != SEARCH_WORDS[edition.language]["search"]:
        raise Http404
    context = {"results_url": edition.full(search_url(edition))}
    return render(
        request, "search/description.xml", context, content_type="application/opensearchdescription+xml; charset=utf-8"
    )
