"""The constant view (the cheapest response under this project's settings), an empty page, and the bare count of a word.

All pages are compared with the first two, searches with the third.
"""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.utils import timezone
from wagtail.models import Page, Site
from wagtail.url_routing import RouteResult
from wagtail.views import serve as serve_page

from portal.content import upstream
from portal.content.serving.editions import edition_of
from search.engines import engine
from search.engines.base import LanguageQuery, Match
from search.query.parse import parse, terms_in_language

TEXT = b"<!doctype html><title>Constant</title><p>Always the same."
TITLE = "<!doctype html><title>{{ page.title }}</title>"


def constant(request: HttpRequest) -> HttpResponse:
    return HttpResponse(TEXT)


def empty(request: HttpRequest, language: str, path: str) -> HttpResponse:
    """The page at `path`, found and served as Wagtail does it, with a template that shows only its title."""
    home = Site.find_for_request(request).root_page.localized.specific
    # A front page would take the path of a section for one of its lists.
    page = Page.route(home, request, [step for step in path.split("/") if step]).page
    page.serve = partial(Page.serve, page)
    page.get_context = partial(Page.get_context, page)
    page.get_template = lambda *args, **kwargs: engines["django"].from_string(TITLE)
    upstream.set_route(request, RouteResult(page))
    return serve_page(request, path)


def count(request: HttpRequest, language: str) -> HttpResponse:
    """The number of the site's pages with the words of `q`: the minimum work of any search."""
    edition = edition_of(request)
    query = terms_in_language(parse(request.GET["q"]), edition.language)
    match = Match((LanguageQuery(query, (edition.home.pk,)),), timezone.now())
    return HttpResponse(str(sum(number for _bucket, number in engine().count(match, match).buckets)))
