"""Story cards and placements: the rows that list stories on pages.

An indexed query cannot sort stories from several tables. So each public story has one narrow row (`StoryCard`), and a
`Placement` for each of its ancestors. The placements below an ancestor are the index of its list. `articles.listing`
updates both when pages change.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import MAXYEAR, MINYEAR, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.db import connections, models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from portal.content.kinds import MAX_NAME_LENGTH
from portal.content.records.cards import COLUMNS, Card, card_from
from portal.content.records.people import Byline
from portal.content.records.topics import PageTopic, Topic
from portal.platform.operation.compiled import CompiledPart, compiled, compiled_query
from portal.recordings.types import AUDIO


class PlacementQuerySet(models.QuerySet["Placement"]):
    def in_lists_of(self, above: int, now: datetime) -> Self:
        """The stories at any depth below the page with this key that readers may see at `now`."""
        return self.shown_at(now).filter(above=above)

    def shown_at(self, now: datetime) -> Self:
        return self.filter(Q(hidden_at__isnull=True) | Q(hidden_at__gt=now), published_at__lte=now)

    def of_kind(self, *kinds: str) -> Self:
        return self.filter(kind=kinds[0]) if len(kinds) == 1 else self.filter(kind__in=kinds)

    def about(self, topics: Iterable[Topic | int]) -> Self:
        return self.filter(card_id__in=PageTopic.objects.filter(topic__in=topics).values("page_id"))

    def with_place(self, since: datetime) -> Self:
        """The stories since a date that say where they take place."""
        # The date ends the index scan, which reads the card of every story.
        return self.filter(published_at__gte=since).exclude(card__place="")

    def by(self, person: int) -> Self:
        """The stories with this person (a primary key) in the byline."""
        return self.filter(card_id__in=Byline.objects.filter(person=person).values("page_id"))

    def with_audio(self) -> Self:
        return self.filter(card__recording=AUDIO)

    def recently_about(self, topics: Iterable[Topic | int], since: datetime) -> Self:
        """The stories about any of the topics since a date.

        The subquery is evaluated per story during the index scan, which stops after the first few matches or at the
        date. A join from the topics would first collect all stories of a topic, which may be many.
        """
        same = PageTopic.objects.filter(topic__in=topics, page=OuterRef("card_id"))
        return self.filter(Exists(same), published_at__gte=since)

    def in_years(self, years: Iterable[int], zone: ZoneInfo) -> Self:
        """The stories of these years in the given zone. Raises ValueError for years at the calendar's limits."""
        spans = Q()
        for year in years:
            if not MINYEAR < year < MAXYEAR:
                raise ValueError(f"{year} reaches beyond the calendar")
            start, end = datetime(year, 1, 1, tzinfo=zone), datetime(year + 1, 1, 1, tzinfo=zone)
            spans |= Q(published_at__gte=start, published_at__lt=end)
        return self.filter(spans)

    def newest_first(self) -> Self:
        # The primary key breaks ties: otherwise a story can appear on two pages of a list.
        return self.order_by("-published_at", "-card_id")

    def after(self, published_at: datetime, key: int) -> Self:
        """The stories after this one, nearest first."""
        later = Q(published_at__gt=published_at) | Q(published_at=published_at, card_id__gt=key)
        # This redundant condition lets the database start at the right place in the index.
        return self.filter(later, published_at__gte=published_at).order_by("published_at", "card_id")

    def before(self, published_at: datetime, key: int) -> Self:
        """The stories before this one, nearest first."""
        earlier = Q(published_at__lt=published_at) | Q(published_at=published_at, card_id__lt=key)
        return self.filter(earlier, published_at__lte=published_at).newest_first()


class StoryCardQuerySet(models.QuerySet["StoryCard"]):
    def for_placements(self, placements: PlacementQuerySet) -> Self:
        """The cards of some placements, usually a slice. The slice is taken from the narrow index before any join."""
        return self.filter(pk__in=placements.values("card_id"), page__live=True)

    def cards_of(self, placements: PlacementQuerySet) -> list[Card]:
        """The cards of some placements, newest first."""
        rows = self.for_placements(placements).order_by("-published_at", "-pk").values_list(*COLUMNS)
        return [card_from(row) for row in rows]

    def cards_by_list[Name: Hashable](
        self,
        lists: Mapping[Name, "PlacementQuerySet | CompiledPart"],
        ranks: Mapping[Name, models.QuerySet[Any]] | None = None,
    ) -> dict[Name, list[Card]]:
        """The cards of each named list, newest first, in two queries for any number of lists.

        A list with an entry in `ranks` is sorted by that entry: a subquery with OuterRef("card_id") that yields one
        value. A list may be a compiled query with the columns of `members`.
        """
        ranks = ranks or {}
        parts = {
            name: rows if isinstance(rows, CompiledPart) else compiled(members(rows, ranks.get(name)))
            for name, rows in lists.items()
        }
        found = list(_members(parts, self.db))
        keys = sorted({key for _name, key, _rank in found})
        cards = {row[0]: card_from(row) for row in _cards_with(keys)}
        ranked: dict[Name, list[tuple[int, Card]]] = {name: [] for name in lists}
        for name, key, rank in found:
            if key in cards:
                ranked[name].append((-(rank or 0), cards[key]))
        return {
            name: [
                card for _rank, card in sorted(members, key=lambda member: (member[0], *member[1].age), reverse=True)
            ]
            for name, members in ranked.items()
        }


