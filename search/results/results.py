"""Reads one page of results, with extracts, event dates and recaps."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.safestring import SafeString
from django.utils.translation import override

from events.models import EventPage, Occurrence
from portal.content.kinds import Listed, label_of
from portal.content.records.cards import CardImage
from portal.content.serving.editions import Edition, MenuLink
from search.kinds import names_of
from search.models import EntryText, IndexEntry
from search.network import Network
from search.results.extracts import Extract, extract, highlight

# The occurrence fields that a result shows. The event's text is deferred.
TIME_FIELDS = ("start", "end", "last_day", "is_all_day", "is_open_ended", "event__time_zone")
PLACE_FIELDS = ("place", "venue__name", "event__place", "event__venue__name")
IMAGE_FIELDS = ("file_hash", "width", "height", *(f"focal_point_{name}" for name in ("x", "y", "width", "height")))
COLUMNS = (
    "entry_id", "entry__key", "entry__bucket__kind", "entry__page__path", "entry__page__url_path", "language", "title",
    "summary", "names", "text", "date", "image_id", *(f"image__{name}" for name in IMAGE_FIELDS),
)  # fmt: skip
IMAGE = COLUMNS.index("image_id")


@dataclass(frozen=True)
class Result:
    """One result.

    `title` and `summary` are HTML. `event` is the date of an event to show; `recap` links to its recap.
    """

    pk: int
    kind: str
    url: str
    title: SafeString
    summary: SafeString
    extract: Extract | None
    date: datetime
    image: CardImage | None
    language: str
    section: MenuLink | None
    site_name: str
    event: Occurrence | None = None
    recap: "MenuLink | None" = None

    @property
    def kind_label(self) -> str:
        return label_of(self.kind)

    @property
    def has_date(self) -> bool:
        return self.kind in names_of(Listed.STORIES)


def results_of(
    keys: Sequence[int], highlights: Mapping[str, frozenset[str]], edition: Edition, network: Network, now: datetime
) -> list[Result]:
    """The results with these entry keys, in order. `highlights` are the terms to highlight, by language."""
    rows = EntryText.objects.filter(entry__key__in=keys, entry__page__live=True).values_list(*COLUMNS)
    # The index has only public pages. A second check of privacy costs no query.
    found = {row[1]: row for row in rows if not row[3].startswith(network.private)}
    dated = names_of(Listed.EVENTS)
    events = _shown_occurrences([row[0] for row in found.values() if row[2] in dated], now)
    recaps = _public_recaps([key for key, date in events.items() if date.is_past(now)], edition, network)
    return [_result(found[key], highlights, edition, network, events, recaps) for key in keys if key in found]


def url_of(path: str, url_path: str, edition: Edition, network: Network) -> str:
    """A page's URL: a path on this site, absolute on others; empty if no edition contains the page."""
    home = network.home_of(path)
    if home is None:
        return ""
    rest = f"/{home.language}/{url_path[len(home.url_path) :]}"
    return rest if home.site == edition.site.pk else home.root_url + rest


def _shown_occurrences(events: list[int], now: datetime) -> dict[int, Occurrence]:
    """The date to show for each event: the current or next one, or the last one if all are over."""
    if not events:
        return {}
    dates = Occurrence.objects.not_withdrawn().filter(event=OuterRef("pk"))
    upcoming = dates.filter(end__gt=now).order_by("start", "pk").values("pk")[:1]
    last = dates.order_by("-start", "-pk").values("pk")[:1]
    chosen = EventPage.objects.filter(pk__in=events).annotate(shown=Coalesce(Subquery(upcoming), Subquery(last)))
    rows = Occurrence.objects.filter(pk__in=chosen.values("shown")).select_related("event__venue", "venue")
    return {row.event_id: row for row in rows.only("event", *TIME_FIELDS, *PLACE_FIELDS)}


def _public_recaps(events: Iterable[int], edition: Edition, network: Network) -> dict[int, MenuLink]:
    if not events:
        return {}
    columns = ("recap_of", "text__title", "page__path", "page__url_path")
    rows = IndexEntry.objects.filter(recap_of__in=events, page__live=True).values_list(*columns)
    return {
        event: MenuLink(title, url_of(path, url_path, edition, network), path)
        for event, title, path, url_path in rows
        if not path.startswith(network.private)
    }


def _result(
    row: tuple[Any, ...],
    highlights: Mapping[str, frozenset[str]],
    edition: Edition,
    network: Network,
    events: Mapping[int, Occurrence],
    recaps: Mapping[int, MenuLink],
) -> Result:
    key, _order, kind, path, url_path, language, title, summary, names, text, date = row[:IMAGE]
    terms = highlights.get(language, frozenset())
    home = network.home_of(path)
    with override(language):
        return Result(
            pk=key,
            kind=kind,
            url=url_of(path, url_path, edition, network),
            title=highlight(title, terms, language),
            summary=highlight(summary, terms, language),
            extract=extract(text, terms, language) or extract(names, terms, language),
            date=date,
            image=CardImage(*row[IMAGE:]) if row[IMAGE] is not None else None,
            language=language,
            section=edition.section_of(path),
            site_name=home.site_name if home and home.site != edition.site.pk else "",
            event=events.get(key),
            recap=recaps.get(key),
        )
