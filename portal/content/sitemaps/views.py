"""The views of the sitemaps and of robots.txt."""

from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from portal.content.serving.editions import edition_of, editions_of
from portal.content.sitemaps import catalogue, documents, pages

TEN_MINUTES = 600


def _xml(text: Iterable[str]) -> HttpResponse:
    return HttpResponse("".join(text), content_type="application/xml; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=TEN_MINUTES)
def sitemap_index(request: HttpRequest) -> HttpResponse:
    here, now = edition_of(request), timezone.now()
    if here.settings.is_unlisted:
        return _xml(documents.index([]))
    root = here.site.root_url
    found = [
        (root + reverse("sitemap_part", args=[edition.language, number]), changed_at)
        for edition in editions_of(request).values()
        for number, changed_at in pages.parts(edition, now)
    ]
    # Any page change may also change its topics' and authors' pages.
    changed_at = max((changed for _url, changed in found if changed), default=None)
    found.append((root + reverse("sitemap_catalogue"), changed_at))
    return _xml(documents.index([*found, (root + reverse("sitemap_news"), None)]))


@require_safe
@cache_control(public=True, max_age=TEN_MINUTES)
def sitemap_part(request: HttpRequest, language: str, number: str) -> HttpResponse:
    edition = editions_of(request).get(language)
    is_listed = edition is not None and not edition.settings.is_unlisted
    locations = pages.part(edition, int(number), timezone.now()) if edition and is_listed and int(number) else []
    if not locations:
        raise Http404
    return _xml(documents.pages(locations))


@require_safe
@cache_control(public=True, max_age=TEN_MINUTES)
def sitemap_catalogue(request: HttpRequest) -> HttpResponse:
    editions = [edition for edition in editions_of(request).values() if not edition.settings.is_unlisted]
    return _xml(documents.pages(catalogue.locations(editions, timezone.now())))


@require_safe
@cache_control(public=True, max_age=TEN_MINUTES)
def sitemap_news(request: HttpRequest) -> HttpResponse:
    editions = [edition for edition in editions_of(request).values() if not edition.settings.is_unlisted]
    return _xml(documents.news(pages.news(editions, timezone.now())))


@require_safe
@cache_control(public=True, max_age=TEN_MINUTES)
def robots(request: HttpRequest) -> HttpResponse:
    """Keep crawlers out of the admin and name the sitemap; on an unlisted site keep them out of everything."""
    edition = edition_of(request)
    if edition.settings.is_unlisted:
        lines = ["User-agent: *", "Disallow: /", ""]
    else:
        map_url = edition.full(reverse("sitemap"))
        lines = ["User-agent: *", f"Disallow: {reverse('wagtailadmin_home')}", "", f"Sitemap: {map_url}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
