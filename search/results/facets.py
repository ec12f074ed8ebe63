"""What results can be narrowed to: each choice with how many results it leaves, and none that leaves none."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.core.serving.editions import Edition
from search.engines.base import Tally
from search.kinds import ResultKind
from search.network import Network, ShelfScope
from search.query.criteria import FACETS, Criteria
from search.scope import section_token

TITLES = {
    "kind": _("ResultKind"),
    "section": _("Section"),
    "topic": _("Topic"),
    "year": _("Year"),
    "site": _("Site"),
    "language": _("Language"),
}
LANGUAGES = dict(settings.LANGUAGES)


@dataclass(frozen=True)
class FacetChoice:
    label: str
    count: int
    value: str
    is_chosen: bool
    address: str


@dataclass(frozen=True)
class Facet:
    name: str
    title: Any
    choices: list[FacetChoice]


def scope_tokens(criteria: Criteria, edition: Edition, network: Network) -> dict[str, tuple[str, ...]]:
    """The marks of the facets that are chosen; ValueError for a choice that there is not."""
    found: dict[str, tuple[str, ...]] = {}
    if criteria.kind:
        found["kind"] = (f"k{ResultKind(criteria.kind).value}",)
    if criteria.year:
        found["year"] = (f"y{int(criteria.year)}",)
    if criteria.section:
        found["section"] = (section_token(_section_path(criteria.section, edition)),)
    if criteria.topic:
        found["topic"] = tuple(f"t{key}" for key, (slug, _name) in network.topics.items() if slug == criteria.topic)
    if not all(found.values()):
        raise ValueError(criteria.topic)
    return found


def _section_path(value: str, edition: Edition) -> str:
    for path, link in edition.sections.items():
        if _section_value(link.url, edition) == value:
            return path
    raise ValueError(value)


def _section_value(url: str, edition: Edition) -> str:
    return url[len(edition.home_url) :].strip("/")


class Counts:
    """The counts of an answer: cells chosen by no facet but the topic, and sets of topics chosen by all but it."""

    def __init__(
        self,
        criteria: Criteria,
        edition: Edition,
        network: Network,
        tally: Tally,
    ):
        self.criteria, self.edition, self.network = criteria, edition, network
        shelves = network.shelves(key for key, _count in tally.shelves)
        self.cells = [(shelves[key], count) for key, count in tally.shelves if key in shelves]
        self.topic_sets = dict(tally.topic_sets)
        self.newest = tally.newest
        self.homes = {home.pk: home for home in network.homes}
        # A section counts what lies in its sub-sections as well.
        links = edition.sections.items()
        self.sections = {
            own: [_section_value(link.url, edition) for path, link in links if own.startswith(path)]
            for own in {place.section for place, _count in self.cells}
        }
        self.chosen = [(name, value) for name, value in criteria.facets.items() if name != "topic"]

    @property
    def total(self) -> int:
        return sum(count for place, count in self.cells if self._fits(place))

    def _fits(self, place: ShelfScope, but: str = "") -> bool:
        """Whether the place is among what is chosen in every facet but one."""
        return all(value in self._values(name, place) for name, value in self.chosen if name != but)

    def _values(self, name: str, place: ShelfScope) -> list[str]:
        if name == "kind":
            return [place.kind]
        if name == "year":
            return [str(place.year)]
        if name == "section":
            return self.sections[place.section]
        home = self.homes.get(place.home)
        return [] if home is None else [str(home.site) if name == "site" else home.language]

    def facets(self) -> list[Facet]:
        offered = [name for name in FACETS if self._is_offered(name)]
        found = [Facet(name, TITLES[name], self._choices(name)) for name in offered]
        return [facet for facet in found if len(facet.choices) > 1 or any(each.is_chosen for each in facet.choices)]

    def _is_offered(self, name: str) -> bool:
        if name == "section":
            return not self.criteria.sites
        return {"site": bool(self.criteria.sites), "language": bool(self.criteria.languages)}.get(name, True)

    def _choices(self, name: str) -> list[FacetChoice]:
        counts: Counter[str] = Counter()
        if name == "topic":
            counts = self._topics()
        else:
            for place, count in self.cells:
                if self._fits(place, but=name):
                    for value in self._values(name, place):
                        counts[value] += count
        chosen = getattr(self.criteria, name)
        labels = self._labels(name)
        choices = [
            FacetChoice(
                str(labels.get(value, value)),
                count,
                value,
                value == chosen,
                self.criteria.change(**{name: "" if value == chosen else value}).address,
            )
            for value, count in counts.items()
            if count
        ]
        if name == "year":
            return sorted(choices, key=lambda choice: choice.value, reverse=True)
        if name == "section":
            order = list(labels)
            return sorted(choices, key=lambda choice: order.index(choice.value))
        return sorted(choices, key=lambda choice: (-choice.count, choice.label))

    def _topics(self) -> Counter[str]:
        counts: Counter[str] = Counter()
        by_key: Counter[int] = Counter()
        known = self.network.topic_sets(self.topic_sets)
        for key, count in self.topic_sets.items():
            for topic in known.get(key, ()):
                by_key[topic] += count
        for topic, count in by_key.items():
            if named := self.network.topics.get(topic):
                counts[named[0]] += count
        return counts

    def _labels(self, name: str) -> dict[str, Any]:
        if name == "kind":
            return dict(ResultKind.choices)
        if name == "section":
            return {_section_value(link.url, self.edition): link.label for link in self.edition.sections.values()}
        if name == "topic":
            own = {topic.slug: topic.name for topic in self.edition.topics}
            return dict(self.network.topics.values()) | own
        if name == "site":
            return {str(home.site): home.site_name for home in self.network.homes}
        return LANGUAGES if name == "language" else {}
