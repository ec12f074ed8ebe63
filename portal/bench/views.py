"""The constant view, the cheapest response under this project's settings, and the bare count of a word.

All pages are compared with the first, searches with the second.
"""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from portal.core.serving.editions import edition_of
from search.engines import engine
from search.engines.base import LanguageQuery, Match
from search.query.parse import parse, terms_in_language

TEXT = b"<!doctype html><title>Constant</title><p>Always the same."


def constant(request: HttpRequest) -> HttpResponse:
    return HttpResponse(TEXT)


def count(request: HttpRequest, language: str) -> HttpResponse:
    """The number of pages of the site with the words of `q`: what any search has to do at least."""
    edition = edition_of(request)
    query = terms_in_language(parse(request.GET["q"]), edition.language)
    match = Match((LanguageQuery(query, (edition.home.pk,)),), timezone.now())
    return HttpResponse(str(sum(number for _bucket, number in engine().count(match, match).buckets)))
