"""Selects the pages to measure: some of each type, from the largest home page and section."""

from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, Site

from events.models import Occurrence, OccurrencePlacement
from events.pages.calendar_links import calendar_file_url
from home.models import HomePage, SectionPage
from portal.content.kinds import Listed, kinds
from portal.content.lists.pagination import PER_PAGE
from portal.content.records.listing import Placement, StoryCard
from portal.content.serving.editions import SEARCH_WORDS, Edition
from portal.content.serving.snapshot import snapshot_of
from portal.content.sitemaps.pages import parts
from portal.editorial.roles import Role
from tests.bench.figures import EMPTY_PAGE
from tests.bench.queries import COMMON, SUGGESTIONS, queries_of
from tests.bench.serving.urls import CONSTANT, COUNT, EMPTY
from tests.bench.serving.visitors import session_cookie

FAR_PAGE = 1000
# The number of pages of one type to request, so that no response repeats the previous one.
PER_TYPE = 40
FEW_STORIES = 100


class NothingToMeasureError(Exception):
    """There is no content to measure."""


@dataclass(frozen=True)
class Sample:
    """Paths at one host to be requested in turn, in at least as many `rounds`; `cookie` is set for a logged-in user."""

    name: str
    host: str
    paths: list[str]
    status: int = 200
    cookie: str = ""
    rounds: int = 1


def samples(*, compare_small: bool = False) -> list[Sample]:
    """All samples, the constant view first; raises NothingToMeasureError if there is no story."""
    home, edition = _largest_home()
    host = f"{edition.site.hostname}:{edition.site.port}"
    found = [Sample("constant view", host, [CONSTANT]), Sample("home", host, [edition.home_url])]
    section = _nearest(SectionPage.objects.descendant_of(home), None)
    if section is not None:
        path = edition.url_of(section).removeprefix(edition.home_url)
        found.insert(1, Sample(EMPTY_PAGE, host, [f"{edition.home_url}{EMPTY}{path}"]))
        found += _section_samples(section, edition, host, "section")
    for kind in kinds(Listed.STORIES):
        if paths := _story_paths(kind.name, home, edition):
            found.append(Sample(kind.name, host, paths))
    if paths := _event_paths(home, edition):
        found.append(Sample("event", host, paths))
    found += _event_list_samples(None, "events")
    found.append(Sample("404", host, [f"{edition.home_url}no-page-has-this-address/"], status=404))
    last = parts(edition, timezone.now())[-1][0]
    found.append(Sample("feed", host, [f"{edition.home_url}feed.rss"]))
    found.append(Sample("sitemap index", host, [reverse("sitemap")]))
    found.append(Sample(f"sitemap, part {last}", host, [reverse("sitemap_part", args=[edition.language, last])]))
    found += _search_samples(home, edition, host)
    found += _dashboards(edition, host)
    if compare_small:
        found += _small_section_samples(section)
        found += _event_list_samples(FEW_STORIES, "few events")
    return found


def search_samples() -> list[Sample]:
    """The constant view, then the searches of `samples`."""
    home, edition = _largest_home()
    host = f"{edition.site.hostname}:{edition.site.port}"
    return [Sample("constant view", host, [CONSTANT]), *_search_samples(home, edition, host)]


def _largest_home() -> tuple[Page, Edition]:
    largest = _nearest(HomePage.objects.all(), None)
    if largest is None:
        raise NothingToMeasureError("No site has a story: load the demo or generate content, or ask for --stories N.")
    return largest, _edition_of(largest)


def _edition_of(page: Page) -> Edition:
    for site in Site.objects.all():
        snapshot = snapshot_of(site.hostname, str(site.port))
        for edition in snapshot.editions.values() if snapshot else ():
            if page.path.startswith(edition.home.path):
                return edition
    raise NothingToMeasureError(f"No site shows “{page}”.")


def _nearest(pages, count: int | None) -> Page | None:
    """The page whose list has about `count` stories, or the most."""
    counts = Placement.objects.filter(above__in=pages.values("pk")).order_by("above").values("above")
    found = list(counts.annotate(stories=Count("pk")).values_list("above", "stories"))
    if not found:
        return None
    key, _ = max(found, key=lambda row: row[1]) if count is None else min(found, key=lambda row: abs(row[1] - count))
    return pages.get(pk=key)


