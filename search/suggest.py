"""Suggestions as a reader types: sections, topics, people and titles."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from portal.content.kinds import label_of
from portal.content.records.people import Byline, Person
from portal.content.serving.editions import Edition
from search.analysis import is_stop_word, unstemmed_terms
from search.context import search_url
from search.engines import engine
from search.models import EntryText, IndexEntry
from search.network import network_of
from search.query.criteria import Criteria
from search.query.parse import normalize
from search.results.results import url_of
from search.results.subjects import topics_with_stories

MIN_LENGTH = 2
MAX_TITLES, MAX_NAMES = 6, 3
MAX_WORDS = 8


class Suggestion(NamedTuple):
    label: str
    kind: str
    url: str


def suggestions(edition: Edition, text: str, now: datetime) -> list[dict[str, str]]:
    typed = normalize(text)
    words = unstemmed_terms(typed, edition.language)[:MAX_WORDS]
    if not words or len("".join(words)) < MIN_LENGTH:
        return []
    found = [
        *_sections(edition, words),
        *_topics(edition, words, now),
        *_people(edition, words),
        *_titles(edition, words, now),
    ]
    # If several suggestions have the same URL, only the first is shown.
    by_url = {each.url: each for each in reversed(found)}
    return [each._asdict() for each in found if by_url[each.url] is each]


def _matches_prefix(name: str, words: list[str], language: str) -> bool:
    """Whether the name has all the words, the last one as a prefix."""
    name_words = unstemmed_terms(name, language)
    *complete, prefix = words
    return all(word in name_words for word in complete) and any(word.startswith(prefix) for word in name_words)


def _sections(edition: Edition, words: list[str]) -> list[Suggestion]:
    public = [link for path, link in edition.sections.items() if not edition.is_private(path)]
    links = [link for link in public if _matches_prefix(link.label, words, edition.language)]
    return [Suggestion(link.label, _("Section"), link.url) for link in links[:MAX_NAMES]]


def _topics(edition: Edition, words: list[str], now: datetime) -> list[Suggestion]:
    named = [topic for topic in edition.topics if _matches_prefix(topic.name, words, edition.language)]
    present = topics_with_stories(edition, [topic.pk for topic in named], now)
    topics = [topic for topic in named if topic.pk in present]
    return [Suggestion(topic.name, _("Topic"), edition.topic_url(topic)) for topic in topics[:MAX_NAMES]]


def _people(edition: Edition, words: list[str]) -> list[Suggestion]:
    names = network_of(edition).people
    matching = {key: name for key, name in names.items() if _matches_prefix(name, words, edition.language)}
    if not matching:
        return []
    public = IndexEntry.objects.filter(pk=OuterRef("page_id"), bucket__home=edition.home.pk)
    bylines = Byline.objects.filter(Exists(public), person=OuterRef("pk"))
    people = Person.objects.filter(Exists(bylines), pk__in=list(matching)[: 4 * MAX_NAMES])
    base = search_url(edition)
    # A person without a page links to a search for their name.
    return [
        Suggestion(
            person.name,
            _("Person"),
            edition.person_url(person) or base + Criteria(f'"{person.name}"').query_string,
        )
        for person in people.only("name", "slug", "has_page", "site")[:MAX_NAMES]
    ]


def _titles(edition: Edition, words: list[str], now: datetime) -> list[Suggestion]:
    *complete, prefix = words
    significant = [word for word in complete if not is_stop_word(word, edition.language)]
    keys = engine().completions([*significant, prefix], edition.home.pk, now, MAX_TITLES)
    network = network_of(edition)
    columns = ("entry__key", "title", "entry__bucket__kind", "entry__page__path", "entry__page__url_path")
    rows = EntryText.objects.filter(entry__key__in=keys, entry__page__live=True).values_list(*columns)
    found = {
        key: Suggestion(title, label_of(kind), url_of(path, url_path, edition, network))
        for key, title, kind, path, url_path in rows
        if not path.startswith(network.private)
    }
    return [found[key] for key in keys if key in found]
