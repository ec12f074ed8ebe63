"""The pages of venues with public events on a site, and the list of all of them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events.models import OccurrencePlacement
from events.pages.structured import place_data
from events.records.dates import OccurrencePlacementQuerySet
from events.records.venues import Venue
from home.catalogue import CatalogueEntry, is_address_of, serve_or_redirect
from home.catalogue_index import PER_PAGE, index_page, is_index
from portal.content.lists.pagination import list_page
from portal.content.lists.subjects import ListedSubject
from portal.content.records.listing import Placement, StoryCard
from portal.content.serving import views
from portal.content.serving.editions import Edition, edition_of, editions_of
from portal.content.sitemaps.catalogue import list_locations, record_location
from portal.content.sitemaps.documents import Location
from portal.content.structured_data.catalogue import record_page
from portal.content.structured_data.schema import Data

WHICH = "venues"
RECAPS = 6


def venue_url(edition: Edition, venue: Venue) -> str:
    return edition.catalogue_url(WHICH, venue.address_step)


@require_safe
def venue_page(request: HttpRequest, word: str, slug: str) -> HttpResponse:
    edition, now = edition_of(request), timezone.now()
    key = slug.rpartition("-")[2] if is_address_of(edition, WHICH, word) else ""
    is_key = key.isascii() and key.isdecimal() and len(key) <= 18
    found = counts_by_home(editions_of(request).values(), now, venue=int(key)) if is_key else {}
    if edition.home.pk not in found:
        return serve_or_redirect(request, word, slug)
    venue = Venue.objects.select_related("map_image").get(pk=key)
    if slug != venue.address_step:
        return HttpResponsePermanentRedirect(venue_url(edition, venue))
    dates = OccurrencePlacement.objects.in_lists_of(edition.home.pk, now)
    coming = dates.first_of_each(now, venues=[venue.pk])
    listing = list_page(
        coming, request.GET, OccurrencePlacementQuerySet.as_dates, f"venue:{venue.pk}:{edition.home.pk}"
    )
    past = dates.at_venues([venue.pk]).order_by().values("event")
    stories = Placement.objects.in_lists_of(edition.home.pk, now).filter(card__about__in=past)
    url = venue_url(edition, venue)
    urls = {each.language: venue_url(each, venue) for each in editions_of(request).values() if each.home.pk in found}
    entry = CatalogueEntry(
        venue.name,
        _("Events at this venue: %(venue)s.") % {"venue": ", ".join(filter(None, (venue.name, venue.address)))},
        url,
        edition.ordered(urls),
        None,
        venue_things(venue, edition),
        above=_("Venues"),
        above_url=edition.catalogue_index_url(WHICH),
    )
    context = {
        "entry": entry,
        "venue": venue,
        "listing": listing,
        "recaps": StoryCard.objects.cards_of(stories.newest_first()[:RECAPS]),
        "now": now,
    }
    return TemplateResponse(request, "home/venue_page.html", context)


@require_safe
def venue_index(request: HttpRequest, word: str) -> HttpResponse:
    edition = edition_of(request)
    if not is_index(edition, WHICH, word):
        return views.serve(request, f"{word}/")
    counts = counts_by_home(editions_of(request).values(), timezone.now())
    here = counts.get(edition.home.pk, {})
    names = Venue.objects.filter(pk__in=here).order_by("pk").values_list("pk", "name")
    keys = [key for key, _name in sorted(names, key=lambda row: slugify(row[1]))]
    listing = list_page(keys, request.GET, lambda rows: _subjects(rows, edition, here), per_page=PER_PAGE)
    summary = _("All the venues of %(site)s, with their events.") % {"site": edition.name}
    return index_page(request, WHICH, listing, _("Venues"), summary, counts)


def counts_by_home(editions: Iterable[Edition], now: datetime, venue: int | None = None) -> dict[int, dict[int, int]]:
    """The number of public events at each venue, by home page key and venue key; of only one `venue` if given."""
    homes = [edition.home.pk for edition in editions]
    dates = OccurrencePlacement.objects.shown_at(now).filter(above__in=homes)
    dates = dates if venue is None else dates.at_venues([venue])
    rows = dates.at_any_venue().order_by().values_list("above", "venue_key")
    counts: dict[int, dict[int, int]] = {}
    for home, key, number in rows.annotate(number=Count("event", distinct=True)):
        counts.setdefault(home, {})[key] = number
    return counts


def _subjects(keys: Iterable[int], edition: Edition, counts: Mapping[int, int]) -> list[ListedSubject]:
    venues = Venue.objects.in_bulk(list(keys))
    return [
        ListedSubject(venue.name, venue_url(edition, venue), venue.address, counts[key], None, is_person=False)
        for key in keys
        if (venue := venues.get(key))
    ]


def venue_things(venue: Venue, edition: Edition) -> list[Data]:
    url = edition.full(venue_url(edition, venue))
    place: Any = {**place_data(venue.name, venue.address or venue.name, venue), "@id": f"{url}#place"}
    return record_page("WebPage", venue.name, url, edition, {"mainEntity": place}, (_("Venues"), WHICH))


def venue_locations(editions: list[Edition], now: datetime) -> Iterator[Location]:
    """The pages of venues in the sitemap, and their list. Takes two queries for all languages of the site."""
    homes = {edition.home.pk: edition for edition in editions}
    dates = OccurrencePlacement.objects.shown_at(now).filter(above__in=homes).at_any_venue()
    rows = dates.order_by().values_list("venue_key", "above")
    changes: dict[int, dict[int, datetime]] = {}
    for key, home, changed_at in rows.annotate(changed_at=Max("event__last_published_at")):
        changes.setdefault(key, {})[home] = changed_at or now
    shown: list[tuple[Edition, datetime]] = []
    for key, venue in sorted(Venue.objects.in_bulk(list(changes)).items()):
        urls = {homes[home].language: homes[home].full(venue_url(homes[home], venue)) for home in changes[key]}
        for home, changed_at in changes[key].items():
            yield record_location(homes[home], urls, changed_at)
            shown.append((homes[home], changed_at))
    yield from list_locations(WHICH, shown)