def _section_samples(section: Page, edition: Edition, host: str, name: str) -> Iterator[Sample]:
    count = Placement.objects.in_lists_of(section.pk, timezone.now()).count()
    last = max(1, min(FAR_PAGE, -(-count // PER_PAGE)))
    news = edition.list_url(section, "news")
    yield Sample(f"{name} front ({count:,} stories)", host, [edition.url_of(section)])
    yield Sample(f"{name} list, page 1", host, [news])
    if last > 1:
        yield Sample(f"{name} list, page {last:,}", host, [f"{news}?page={last}"])


def _story_paths(kind: str, home: Page, edition: Edition) -> list[str]:
    """Paths of stories, evenly spread from the newest to the oldest."""
    placements = Placement.objects.in_lists_of(home.pk, timezone.now()).of_kind(kind).newest_first()
    step = max(1, placements.count() // PER_TYPE)
    keys = list(placements.values_list("card_id", flat=True))[::step][:PER_TYPE]
    return [edition.url_of(card.page) for card in StoryCard.objects.filter(pk__in=keys).select_related("page")]


def _event_paths(home: Page, edition: Edition) -> list[str]:
    now = timezone.now()
    visible = OccurrencePlacement.objects.in_lists_of(home.pk, now)
    selected = [*visible.upcoming(now)[: PER_TYPE // 2], *visible.past(now)[: PER_TYPE // 2]]
    dates = Occurrence.objects.filter(pk__in=[placement.occurrence_id for placement in selected]).select_related(
        "event"
    )
    return [edition.url_of(date) for date in dates]


def _event_list_samples(count: int | None, name: str) -> Iterator[Sample]:
    """The event lists of the page with about `count` events, or the most."""
    found = OccurrencePlacement.objects.filter(above__in=[*_keys(HomePage), *_keys(SectionPage)]).order_by()
    counts = list(found.values_list("above").annotate(events=Count("event", distinct=True)))
    if not counts:
        return
    nearest = max(counts, key=itemgetter(1)) if count is None else min(counts, key=lambda row: abs(row[1] - count))
    key, events = nearest
    page = Page.objects.get(pk=key)
    edition = _edition_of(page)
    host = f"{edition.site.hostname}:{edition.site.port}"
    address = edition.list_url(page, "events")
    today = timezone.now().astimezone(edition.zone)
    yield Sample(f"{name}: upcoming ({events:,} events)", host, [address])
    yield Sample(f"{name}: past", host, [f"{address}?when=past"])
    yield Sample(f"{name}: month", host, [f"{address}?month={today:%Y-%m}"])
    yield Sample(f"{name}: calendar file", host, [calendar_file_url(address)])


def _search_samples(home: Page, edition: Edition, host: str) -> Iterator[Sample]:
    """The bare count of common words, the first results page for each kind of query, and suggestions."""
    address = f"{edition.home_url}{SEARCH_WORDS[edition.language]['search']}/"
    by_kind = queries_of(home)
    if common := by_kind.get(COMMON):
        count = f"{edition.home_url}{COUNT}"
        yield Sample("bare count, common word", host, [f"{count}?{urlencode({'q': query})}" for query in common])
    for kind, queries in by_kind.items():
        page = f"{address}suggestions.json" if kind == SUGGESTIONS else address
        yield Sample(f"search, {kind}", host, [f"{page}?{urlencode({'q': query})}" for query in queries])


def _dashboards(edition: Edition, host: str) -> Iterator[Sample]:
    """The dashboard for a user of each role on the site, and for a network administrator."""
    users = get_user_model().objects.filter(is_active=True).order_by("pk")
    by_role = {
        str(role.label): users.filter(groups__newsroom_role__role=role, groups__newsroom_role__site=edition.site.pk)
        for role in Role
    }
    by_role["administrator"] = users.filter(is_superuser=True)
    for name, role_users in by_role.items():
        if user := role_users.first():
            title = f"dashboard, {name.lower()} ({Page.objects.count():,} pages)"
            yield Sample(title, host, [reverse("wagtailadmin_home")], cookie=session_cookie(user))


def _keys(model: type[Page]) -> list[int]:
    return list(model.objects.values_list("pk", flat=True))


def _small_section_samples(largest: Page | None) -> Iterator[Sample]:
    sections = SectionPage.objects.all() if largest is None else SectionPage.objects.exclude(pk=largest.pk)
    section = _nearest(sections, FEW_STORIES)
    if section is not None:
        edition = _edition_of(section)
        host = f"{edition.site.hostname}:{edition.site.port}"
        yield from _section_samples(section, edition, host, "small section")
