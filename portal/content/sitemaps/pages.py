"""The pages of a site's sitemaps, in parts that stay the same as the site grows."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.dateparse import parse_datetime
from wagtail.models import Page, get_page_models

from portal.content.records.cards import COLUMNS, IMAGE_COLUMNS, CardImage, card_from
from portal.content.records.listing import Placement, StoryCard
from portal.content.records.robots import UnindexedPage
from portal.content.serving.editions import Edition
from portal.content.serving.language_links import visible_in_other_languages
from portal.content.serving.served import PortalPageQuerySet
from portal.content.sitemaps.documents import Location, NewsLocation
from portal.media.picture import largest_jpeg_url

PART = 2000
NEWS_AGE = timedelta(hours=48)
MAX_NEWS = 1000
LEAD_IMAGE_COLUMNS = ("pk", "lead_image_id", *(f"lead_image__{name}" for name in IMAGE_COLUMNS))


def sitemap_pages(edition: Edition, now: datetime) -> PortalPageQuerySet:
    """The public pages, except aliases, which repeat another page's content, and pages hidden from search engines."""
    pages = PortalPageQuerySet(Page).visible_in(edition, now)
    # New pages come last, so that earlier parts do not change.
    unindexed = UnindexedPage.objects.values("pk")
    return pages.filter(alias_of=None).exclude(pk__in=unindexed).order_by("pk")


def parts(edition: Edition, now: datetime) -> list[tuple[int, datetime | None]]:
    """The number of each part, from 1, and the last change to its pages, in one query."""
    numbered = sitemap_pages(edition, now).order_by().annotate(row=Window(RowNumber(), order_by="pk"))
    sql, params = numbered.values_list("row", "last_published_at").query.get_compiler("default").as_sql()
    with connections["default"].cursor() as cursor:
        cursor.execute(
            f"SELECT (numbered.{_quoted('row')} - 1) / %s, MAX(last_published_at) FROM ({sql}) AS numbered "  # noqa: S608 - compiled by Django
            "GROUP BY 1 ORDER BY 1",
            [PART, *params],
        )
        return [(int(number) + 1, _timestamp(latest)) for number, latest in cursor.fetchall()]


def _quoted(name: str) -> str:
    return connections["default"].ops.quote_name(name)


def _timestamp(value: Any) -> datetime | None:
    """Convert a database timestamp; SQLite returns text."""
    return parse_datetime(value + "+00:00") if isinstance(value, str) else value


def part(edition: Edition, number: int, now: datetime) -> list[Location]:
    """The pages of one part; empty after the last part."""
    start = (number - 1) * PART
    columns = ("pk", "url_path", "translation_key", "last_published_at")
    rows = list(sitemap_pages(edition, now).values_list(*columns)[start : start + PART])
    translations = _translations(edition, {row[2] for row in rows}, now)
    images = _images([row[0] for row in rows])
    home, base = edition.home.url_path, edition.site.root_url
    return [
        Location(
            url=f"{base}/{edition.language}/{url_path[len(home) :]}",
            changed_at=changed_at,
            language_urls=_language_urls(
                edition, f"/{edition.language}/{url_path[len(home) :]}", translations.get(key, {})
            ),
            image=f"{base}{largest_jpeg_url(images[pk], 'social')}" if pk in images else "",
        )
        for pk, url_path, key, changed_at in rows
    ]


def _translations(edition: Edition, keys: Iterable[UUID], now: datetime) -> dict[UUID, dict[str, str]]:
    found: dict[UUID, dict[str, str]] = {}
    if len(edition.languages) > 1:
        pages = visible_in_other_languages(edition, now).filter(translation_key__in=keys, alias_of=None)
        pages = pages.exclude(pk__in=UnindexedPage.objects.values("pk"))
        for key, path, url_path in pages.values_list("translation_key", "path", "url_path"):
            code = next(code for code, home in edition.homes.items() if path.startswith(home.path))
            found.setdefault(key, {})[code] = f"/{code}/{url_path[len(edition.homes[code].url_path) :]}"
    return found


def _language_urls(edition: Edition, own: str, others: dict[str, str]) -> dict[str, str]:
    """URLs by language in the site's order, the first also as `x-default`, as in the page's head."""
    if len(edition.languages) < 2:
        return {}
    ordered = {code: edition.full(url) for code, url in edition.ordered({**others, edition.language: own}).items()}
    return {**ordered, "x-default": next(iter(ordered.values()))}


def _images(keys: list[int]) -> dict[int, CardImage]:
    """The lead image of each page that has one, by page key, in one query for all page types."""
    types = [model for model in get_page_models() if any(f.name == "lead_image" for f in model._meta.get_fields())]
    if not (types and keys):
        return {}
    rows: list[QuerySet[Any]] = [
        model._default_manager.filter(pk__in=keys, lead_image__isnull=False).order_by().values_list(*LEAD_IMAGE_COLUMNS)
        for model in types
    ]
    return {row[0]: CardImage(*row[1:]) for row in rows[0].union(*rows[1:], all=True)}


def news(editions: Iterable[Edition], now: datetime) -> Iterator[NewsLocation]:
    """The stories of the last two days in all editions, newest first in each; at most MAX_NEWS."""
    left = MAX_NEWS
    for edition in editions:
        newest = Placement.objects.in_lists_of(edition.home.pk, now).filter(published_at__gte=now - NEWS_AGE)
        cards = StoryCard.objects.for_placements(newest.newest_first()[:left]).filter(page__alias_of=None)
        cards = cards.exclude(pk__in=UnindexedPage.objects.values("pk"))
        for row in cards.order_by("-published_at", "-pk").values_list(*COLUMNS):
            card, left = card_from(row), left - 1
            url = edition.full(edition.url_of(card.page))
            yield NewsLocation(url, card.title, card.published_at, edition.name, edition.language)