def members(placements: PlacementQuerySet, rank: models.QuerySet[Any] | None = None) -> models.QuerySet[Any, Any]:
    """The primary key and rank of each card in a list."""
    return placements.annotate(rank=Value(0) if rank is None else Subquery(rank)).values_list("card_id", "rank")


def _members[Name: Hashable](parts: Mapping[Name, CompiledPart], using: str) -> Iterator[tuple[Name, int, int | None]]:
    """Yield the list name, card key and rank of every card in every list, in one query.

    On SQLite, Django's union cannot contain slices, so each compiled part is wrapped in its own subquery.
    """
    names = list(parts)
    queried = [(number, part) for number, part in enumerate(parts.values()) if part.sql]
    if queried:
        sql = " UNION ALL ".join(
            f"SELECT {number}, part_{number}.* FROM ({part.sql}) AS part_{number}"  # noqa: S608 - compiled by Django
            for number, part in queried
        )
        with connections[using].cursor() as cursor:
            cursor.execute(sql, [value for _number, part in queried for value in part.params])
            for number, key, rank in cursor.fetchall():
                yield names[number], key, rank


class StoryCard(models.Model):
    """The data that a list shows of one public story. `kind` is the name of its kind or format."""

    page = models.OneToOneField(Page, on_delete=models.CASCADE, primary_key=True, related_name="story_card")
    kind = models.CharField(max_length=MAX_NAME_LENGTH)
    title = models.CharField(max_length=255)
    standfirst = models.TextField(blank=True)
    image = models.ForeignKey("media.Image", on_delete=models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField()
    hidden_at = models.DateTimeField(null=True)
    # The event of a recap; its page may be a draft or private.
    about = models.ForeignKey(Page, on_delete=models.SET_NULL, null=True, related_name="+")
    byline = models.CharField(max_length=255, blank=True, default="", db_default="")
    portrait = models.ForeignKey("media.Image", on_delete=models.SET_NULL, null=True, related_name="+")
    link = models.URLField(max_length=500, blank=True, default="", db_default="")
    # The first recording in the text: “audio” or “video”, and its length if it is known.
    recording = models.CharField(max_length=5, blank=True, default="", db_default="")
    seconds = models.PositiveIntegerField(null=True)
    place = models.CharField(max_length=200, blank=True, default="", db_default="")

    objects = StoryCardQuerySet.as_manager()
    # Wagtail already indexes the same references of the story itself.
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("story card")
        verbose_name_plural = _("story cards")

    def __str__(self):
        return self.title


class Placement(models.Model):
    """A story in the list of one ancestor page. `kind` and the dates repeat those of the card for the index."""

    above = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+", db_index=False)
    card = models.ForeignKey(StoryCard, on_delete=models.CASCADE, related_name="placements")
    kind = models.CharField(max_length=MAX_NAME_LENGTH)
    published_at = models.DateTimeField()
    hidden_at = models.DateTimeField(null=True)

    objects = PlacementQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [
            models.Index(
                "above", F("published_at").desc(), F("card").desc(), "hidden_at", name="core_placement_newest"
            ),
            models.Index(
                "above", "kind", F("published_at").desc(), F("card").desc(), "hidden_at", name="core_placement_by_kind"
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["card", "above"], name="core_placement_once")]

    def __str__(self):
        return f"{self.card_id} in {self.above_id}"


@compiled_query
def _cards_with(keys: Any) -> models.QuerySet[Any, Any]:
    return StoryCard.objects.filter(pk__in=keys, page__live=True).values_list(*COLUMNS)


@compiled_query
def _newest_cards(above: Any, now: Any, *, count: int) -> models.QuerySet[Any, Any]:
    placements = Placement.objects.in_lists_of(above, now).newest_first()[:count]
    return StoryCard.objects.for_placements(placements).order_by("-published_at", "-pk").values_list(*COLUMNS)


def newest_cards(above: int, now: datetime, count: int) -> list[Card]:
    """The newest stories below a page that readers may see at `now`."""
    return [card_from(row) for row in _newest_cards(above, now, count=count)]


@compiled_query
def _end_of_list(above: Any, now: Any, *, order: str) -> models.QuerySet[Any, Any]:
    return Placement.objects.in_lists_of(above, now).order_by(order).values_list("published_at", flat=True)[:1]


def years_below(above: int, now: datetime, zone: ZoneInfo) -> list[int]:
    """The years from the newest to the oldest story below a page.

    Each end takes one index lookup. With one aggregate for both ends, SQLite would scan the whole index.
    """
    last, first = _end_of_list(above, now, order="-published_at"), _end_of_list(above, now, order="published_at")
    # The only story may be added or removed between the two queries.
    if not (last and first):
        return []
    return list(range(last[0].astimezone(zone).year, first[0].astimezone(zone).year - 1, -1))
