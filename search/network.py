"""All editions of the network that can be searched, remembered until the stamp says that something changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from wagtail.models import Site

from portal.core.models import Person, Topic
from portal.core.serving.editions import Edition
from portal.core.serving.privacy import restricted_paths
from search.models import IndexShelf, SearchSettings, TopicSet

MOST_PEOPLE = 5000


@dataclass(frozen=True)
class Home:
    """The home page of one site in one language."""

    pk: int
    path: str
    url_path: str
    language: str
    site: int
    site_name: str
    host: str
    root_url: str


class ShelfScope(NamedTuple):
    """What all entries of a shelf have in common; `section` is a tree path."""

    home: int
    kind: str
    section: str
    year: int


@dataclass(frozen=True)
class Network:
    """`topics` holds the slug and the name of each topic by its key, `synonyms` groups by site and language, and
    `promotions` the translation keys of pages by site, language and question. Shelves and sets of topics never change,
    and each is read when it is first counted."""

    stamp: int
    homes: tuple[Home, ...]
    topics: Mapping[int, tuple[str, str]]
    people: Mapping[int, str]
    private: tuple[str, ...]
    synonyms: Mapping[tuple[int, str], tuple[tuple[str, ...], ...]]
    promotions: Mapping[tuple[int, str], Mapping[str, tuple[int, ...]]]
    _shelves: dict[int, ShelfScope] = field(default_factory=dict)
    _topic_sets: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def shelves(self, keys: Iterable[int]) -> Mapping[int, ShelfScope]:
        """Where each of these shelves stands, and others."""
        if missing := set(keys) - self._shelves.keys():
            rows = IndexShelf.objects.filter(pk__in=missing).values_list("pk", "home", "kind", "section", "year")
            self._shelves.update(
                {key: ShelfScope(home, kind, section, year) for key, home, kind, section, year in rows}
            )
        return self._shelves

    def topic_sets(self, keys: Iterable[int]) -> Mapping[int, tuple[int, ...]]:
        """The topics of each of these sets, and of others."""
        if missing := set(keys) - self._topic_sets.keys():
            for key, topics in TopicSet.objects.filter(pk__in=missing).values_list("pk", "topics"):
                self._topic_sets[key] = tuple(int(topic) for topic in topics.strip(",").split(",") if topic)
        return self._topic_sets

    def home(self, key: int) -> Home | None:
        return next((home for home in self.homes if home.pk == key), None)

    def home_of(self, path: str) -> Home | None:
        return next((home for home in self.homes if path.startswith(home.path)), None)


_known: dict[str, Network] = {}


def network_of(edition: Edition) -> Network:
    known = _known.get("network")
    if known is None or known.stamp != edition.content_version:
        known = _known["network"] = _read(edition.content_version)
    return known


def forget() -> None:
    _known.clear()


def folded(question: str) -> str:
    """A question as promotions are compared by."""
    return " ".join(question.casefold().split())


def _read(stamp: int) -> Network:
    homes: dict[int, Home] = {}
    synonyms: dict[tuple[int, str], tuple[tuple[str, ...], ...]] = {}
    promotions: dict[tuple[int, str], dict[str, tuple[int, ...]]] = {}
    for site in Site.objects.select_related("root_page").order_by("pk"):
        pages = site.root_page.get_translations(inclusive=True).filter(live=True).select_related("locale")
        for page in pages.order_by("path"):
            code = page.locale.language_code
            home = Home(page.pk, page.path, page.url_path, code, site.pk, site.site_name, site.hostname, site.root_url)
            homes.setdefault(page.pk, home)
    for found in SearchSettings.objects.all():
        for block in found.synonyms:
            place = found.site_id, block.value["language"]
            synonyms[place] = (*synonyms.get(place, ()), tuple(block.value["words"]))
        for raw in found.promotions.raw_data:
            place = found.site_id, raw["value"]["language"]
            if not raw["value"]["page"]:
                continue
            for query in raw["value"]["queries"]:
                question = folded(query["value"] if isinstance(query, dict) else query)
                picks = promotions.setdefault(place, {})
                picks[question] = (*picks.get(question, ()), raw["value"]["page"])
    return Network(
        stamp,
        tuple(homes.values()),
        {key: (slug, name) for key, slug, name in Topic.objects.values_list("pk", "slug", "name")},
        dict(Person.objects.order_by("name").values_list("pk", "name")[:MOST_PEOPLE]),
        tuple(restricted_paths()),
        synonyms,
        promotions,
    )
