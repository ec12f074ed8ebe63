"""Topic and author pages: views of catalogue records that are not pages in the tree."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, QueryDict
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext as _
from django.views.decorators.http import require_safe

from articles.feeds.choice import FeedChoice
from events.models import OccurrencePlacement
from home.models import FRONT_EVENTS
from portal.content.lists.names import summary_of_stories
from portal.content.lists.pagination import ListPage, list_page
from portal.content.lists.subjects import authors_of, topics_of
from portal.content.records.catalogue import formerly_at
from portal.content.records.listing import Placement, PlacementQuerySet, StoryCard
from portal.content.records.people import Person
from portal.content.records.topics import Topic
from portal.content.serving import views
from portal.content.serving.editions import CATALOGUE_WORDS, Edition, edition_of, editions_of
from portal.content.serving.redirects import moved_to
from portal.content.structured_data.catalogue import person_things, topic_things
from portal.content.structured_data.schema import Data

EVENTS_BESIDE_AN_AUTHOR = 3
# If two records have had the same slug, the site's record takes precedence over the network's.
OWN_FIRST = (F("site").desc(nulls_last=True), "pk")


@dataclass(frozen=True)
class CatalogueEntry:
    """A catalogue record's page, for the template's head.

    `language_urls` are its URLs by language, including its own.
    """

    title: str
    summary: str
    url: str
    language_urls: Mapping[str, str]
    lead_image: Any
    structured_data: list[Data]
    seo_title: str = ""
    lead_image_alt: str = ""
    kind: str = ""
    # The name and URL of the list of all topics or authors.
    above: str = ""
    above_url: str = ""


@require_safe
def topic_page(request: HttpRequest, word: str, slug: str) -> HttpResponse:
    edition, now = edition_of(request), timezone.now()
    topic = edition.topic_at(slug) if is_address_of(edition, "topics", word) else None
    if topic is None:
        here = Topic.objects.filter(formerly_at(slug), pk__in=[each.pk for each in edition.topics])
        return serve_or_redirect(request, word, slug, edition.topic_url(here.order_by(*OWN_FIRST).first()))
    placements = Placement.objects.in_lists_of(edition.home.pk, now).about([topic])
    listing = _listing(placements, request.GET, f"topic:{topic.pk}:{edition.home.pk}")
    events = OccurrencePlacement.objects.in_lists_of(edition.home.pk, now).about([topic]).upcoming(now)
    entry = CatalogueEntry(
        topic.name,
        topic.introduction or summary_of_stories(topic.name),
        edition.topic_url(topic),
        _topic_urls(request, edition, topic, now),
        topic.picture or _picture_of(listing),
        topic_things(topic, edition, listing),
        above=_("Topics"),
        above_url=edition.catalogue_index_url("topics"),
    )
    context = {
        "entry": entry,
        "topic": topic,
        "listing": listing,
        "events": events[:FRONT_EVENTS].as_dates(),
        "topics": topics_of(placements, edition, but=topic),
        "writers": authors_of(placements, edition),
        "feed_url": FeedChoice(edition, topic=topic).url("rss"),
        "events_url": f"{edition.list_urls['events']}?topic={topic.slug}",
    }
    return TemplateResponse(request, "home/topic_page.html", context)


@require_safe
def author_page(request: HttpRequest, word: str, slug: str) -> HttpResponse:
    """The author page of a person with a public story on this site."""
    edition, now = edition_of(request), timezone.now()
    people = Person.objects.available_at(edition.site).filter(has_page=True).select_related("picture")
    person = people.filter(slug=slug).first() if is_address_of(edition, "people", word) else None
    if person is None:
        # Only people with a public story here are redirected to; otherwise their new name would be disclosed.
        stories = Placement.objects.in_lists_of(edition.home.pk, now)
        found = people.filter(formerly_at(slug)).order_by(*OWN_FIRST)
        former = next((each for each in found if stories.by(each.pk).exists()), None)
        return serve_or_redirect(request, word, slug, edition.person_url(former) if former else "")
    placements = Placement.objects.in_lists_of(edition.home.pk, now).by(person.pk)
    listing = _listing(placements, request.GET, f"person:{person.pk}:{edition.home.pk}")
    if not listing.count:
        return serve_or_redirect(request, word, slug)
    topics = topics_of(placements, edition)
    events = OccurrencePlacement.objects.in_lists_of(edition.home.pk, now).upcoming(now)
    entry = CatalogueEntry(
        person.name,
        person.text_in(edition.language) or person.role_in(edition.language) or summary_of_stories(person.name),
        edition.person_url(person),
        _person_urls(request, edition, person, now),
        person.picture or _picture_of(listing),
        person_things(person, edition, topics),
        above=_("Authors"),
        above_url=edition.catalogue_index_url("people"),
    )
    context = {
        "entry": entry,
        "person": person,
        "role": person.role_in(edition.language),
        "text": person.text_in(edition.language),
        "authors": [person],
        "listing": listing,
        "topics": topics,
        "events": events[:EVENTS_BESIDE_AN_AUTHOR].as_dates(),
        "events_url": edition.list_urls["events"],
        "feed_url": FeedChoice(edition, person=person.pk).url("rss"),
    }
    return TemplateResponse(request, "home/author_page.html", context)


def is_address_of(edition: Edition, which: str, word: str) -> bool:
    """Whether `word` starts the URLs of a kind of records, such as `topics`, in the site's requested language."""
    return edition.language == get_language() and CATALOGUE_WORDS[edition.language][which] == word


def serve_or_redirect(request: HttpRequest, word: str, slug: str, url: str = "") -> HttpResponse:
    """Serve the tree page at this URL, or else redirect to the record's current URL.

    The site's own redirect for a missing page takes precedence.
    """
    try:
        return views.serve(request, f"{word}/{slug}/")
    except Http404:
        if not url or moved_to(request, request.get_full_path()):
            raise
        return HttpResponsePermanentRedirect(url)


def _listing(placements: PlacementQuerySet, params: QueryDict, cache_key: str) -> ListPage:
    return list_page(placements.newest_first(), params, StoryCard.objects.cards_of, cache_key)


def _picture_of(listing: ListPage) -> Any:
    return next((card.image for card in listing.items if card.image), None)


def _topic_urls(request: HttpRequest, edition: Edition, topic: Topic, now: datetime) -> dict[str, str]:
    """The topic's URLs in its own language and in each of the site's languages where it has a public story."""
    others = {
        each.pk: other
        for other in editions_of(request).values()
        for each in other.topics
        if each.translation_key == topic.translation_key and each.pk != topic.pk
    }
    homes = [other.home.pk for other in others.values()]
    stories = Placement.objects.shown_at(now).filter(above__in=homes, card__page__page_topics__topic=OuterRef("pk"))
    translations = Topic.objects.filter(Exists(stories), pk__in=others)
    urls = {others[each.pk].language: others[each.pk].topic_url(each) for each in translations}
    urls[edition.language] = edition.topic_url(topic)
    return edition.ordered(urls)


def _person_urls(request: HttpRequest, edition: Edition, person: Person, now: datetime) -> dict[str, str]:
    """The author's URLs in each of the site's languages where they have a public story."""
    editions = {other.home.pk: other for other in editions_of(request).values()}
    stories = Placement.objects.shown_at(now).filter(above__in=editions).by(person.pk)
    homes = set(stories.order_by().values_list("above", flat=True).distinct()) | {edition.home.pk}
    return {
        other.language: other.person_url(person)
        for key, other in editions.items()
        if key in homes and other.language in edition.languages
    }
