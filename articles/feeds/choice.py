"""The selection of stories in a feed, and its URL."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, UUID, uuid5

from django.http import Http404, QueryDict
from django.utils.translation import gettext
from wagtail.models import Page

from articles.dossiers import Dossier, dossiers_of
from portal.content.feeds.formats import NAMES, media_type
from portal.content.kinds import label_of, story_choices
from portal.content.records.listing import PlacementQuerySet
from portal.content.records.people import Person
from portal.content.records.topics import Topic
from portal.content.serving.editions import Edition, MenuLink


@dataclass(frozen=True)
class FeedChoice:
    """The stories of an edition, section or dossier, filtered by kind, topic or person (by primary key; 0 for all)."""

    edition: Edition
    section: MenuLink | None = None
    kind: str = ""
    topic: Topic | None = None
    person: int = 0
    dossier: Dossier | None = None
    # Only stories with a sound recording, as a podcast.
    is_podcast: bool = False

    def url(self, form: str) -> str:
        chosen = {
            "kind": self.kind,
            "topic": self.topic.slug if self.topic else "",
            "person": self.person or "",
        }
        query = urlencode({name: value for name, value in chosen.items() if value})
        name = "podcast.xml" if self.is_podcast else f"feed.{form}"
        return f"{self.page_url}{name}" + (f"?{query}" if query else "")

    @property
    def page_url(self) -> str:
        if self.dossier:
            return self.edition.url_of(self.dossier)
        return self.section.url if self.section else self.edition.home_url

    def list_url(self, person: Person | None = None) -> str:
        """The URL of the page that lists the same stories, or of the nearest existing list."""
        if self.dossier:
            return self.page_url
        if self.topic and not (self.kind or self.section or person):
            return self.edition.topic_url(self.topic)
        if person and not (self.kind or self.section or self.topic):
            return self.edition.person_url(person) or self.page_url
        if not (self.kind or self.topic):
            return self.page_url
        query = urlencode({"kind": self.kind, "topic": self.topic.slug if self.topic else ""})
        return f"{self.page_url}{self.edition.list_word('news')}/?{query}"

    def title(self, person: str = "") -> str:
        section = self.dossier.title if self.dossier else self.section.label if self.section else ""
        topic = self.topic.name if self.topic else ""
        podcast = gettext("Podcast") if self.is_podcast else ""
        parts = (self.edition.name, section, topic, label_of(self.kind) if self.kind else "", person, podcast)
        return " – ".join(filter(None, parts))

    def feed_id(self, page_key: UUID) -> str:
        """The feed's permanent id, which does not depend on its URL."""
        podcast = ("podcast",) if self.is_podcast else ()
        topic = self.topic.slug if self.topic else ""
        words = (page_key, self.edition.language, self.kind, topic, self.person, *podcast)
        return uuid5(NAMESPACE_URL, "/".join(str(word) for word in words)).urn

    @property
    def shape(self) -> dict[str, Any]:
        """The filters in use, as arguments of `filter_stories`."""
        return {
            "kind": self.kind,
            "by_topic": self.topic is not None,
            "by_person": bool(self.person),
            "by_key": self.dossier is not None,
            "by_audio": self.is_podcast,
        }


def filter_stories(
    placements: PlacementQuerySet,
    topics: Any,
    person: Any,
    keys: Any,
    *,
    kind: str,
    by_topic: bool,
    by_person: bool,
    by_key: bool,
    by_audio: bool,
) -> PlacementQuerySet:
    if kind:
        placements = placements.of_kind(kind)
    if by_topic:
        placements = placements.about(topics)
    if by_person:
        placements = placements.by(person)
    if by_key:
        placements = placements.filter(card__in=keys)
    if by_audio:
        placements = placements.with_audio()
    return placements


def choice_of(edition: Edition, path: str, params: QueryDict) -> FeedChoice:
    """Parse a page path, without the language, and the query. Raises Http404 if there is no such list.

    Unknown parameters are ignored, because mail services add parameters to every link.
    """
    choice = FeedChoice(edition)
    if path:
        url = f"{edition.home_url}{path}"
        section = next((link for link in edition.sections.values() if link.url == url), None)
        dossier = next((each for each in dossiers_of(edition) if edition.url_of(each) == url), None)
        place = section or dossier
        if place is None or edition.is_private(place.path):
            raise Http404
        choice = replace(choice, section=section, dossier=dossier)
    elif edition.is_private(edition.home.path):
        raise Http404
    if kind := params.get("kind"):
        if kind not in dict(story_choices()):
            raise Http404
        choice = replace(choice, kind=kind)
    if slug := params.get("topic"):
        topic = edition.topic_at(slug)
        if topic is None:
            raise Http404
        choice = replace(choice, topic=topic)
    if person := params.get("person"):
        if not (person.isascii() and person.isdigit() and len(person) < 19 and int(person)):
            raise Http404
        choice = replace(choice, person=int(person))
    return choice


@dataclass(frozen=True)
class FeedLink:
    title: str
    url: str
    kind: str


def feed_links(
    edition: Edition, page: Page | None, kind: str = "", topic: Topic | None = None, authors: tuple[Person, ...] = ()
) -> list[FeedLink]:
    """The feeds for a page's head: those of the site, its section or dossier, the current filter, and the authors."""
    whole = FeedChoice(edition)
    section = edition.section_of(page.path + page.path[-page.steplen :]) if page else None
    near = replace(whole, section=section)
    is_public = page is not None and not edition.is_private(page.path)
    dossiers = (each for each in dossiers_of(edition) if page and is_public and each.path == page.path)
    links = [link for dossier in dossiers for link in _links(replace(whole, dossier=dossier))]
    if kind or topic:
        links += _links(replace(near, kind=kind, topic=topic))
    if section:
        links += _links(near)
    links += _links(whole, ("rss", "atom", "json"))
    for author in authors:
        links += _links(replace(whole, person=author.pk), person=author.name)
    return links


def _links(choice: FeedChoice, forms: tuple[str, ...] = ("rss", "atom"), person: str = "") -> list[FeedLink]:
    return [FeedLink(f"{choice.title(person)} ({NAMES[form]})", choice.url(form), media_type(form)) for form in forms]
