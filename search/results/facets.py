"""The facets of a results page: each choice with the number of results that it leaves."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.content.serving.editions import Edition
from search.engines.base import MatchCounts
from search.kinds import ResultKind
from search.network import BucketScope, Network
from search.query.criteria import FACETS, Criteria
from search.scope import section_token

TITLES = {
    "kind": _("Kind"),
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
    url: str


@dataclass(frozen=True)
class Facet:
    name: str
    title: Any
    choices: list[FacetChoice]


def facet_tokens(criteria: Criteria, edition: Edition, network: Network) -> dict[str, tuple[str, ...]]:
    """The scope tokens of the chosen facets; raises ValueError for an unknown choice."""
    slugs = {slug for slug, _name in network.topics.values()}
    if unknown := set(criteria.values("topic")) - slugs:
        raise ValueError(unknown)
    topics = {f"t{key}": slug for key, (slug, _name) in network.topics.items()}
    tokens = {
        "kind": tuple(f"k{ResultKind(value).value}" for value in criteria.values("kind")),
        "year": tuple(f"y{int(value)}" for value in criteria.values("year")),
        "section": tuple(section_token(_section_path(value, edition)) for value in criteria.values("section")),
        "topic": tuple(token for token, slug in topics.items() if slug in criteria.values("topic")),
    }
    return {name: found for name, found in tokens.items() if found}


def _section_path(value: str, edition: Edition) -> str:
    for path, link in edition.sections.items():
        if _section_value(link.url, edition) == value:
            return path
    raise ValueError(value)


def _section_value(url: str, edition: Edition) -> str:
    return url[len(edition.home_url) :].strip("/")


class FacetCounts:
    """Computes all facets from the counts of one search.

    Buckets were counted with the topic as the only facet, topic sets with every facet but the topic, so that each facet
    can show what its other choices would leave.
    """

    def __init__(
        self,
        criteria: Criteria,
        edition: Edition,
        network: Network,
        counts: MatchCounts,
    ):
        self.criteria, self.edition, self.network = criteria, edition, network
        scopes = network.buckets(key for key, _count in counts.buckets)
        self.buckets = [(scopes[key], count) for key, count in counts.buckets if key in scopes]
        self.topic_sets = dict(counts.topic_sets)
        self.newest = counts.newest
        self.homes = {home.pk: home for home in network.homes}
        # A section also counts the pages of its subsections.
        links = edition.sections.items()
        self.sections = {
            section: [_section_value(link.url, edition) for path, link in links if section.startswith(path)]
            for section in {scope.section for scope, _count in self.buckets}
        }
        self.chosen = [(name, set(criteria.values(name))) for name in criteria.facets if name != "topic"]

    @property
    def total(self) -> int:
        return sum(count for scope, count in self.buckets if self._matches(scope))

    @property
    def has_events(self) -> bool:
        return any(scope.kind == ResultKind.EVENT for scope, _count in self.buckets if self._matches(scope))

    def _matches(self, scope: BucketScope, ignored: str = "") -> bool:
        """Whether a bucket matches a chosen value of every facet but the ignored one."""
        return all(not chosen.isdisjoint(self._values(name, scope)) for name, chosen in self.chosen if name != ignored)

    def _values(self, name: str, scope: BucketScope) -> list[str]:
        if name == "kind":
            return [scope.kind]
        if name == "year":
            return [str(scope.year)]
        if name == "section":
            return self.sections[scope.section]
        home = self.homes.get(scope.home)
        return [] if home is None else [str(home.site) if name == "site" else home.language]

    def facets(self) -> list[Facet]:
        """The facets with more than one choice, or with a chosen one."""
        offered = [Facet(name, TITLES[name], self._choices(name)) for name in FACETS if self._is_offered(name)]
        return [facet for facet in offered if len(facet.choices) > 1 or any(each.is_chosen for each in facet.choices)]

    def _is_offered(self, name: str) -> bool:
        if name == "section":
            return not self.criteria.sites
        return {"site": bool(self.criteria.sites), "language": bool(self.criteria.languages)}.get(name, True)

    def _choices(self, name: str) -> list[FacetChoice]:
        counts: Counter[str] = Counter()
        if name == "topic":
            counts = self._topics()
        else:
            for scope, count in self.buckets:
                if self._matches(scope, ignored=name):
                    for value in self._values(name, scope):
                        counts[value] += count
        chosen = self.criteria.values(name)
        labels = self._labels(name)
        choices = [
            FacetChoice(
                str(labels.get(value, value)),
                count,
                value,
                value in chosen,
                self.criteria.toggle(name, value).query_string,
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
        topic_sets = self.network.topic_sets(self.topic_sets)
        for key, count in self.topic_sets.items():
            for topic in topic_sets.get(key, ()):
                by_key[topic] += count
        for topic, count in by_key.items():
            if slug_and_name := self.network.topics.get(topic):
                counts[slug_and_name[0]] += count
        return counts

    def _labels(self, name: str) -> dict[str, Any]:
        if name == "kind":
            return dict(ResultKind.choices)
        if name == "section":
            return {_section_value(link.url, self.edition): link.label for link in self.edition.sections.values()}
        if name == "topic":
            translated = {topic.slug: topic.name for topic in self.edition.topics}
            return dict(self.network.topics.values()) | translated
        if name == "site":
            return {str(home.site): home.site_name for home in self.network.homes}
        return LANGUAGES if name == "language" else {}
