"""Paths where readers found no page, each with a page to which it could redirect."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched, islice

from django.db.models import Sum
from django.utils.encoding import escape_uri_path
from django.utils.http import escape_leading_slashes
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site

from portal.content.records.removed_addresses import RemovedAddress
from portal.editorial.roles import homes_of
from portal.readership.models import MissingDay
from portal.readership.newsroom.figures import today_at

# Older days are deleted.
MISSING_DAYS = 30
# A path that somebody mistyped once needs no attention, and might name a person.
FEWEST = 2
MOST_SHOWN = 30
BATCH = 200
WORD = re.compile(r"[^\W\d_]{3,}")
ENDINGS = re.compile(r"\.(?:html?|php\d?|aspx?|jsp)$", re.IGNORECASE)


@dataclass(frozen=True)
class MissingAddress:
    """`page` is the proposed target of a redirect; None if nothing similar was found."""

    path: str
    views: int
    page: Page | None


def missing_addresses(site: Site, now: datetime) -> list[MissingAddress]:
    """The most frequent missing paths of the last 30 days, without those that work by now."""
    first = today_at(site, now).toordinal() - MISSING_DAYS
    rows = MissingDay.objects.filter(site=site, day__gt=first).values("path").annotate(sum=Sum("views"))
    frequent = rows.filter(sum__gte=FEWEST).order_by("-sum", "path").values_list("path", "sum")
    shown = dict(islice(_still_missing(site, frequent), MOST_SHOWN))
    proposals = _proposals(site, list(shown))
    return [MissingAddress(path, views, proposals.get(path)) for path, views in shown.items()]


def _still_missing(site: Site, rows: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """The paths, given with their views, that have no redirect and were not removed on purpose."""
    for batch in batched(rows, BATCH):
        by_path = {path: _as_redirected(path) for path, _views in batch}
        redirects = Redirect.objects.filter(site=site, old_path__in=by_path.values())
        redirected = set(redirects.values_list("old_path", flat=True))
        removed = set(RemovedAddress.objects.filter(site=site, path__in=by_path).values_list("path", flat=True))
        yield from (row for row in batch if by_path[row[0]] not in redirected and row[0] not in removed)


def _as_redirected(path: str) -> str:
    """A path in the form that Wagtail's middleware looks up. It may begin with two slashes, like a URL with a host."""
    return str(Redirect.normalise_path(escape_leading_slashes(escape_uri_path(path))))


def _proposals(site: Site, paths: Sequence[str]) -> dict[str, Page]:
    """For each path, the page whose slug is its last step, or else the first search result for its words."""
    homes = homes_of(site)
    slugs = {path: _last_step(path) for path in paths}
    named: dict[str, list[Page]] = {}
    for page in Page.objects.live().public().filter(slug__in=slugs.values()).select_related("locale").order_by("path"):
        if any(page.path.startswith(home.path) for home in homes):
            named.setdefault(page.slug, []).append(page)
    found = {}
    for path, slug in slugs.items():
        home = next((each for each in homes if path.startswith(f"/{each.locale.language_code}/")), site.root_page)
        pages = named.get(slug, [])
        page = next((each for each in pages if each.path.startswith(home.path)), pages[0] if pages else None)
        if page := page or _search(home, slug):
            found[path] = page
    return found


def _search(home: Page, slug: str) -> Page | None:
    words = " ".join(WORD.findall(slug))
    pages = Page.objects.descendant_of(home).live().public()
    return next(iter(pages.search(words, operator="or")[:1]), None) if words else None


def _last_step(path: str) -> str:
    return ENDINGS.sub("", path.rstrip("/").rpartition("/")[2])


def forget_missing(site: Site, path: str) -> None:
    MissingDay.objects.filter(site=site, path=path).delete()
