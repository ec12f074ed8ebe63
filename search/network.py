"""All searchable editions of the network, cached in the process until the content version changes."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from wagtail.models import Page, Site

from portal.content.records.people import Person
from portal.content.records.privacy import restricted_paths
from portal.content.records.settings import SiteSettings
from portal.content.records.topics import Topic
from portal.content.serving.editions import Edition
from search.models import FacetBucket, SearchSettings, TopicSet

MAX_PEOPLE = 5000
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Home:
    pk: int
    path: str
    url_path: str
    language: str
    site: int
    site_name: str
    root_url: str
    # Whether readers of other sites may find its pages.
    is_open: bool


class BucketScope(NamedTuple):
    """A bucket's facet values. `section` is a tree path."""

    home: int
    kind: str
    section: str
    year: int


@dataclass(frozen=True)
class Network:
    """Data that searches share: settings by site and language, topics and people by primary key.

    Buckets and topic sets never change, and are loaded on demand.
    """

    content_version: int | None
    homes: tuple[Home, ...]
    topics: Mapping[int, tuple[str, str]]
    people: Mapping[int, str]
    private: tuple[str, ...]
    synonyms: Mapping[tuple[int, str], Sequence[tuple[str, ...]]]
    promotions: Mapping[tuple[int, str], Mapping[str, Sequence[int]]]
    sites_preferring_new: frozenset[int]
    _buckets: dict[int, BucketScope] = field(default_factory=dict)
    _topic_sets: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def buckets(self, keys: Iterable[int]) -> Mapping[int, BucketScope]:
        if missing := set(keys) - self._buckets.keys():
            rows = FacetBucket.objects.filter(pk__in=missing).values_list("pk", "home", "kind", "section", "year")
            self._buckets.update(
                {key: BucketScope(home, kind, section, year) for key, home, kind, section, year in rows}
            )
        return self._buckets

    def topic_sets(self, keys: Iterable[int]) -> Mapping[int, tuple[int, ...]]:
        if missing := set(keys) - self._topic_sets.keys():
            for key, topics in TopicSet.objects.filter(pk__in=missing).values_list("pk", "topics"):
                self._topic_sets[key] = tuple(int(topic) for topic in topics.strip(",").split(",") if topic)
        return self._topic_sets

    def home(self, key: int) -> Home | None:
        return next((home for home in self.homes if home.pk == key), None)

    def home_of(self, path: str) -> Home | None:
        return next((home for home in self.homes if path.startswith(home.path)), None)


_cache: dict[str, Network] = {}


def network_of(edition: Edition) -> Network:
    network = _cache.get("network")
    if network is None or edition.content_version is None or network.content_version != edition.content_version:
        network = _cache["network"] = _read(edition.content_version)
    return network


def promotion_key(query: str) -> str:
    """The form in which queries and promotions are compared."""
    return " ".join(query.casefold().split())


def _read(content_version: int | None) -> Network:
    homes: dict[int, Home] = {}
    synonyms: dict[tuple[int, str], list[tuple[str, ...]]] = defaultdict(list)
    promotions: dict[tuple[int, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    hidden = {row["site"] for row in SiteSettings.undisclosed_sites()}
    pages: dict[UUID, list[Page]] = defaultdict(list)
    keys = Site.objects.values("root_page__translation_key")
    for page in Page.objects.filter(translation_key__in=keys).live().select_related("locale").order_by("path"):
        pages[page.translation_key].append(page)
    for site in Site.objects.select_related("root_page").order_by("pk"):
        for page in pages[site.root_page.translation_key]:
            code = page.locale.language_code
            home = Home(
                page.pk, page.path, page.url_path, code, site.pk, site.site_name, site.root_url, site.pk not in hidden
            )
            homes.setdefault(page.pk, home)
    preferring_new = set()
    for settings in SearchSettings.objects.all():
        if settings.prefers_new:
            preferring_new.add(settings.site_id)
        try:
            groups = [(block.value["language"], tuple(map(str, block.value["words"]))) for block in settings.synonyms]
            promoted = [
                (raw["value"]["language"], promotion_key(query["value"] if isinstance(query, dict) else query), page)
                for raw in settings.promotions.raw_data
                if (page := raw["value"]["page"])
                for query in raw["value"]["queries"]
            ]
        except (AttributeError, LookupError, TypeError, ValueError):
            # One site's invalid settings must not break the search of others.
            logger.exception("The search settings of site %s are ignored, since they are invalid.", settings.site_id)
            continue
        for language, words in groups:
            synonyms[settings.site_id, language].append(words)
        for language, key, page in promoted:
            promotions[settings.site_id, language][key].append(page)
    return Network(
        content_version,
        tuple(homes.values()),
        {key: (slug, name) for key, slug, name in Topic.objects.values_list("pk", "slug", "name")},
        dict(Person.objects.order_by("name").values_list("pk", "name")[:MAX_PEOPLE]),
        tuple(restricted_paths()),
        synonyms,
        promotions,
        frozenset(preferring_new),
    )
