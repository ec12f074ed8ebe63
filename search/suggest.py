"""What may be meant while it is being typed: sections, topics, people and titles."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from portal.core.models import Byline, Person
from portal.core.serving.editions import Edition
from search.addresses import search_url
from search.analysis import is_stop_word, start_terms
from search.engines import engine
from search.kinds import ResultKind
from search.models import EntryText, IndexEntry
from search.network import network_of
from search.query.criteria import Criteria
from search.query.parse import tidy
from search.results.results import address_of

SHORTEST = 2
MOST_TITLES, MOST_NAMES = 6, 3
MOST_WORDS = 8


@dataclass(frozen=True)
class Suggestion:
    label: str
    kind: str
    url: str


def suggestions(edition: Edition, text: str, now: datetime) -> list[dict[str, str]]:
    typed = tidy(text)
    words = start_terms(typed, edition.language)[:MOST_WORDS]
    if not words or len("".join(words)) < SHORTEST:
        return []
    found = [
        *_sections(edition, words),
        *_topics(edition, words),
        *_people(edition, words),
        *_titles(edition, words, now),
    ]
    by_address: dict[str, Suggestion] = {}
    for each in found:
        by_address.setdefault(each.url, each)
    return [asdict(each) for each in by_address.values()]


def _begins(name: str, words: list[str], language: str) -> bool:
    """Whether the name has the words, the last one begun only."""
    own = start_terms(name, language)
    *whole, last = words
    return all(word in own for word in whole) and any(word.startswith(last) for word in own)


def _sections(edition: Edition, words: list[str]) -> list[Suggestion]:
    open_ones = [link for path, link in edition.sections.items() if not edition.is_private(path)]
    links = [link for link in open_ones if _begins(link.label, words, edition.language)]
    return [Suggestion(link.label, _("Section"), link.url) for link in links[:MOST_NAMES]]


def _topics(edition: Edition, words: list[str]) -> list[Suggestion]:
    topics = [topic for topic in edition.topics if _begins(topic.name, words, edition.language)]
    base = search_url(edition)
    return [
        Suggestion(topic.name, _("Topic"), base + Criteria(topic.name, topic=topic.slug).address)
        for topic in topics[:MOST_NAMES]
    ]


def _people(edition: Edition, words: list[str]) -> list[Suggestion]:
    """Those who have a story here that readers may see."""
    known = network_of(edition).people
    near = {key: name for key, name in known.items() if _begins(name, words, edition.language)}
    if not near:
        return []
    public = IndexEntry.objects.filter(pk=OuterRef("page_id"), shelf__home=edition.home.pk)
    bylines = Byline.objects.filter(Exists(public), person=OuterRef("pk"))
    people = Person.objects.filter(Exists(bylines), pk__in=list(near)[: 4 * MOST_NAMES])
    base = search_url(edition)
    return [
        Suggestion(name, _("Person"), base + Criteria(f'"{name}"').address)
        for name in people.values_list("name", flat=True)[:MOST_NAMES]
    ]


def _titles(edition: Edition, words: list[str], now: datetime) -> list[Suggestion]:
    *whole, last = words
    telling = [word for word in whole if not is_stop_word(word, edition.language)]
    keys = engine().completions([*telling, last], edition.home.pk, now, MOST_TITLES)
    network = network_of(edition)
    columns = ("entry__key", "title", "entry__shelf__kind", "entry__page__path", "entry__page__url_path")
    rows = EntryText.objects.filter(entry__key__in=keys, entry__page__live=True).values_list(*columns)
    found = {
        key: Suggestion(title, str(ResultKind(kind).label), address_of(path, url_path, edition, network))
        for key, title, kind, path, url_path in rows
        if not path.startswith(network.private)
    }
    return [found[key] for key in keys if key in found]
