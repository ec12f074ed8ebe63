"""A results page's facets: each choice with the number of results that it would leave."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.content.kinds import Listed
from portal.content.serving.editions import Edition
from search.engines.base import MatchCounts
from search.kinds import names_of, result_choices
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
    """The scope tokens of the chosen facets. Raises ValueError for an unknown choice."""
    sections = {value: path for path, value in _sections(edition).items()}
    if set(criteria.values("topic")) - {slug for slug, _name in network.topics.values()}:
        raise ValueError(criteria.topic)
    if set(criteria.values("section")) - sections.keys():
        raise ValueError(criteria.section)
    if set(criteria.values("kind")) - result_choices().keys():
        raise ValueError(criteria.kind)
    tokens = {
        "kind": tuple(f"k{value}" for value in criteria.values("kind")),
        "year": tuple(f"y{int(value)}" for value in criteria.values("year")),
        "section": tuple(section_token(sections[value]) for value in criteria.values("section")),
        "topic": tuple(f"t{key}" for key, (slug, _name) in network.topics.items() if slug in criteria.values("topic")),
    }
    return {name: found for name, found in tokens.items() if found}


def _sections(edition: Edition) -> dict[str, str]:
    """Each section's value in the query string, by tree path."""
    return {path: link.url[len(edition.home_url) :].strip("/") for path, link in edition.sections.items()}


class FacetCounts:
    """Computes all facets from the counts of one search.

    Buckets were counted with only the topic facet applied, and topic sets with every facet but the topic, so that each
    facet can show what its other choices would leave.
    """

    def __init__(self, criteria: Criteria, edition: Edition, network: Network, counts: MatchCounts):
        self.criteria, self.edition, self.network = criteria, edition, network
        scopes = network.buckets(key for key, _count in counts.buckets)
        self.buckets = [(scopes[key], count) for key, count in counts.buckets if key in scopes]
        self.topic_sets = dict(counts.topic_sets)
        self.newest = counts.newest
        self.homes = {home.pk: home for home in network.homes}
        # A section also counts its subsections' pages.
        values = _sections(edition).items()
        self.sections = {
            section: [value for path, value in values if section.startswith(path)]
            for section in {scope.section for scope, _count in self.buckets}
        }
        self.chosen = [(name, set(criteria.values(name))) for name in criteria.facets if name != "topic"]

    @property
    def total(self) -> int:
        return sum(count for scope, count in self.buckets if self._matches(scope))

    @property
    def has_events(self) -> bool:
        events = names_of(Listed.EVENTS)
        return any(scope.kind in events for scope, _count in self.buckets if self._matches(scope))

    def _matches(self, scope: BucketScope, ignored: str = "") -> bool:
        """Whether a bucket matches a chosen value of every facet except the ignored one."""
        return all(not chosen.isdisjoint(self._values(name, scope)) for name, chosen in self.chosen if name != ignored)

    def _values(self, name: str, scope: BucketScope) -> list[str]:
        if name == "section":
            return self.sections[scope.section]
        if name in ("kind", "year"):
            return [str(getattr(scope, name))]
        home = self.homes.get(scope.home)
        return [] if home is None else [str(getattr(home, name))]

    def facets(self) -> list[Facet]:
        """The facets with more than one choice or with a chosen one."""
        criteria = self.criteria
        left_out = {
            "section": criteria.sites,
            "site": not criteria.sites,
            "language": not criteria.languages,
        }
        offered = [Facet(name, TITLES[name], self._choices(name)) for name in FACETS if not left_out.get(name)]
        return [facet for facet in offered if len(facet.choices) > 1 or any(each.is_chosen for each in facet.choices)]

    def _choices(self, name: str) -> list[FacetChoice]:
        chosen, labels = self.criteria.values(name), self._labels(name)
        choices = [
            FacetChoice(
                str(labels.get(value, value)),
                count,
                value,
                value in chosen,
                self.criteria.toggle(name, value).query_string,
            )
            for value, count in self._count(name).items()
            if count
        ]
        if name == "year":
            return sorted(choices, key=lambda choice: choice.value, reverse=True)
        if name == "section":
            order = list(labels)
            return sorted(choices, key=lambda choice: order.index(choice.value))
        return sorted(choices, key=lambda choice: (-choice.count, choice.label))

    def _count(self, name: str) -> Counter[str]:
        counts: Counter[str] = Counter()
        if name != "topic":
            for scope, count in self.buckets:
                if self._matches(scope, ignored=name):
                    counts.update(dict.fromkeys(self._values(name, scope), count))
            return counts
        topics, topic_sets = self.network.topics, self.network.topic_sets(self.topic_sets)
        for key, count in self.topic_sets.items():
            counts.update({topics[topic][0]: count for topic in topic_sets.get(key, ()) if topic in topics})
        return counts

    def _labels(self, name: str) -> dict[str, Any]:
        if name == "kind":
            return result_choices()
        if name == "section":
            links, values = self.edition.sections, _sections(self.edition)
            return {values[path]: link.label for path, link in links.items()}
        if name == "topic":
            return dict(self.network.topics.values()) | {topic.slug: topic.name for topic in self.edition.topics}
        if name == "site":
            return {str(home.site): home.site_name for home in self.network.homes}
        return dict(settings.LANGUAGES) if name == "language" else {}
