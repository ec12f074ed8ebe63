"""Topics and authors named in a query, whose pages are linked above the results."""

from collections.abc import Mapping
from datetime import datetime

from portal.content.lists.subjects import ListedSubject, story_counts, subjects_of_authors, subjects_of_topics
from portal.content.records.people import Person
from portal.content.serving.editions import Edition
from search.analysis import is_stop_word, terms, word_matches
from search.network import network_of
from search.query.parse import parse

MAX_SUBJECTS = 3

type Names = Mapping[int, frozenset[str]]


def subjects_named(edition: Edition, text: str, now: datetime) -> list[ListedSubject]:
    """The topics and authors in a query with public stories in the edition; none if the query excludes words."""
    query = _significant(text, edition.language)
    if not query or any(piece.is_excluded for piece in parse(text)):
        return []
    topics = {topic.pk: topic for topic in edition.topics}
    names: Names = edition.cached_value(
        "terms of topics", lambda: _terms_of(edition, {k: topics[k].name for k in topics})
    )
    found = []
    if named := [key for key in names if _is_named(names[key], query)]:
        counts = story_counts("topics", [edition.home.pk], now, named).get(edition.home.pk, {})
        found += subjects_of_topics([topics[key] for key in counts], edition, counts)
    names = edition.cached_value("terms of people", lambda: _terms_of(edition, network_of(edition).people))
    if named := [key for key in names if _is_named(names[key], query)]:
        counts = story_counts("people", [edition.home.pk], now, named).get(edition.home.pk, {})
        found += subjects_of_authors(_with_page(edition, counts), edition, counts)
    exact = {each.url for each in found if _significant(each.name, edition.language) == query}
    return sorted(found, key=lambda each: (each.url not in exact, -each.stories, each.name))[:MAX_SUBJECTS]


def topics_with_stories(edition: Edition, keys: list[int], now: datetime) -> set[int]:
    return set(story_counts("topics", [edition.home.pk], now, keys).get(edition.home.pk, {})) if keys else set()


def _with_page(edition: Edition, counts: Mapping[int, int]) -> list[int]:
    people = Person.objects.available_at(edition.site).filter(has_page=True, pk__in=counts)
    return sorted(people.values_list("pk", flat=True), key=lambda key: -counts[key])[:MAX_SUBJECTS] if counts else []


def _is_named(name: frozenset[str], query: frozenset[str]) -> bool:
    """Whether a name has all terms of the query, or at least half of them and no others."""
    return bool(name) and (query <= name or (name <= query and 2 * len(name) >= len(query)))


def _terms_of(edition: Edition, names: Mapping[int, str]) -> Names:
    return {key: _significant(name, edition.language) for key, name in names.items()}


def _significant(text: str, language: str) -> frozenset[str]:
    words = (match[1] for match in word_matches(text, language) if not is_stop_word(match[1], language))
    return frozenset(term for word in words for term in terms(word, language))
