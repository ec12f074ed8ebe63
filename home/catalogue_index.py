"""The pages that list all topics or authors with public stories on a site, or other records."""

from collections.abc import Collection, Mapping

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.models import Page

from home.catalogue import CatalogueEntry, is_address_of
from portal.content.lists.pagination import ListPage, list_page
from portal.content.lists.subjects import (
    authors_by_name,
    story_counts,
    subjects_of_authors,
    subjects_of_topics,
    topics_by_name,
)
from portal.content.serving import views
from portal.content.serving.editions import Edition, edition_of, editions_of
from portal.content.structured_data.catalogue import index_things

PER_PAGE = 60


@require_safe
def topic_index(request: HttpRequest, word: str) -> HttpResponse:
    edition = edition_of(request)
    if not is_index(edition, "topics", word):
        return views.serve(request, f"{word}/")
    counts, here = _counts(request, "topics")
    topics = topics_by_name(edition, here)
    listing = list_page(topics, request.GET, lambda rows: subjects_of_topics(rows, edition, here), per_page=PER_PAGE)
    summary = _("All the topics of %(site)s, with their stories.") % {"site": edition.name}
    return index_page(request, "topics", listing, _("Topics"), summary, counts)


@require_safe
def author_index(request: HttpRequest, word: str) -> HttpResponse:
    edition = edition_of(request)
    if not is_index(edition, "people", word):
        return views.serve(request, f"{word}/")
    counts, here = _counts(request, "people")
    # An author with a page has it in every language of the site.
    everywhere = authors_by_name(edition, {key for found in counts.values() for key in found})
    authors = [key for key in everywhere if key in here]
    listing = list_page(authors, request.GET, lambda rows: subjects_of_authors(rows, edition, here), per_page=PER_PAGE)
    summary = _("All authors of %(site)s, with their stories.") % {"site": edition.name}
    shown = {home: found.keys() & set(everywhere) for home, found in counts.items()}
    return index_page(request, "people", listing, _("Authors"), summary, shown)


def _counts(request: HttpRequest, which: str) -> tuple[dict[int, dict[int, int]], dict[int, int]]:
    """The number of stories by home page and key: in all languages of the site, and in the requested one."""
    counts = story_counts(which, [each.home.pk for each in editions_of(request).values()], timezone.now())
    return counts, counts.get(edition_of(request).home.pk, {})


def is_index(edition: Edition, which: str, word: str) -> bool:
    """Whether the list has this URL. A page of the tree takes precedence."""
    if not is_address_of(edition, which, word):
        return False
    return not Page.objects.live().child_of(edition.home).filter(slug=word).exists()


def index_page(
    request: HttpRequest,
    which: str,
    listing: ListPage,
    title: str,
    summary: str,
    shown: Mapping[int, Collection[int]],
) -> HttpResponse:
    """The page of a list, with links to the languages in which it is not empty; `shown` has its keys by home page."""
    edition = edition_of(request)
    url = edition.catalogue_index_url(which)
    others = [each for each in editions_of(request).values() if shown.get(each.home.pk)]
    urls = {each.language: each.catalogue_index_url(which) for each in others} | {edition.language: url}
    data = index_things(title, url, edition, listing)
    entry = CatalogueEntry(title, summary, url, edition.ordered(urls), None, data)
    context = {"entry": entry, "listing": listing, "which": which}
    return TemplateResponse(request, "home/catalogue_index.html", context)
