"""The sitemap of the pages of topics, authors and other records, and of their lists, with modification dates."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.db.models.functions import Coalesce, Greatest

from portal.content.records.listing import Placement
from portal.content.records.people import Person
from portal.content.serving.editions import Edition
from portal.content.sitemaps.documents import Location

# When a story's listed data last changed. A story created live has no publication date.
CHANGED = Max(Greatest("published_at", Coalesce("card__page__last_published_at", "published_at")))
# Functions of other apps that yield the pages of their records in these editions of one site.
further_records: list[Callable[[list[Edition], datetime], Iterator[Location]]] = []


def locations(editions: list[Edition], now: datetime) -> Iterator[Location]:
    """The pages of topics, then of authors, with public stories, then those of other apps.

    Takes three queries for topics and authors in all languages of the site.
    """
    homes = {edition.home.pk: edition for edition in editions}
    stories = Placement.objects.shown_at(now).filter(above__in=homes).order_by()
    yield from _topics(editions, dict(_latest(stories, "card__page__page_topics__topic")))
    yield from _people(homes, dict(_latest(stories, "card__page__bylines__person")))
    for records in further_records:
        yield from records(editions, now)


def _latest(stories: Any, record: str) -> Iterator[tuple[tuple[int, int], datetime]]:
    rows = stories.filter(**{f"{record}__isnull": False}).values_list("above", record).annotate(changed_at=CHANGED)
    for home, key, changed_at in rows:
        yield (home, key), changed_at


def _topics(editions: list[Edition], latest: dict[tuple[int, int], datetime]) -> Iterator[Location]:
    shown = [
        (edition, topic) for edition in editions for topic in edition.topics if (edition.home.pk, topic.pk) in latest
    ]
    urls: dict[Any, dict[str, str]] = {}
    for edition, topic in shown:
        urls.setdefault(topic.translation_key, {})[edition.language] = edition.full(edition.topic_url(topic))
    for edition, topic in shown:
        changed_at = latest[edition.home.pk, topic.pk]
        yield record_location(edition, urls[topic.translation_key], changed_at)
    yield from list_locations("topics", [(edition, latest[edition.home.pk, topic.pk]) for edition, topic in shown])


def _people(homes: dict[int, Edition], latest: dict[tuple[int, int], datetime]) -> Iterator[Location]:
    shown: list[tuple[Edition, datetime]] = []
    people = Person.objects.filter(pk__in={key for _home, key in latest}).order_by("pk")
    for person in people.only("slug", "has_page", "site"):
        at = [home for home in homes if (home, person.pk) in latest and homes[home].person_url(person)]
        urls = {homes[home].language: homes[home].full(homes[home].person_url(person)) for home in at}
        for home in at:
            yield record_location(homes[home], urls, latest[home, person.pk])
        shown += [(homes[home], latest[home, person.pk]) for home in at]
    yield from list_locations("people", shown)


def list_locations(which: str, shown: list[tuple[Edition, datetime]]) -> Iterator[Location]:
    """The list of all records of a kind, such as `topics`, in each language that has any.

    `shown` has the edition and the last change of each record.
    """
    changes: dict[str, datetime] = {}
    for edition, changed_at in shown:
        changes[edition.language] = max(changes.get(edition.language, changed_at), changed_at)
    editions = {edition.language: edition for edition, _changed_at in shown}
    urls = {code: edition.full(edition.catalogue_index_url(which)) for code, edition in editions.items()}
    for code, edition in editions.items():
        yield record_location(edition, urls, changes[code])


def record_location(edition: Edition, urls: dict[str, str], changed_at: datetime) -> Location:
    first = edition.languages[0]
    default = {"x-default": urls[first]} if first in urls else {}
    ordered = edition.ordered(urls) | default if len(edition.languages) > 1 else {}
    return Location(urls[edition.language], changed_at, ordered)
