"""A feed's content: the newest stories of a selection, with everything that the three formats contain."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.feedgenerator import Enclosure, Stylesheet, SyndicationFeed
from django.utils.html import escape
from wagtail.models import Page

from articles.feeds.choice import FeedChoice, filter_stories
from articles.listing import story_types
from portal.content.blocks.recordings import Recording, recordings_of
from portal.content.feeds.formats import FORMATS as STORY_FORMATS, FeedImage, xml_safe
from portal.content.feeds.podcast import Episode, Podcast, PodcastFeed
from portal.content.feeds.prose import plain_html
from portal.content.records.cards import COLUMNS, Card, card_from
from portal.content.records.listing import Placement, StoryCard
from portal.content.records.people import Byline, Person
from portal.content.records.topics import PageTopic
from portal.content.serving.editions import MenuLink
from portal.content.serving.texts import body_html
from portal.content.serving.theme import theme_version
from portal.media.picture import largest_jpeg_url, sources
from portal.platform.operation.compiled import compiled_query
from portal.platform.typography import typeset
from portal.recordings.types import AUDIO

MAX_ITEMS = 30
PODCAST = "podcast"
FORMATS = {**STORY_FORMATS, PODCAST: PodcastFeed}
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class FeedEntry:
    """A card with further columns of its page that only feeds need."""

    card: Card
    changed_at: datetime
    revision: int | None
    translation_key: UUID
    credit: str


@dataclass(frozen=True)
class StoryFeed:
    choice: FeedChoice
    page: Page
    entries: list[FeedEntry]
    form: str
    subjects: Mapping[int, MenuLink]
    files: Mapping[int, Enclosure]
    recordings: Mapping[int, list[Recording]]

    @property
    def changed_at(self) -> datetime:
        return max((entry.changed_at for entry in self.entries), default=BEGINNING)

    def document(self, request: HttpRequest) -> SyndicationFeed:
        edition, choice = self.choice.edition, self.choice
        authors = names_by_page(Byline, "person__name", self.entries)
        topics = names_by_page(PageTopic, "topic__name", self.entries)
        texts = self._texts(request) if edition.settings.feeds_in_full else {}
        person = Person.objects.filter(pk=choice.person).first() if choice.person else None
        title, description = choice.title(person.name if person else ""), self._description()
        list_url = edition.full(choice.list_url(person))
        items = [self._item(entry, authors, topics, texts) for entry in self.entries]
        context: dict[str, Any] = {"feed_title": title, "feed_url": edition.full(choice.url(self.form)), "items": items}
        context |= {"home_url": list_url, "edition": edition, "language": edition.language}
        logo = edition.settings.logo
        feed = FORMATS[self.form](
            podcast=self._podcast() if self.choice.is_podcast else None,
            title=xml_safe(title),
            link=list_url,
            description=xml_safe(description),
            subtitle=xml_safe(description) or None,
            language=edition.language,
            feed_url=edition.full(choice.url(self.form)),
            feed_guid=choice.feed_id(self.page.translation_key),
            author_name=xml_safe(edition.name),
            author_link=edition.full(edition.home_url),
            stylesheets=[
                Stylesheet(static("css/feed.css"), "text/css"),
                Stylesheet(reverse("theme", args=[theme_version(edition.settings)]), "text/css"),
            ],
            logo=edition.full(sources(logo, "logo").src) if logo else None,
            changed_at=self.changed_at,
            browser_html="" if self.form == "json" else xml_safe(render_to_string("feeds/browser.html", context)),
        )
        for item in items:
            feed.add_item(**item)
        return feed

    def _description(self) -> str:
        words = self.choice.edition.wording.tagline or self.choice.edition.name
        return (
            getattr(self.page, "search_description", "") if self.choice.section or self.choice.dossier else ""
        ) or words

    def _item(
        self,
        entry: FeedEntry,
        authors: dict[int, list[str]],
        topics: dict[int, list[str]],
        texts: dict[int, str],
    ) -> dict[str, Any]:
        edition, card = self.choice.edition, entry.card
        url = edition.full(edition.url_of(card.page))
        text = texts.get(card.pk, "")
        picture = self._picture(entry)
        if text:
            text = plain_html(text, url)
            if picture:
                size = f'width="{picture.width}" height="{picture.height}"'
                text = f'<p><img src="{escape(picture.url)}" {size} alt=""></p>' + text
            if card.standfirst:
                text = f"<p><strong>{escape(card.standfirst)}</strong></p>" + text
        outside = xml_safe(card.link)
        summary = xml_safe(typeset(card.standfirst, edition.language))
        return {
            "title": xml_safe(typeset(card.title, edition.language)),
            "link": url,
            "description": escape(summary) or None,
            "summary": summary,
            "content": xml_safe(text),
            "unique_id": uuid5(entry.translation_key, edition.language).urn,
            "unique_id_is_permalink": False,
            "pubdate": card.published_at,
            "updateddate": entry.changed_at,
            "authors": [xml_safe(name) for name in authors.get(card.pk, [])],
            "categories": [xml_safe(name) for name in (*self._format(card), *topics.get(card.pk, []))],
            "picture": picture,
            "enclosures": self._enclosures(card.pk, picture),
            "episode": self._episode(card) if self.choice.is_podcast else None,
            "subject": self._subject(card.pk) or ((outside, outside) if outside else None),
            "outside": outside,
        }

    def _enclosures(self, key: int, picture: FeedImage | None) -> list[Enclosure]:
        """The story's file or recordings, and then its picture."""
        full, recordings = self.choice.edition.full, self.recordings.get(key, ())
        if self.choice.is_podcast:
            recordings = [each for each in recordings if each.kind == AUDIO][:1]
        files = [
            Enclosure(full(each.file.url), str(each.file.get_file_size() or 0), each.file.content_type)
            for each in recordings
        ]
        if own := self.files.get(key):
            files = [own, *files]
        return [*files, picture.enclosure] if picture else files

    def _episode(self, card: Card) -> Episode:
        """The first sound recording of a story."""
        full = self.choice.edition.full
        recording = next((each for each in self.recordings.get(card.pk, ()) if each.kind == AUDIO), None)
        captions = recording.captions if recording else ()
        return Episode(
            seconds=recording.seconds if recording else None,
            cover=full(largest_jpeg_url(card.image, "podcast")) if card.image else "",
            transcripts=tuple((full(file.url), file.content_type, language) for file, language in captions),
        )

    def _podcast(self) -> Podcast:
        edition, chosen = self.choice.edition, self.choice.edition.settings
        cover = chosen.podcast_cover or chosen.logo
        return Podcast(
            author=xml_safe(chosen.contact_organisation or edition.name),
            email=chosen.contact_email,
            category=chosen.podcast_category,
            cover=edition.full(largest_jpeg_url(cover, "podcast")) if cover else "",
            is_explicit=chosen.podcast_is_explicit,
        )

    def _format(self, card: Card) -> list[str]:
        return [card.format.label] if card.format else []

    def _subject(self, key: int) -> tuple[str, str] | None:
        """The title and full URL of the page that a story is about."""
        link = self.subjects.get(key)
        return (xml_safe(link.label), self.choice.edition.full(link.url)) if link else None

    def _picture(self, entry: FeedEntry) -> FeedImage | None:
        if entry.card.image is None:
            return None
        found = sources(entry.card.image, "social")
        return FeedImage(self.choice.edition.full(found.src), found.width, found.height, xml_safe(entry.credit))

    def _texts(self, request: HttpRequest) -> dict[int, str]:
        """The rendered body of each story by primary key, in one query for all page types."""
        cards = {entry.card.pk: entry.card for entry in self.entries}
        edition = self.choice.edition
        context = {"edition": edition, "request": request}
        return {
            pk: body_html(body, pk, revision, changed_at, edition, context | {"page": cards[pk]})
            for pk, body, revision, changed_at in _bodies(list(cards))
        }


def story_feed(choice: FeedChoice, form: str, now: datetime) -> StoryFeed:
    """Load a feed in at most two queries, plus those for the subjects, files and recordings of its stories.

    Raises Http404 if the section or dossier is not public, or if the person has written no story here.
    """
    edition = choice.edition
    page = edition.home
    if place := choice.dossier or choice.section:
        pages = Page.objects.live().filter(Q(expire_at__isnull=True) | Q(expire_at__gt=now), path=place.path)
        found = pages.first()
        if found is None:
            raise Http404
        page = found
    above = edition.home if choice.dossier else page
    topics, keys = [choice.topic.pk] if choice.topic else [], choice.dossier.pages if choice.dossier else ()
    entries = [_entry(row) for row in _newest(above.pk, now, topics, choice.person, list(keys), **choice.shape)]
    if choice.person and not entries:
        raise Http404
    subjects: dict[int, MenuLink] = {}
    files: dict[int, Enclosure] = {}
    for model in story_types():
        names = {model.kind.name, *(each.name for each in getattr(model, "formats", ()))}
        if cards := [entry.card for entry in entries if entry.card.kind in names]:
            subjects |= model.feed_subjects(cards, edition, now)
            files |= model.feed_files(cards, edition)
    recorded = [entry.card.pk for entry in entries if entry.card.recording]
    recordings = recordings_of({key: body for key, body, *_ in _bodies(recorded)}) if recorded else {}
    return StoryFeed(choice, page, entries, form, subjects, files, recordings)


# The place of the last publication among the values of a card.
LAST_PUBLISHED = COLUMNS.index("page__last_published_at")


@compiled_query
def _newest(
    above: Any, now: Any, topics: Any, person: Any, keys: Any, **shape: Any
) -> QuerySet[StoryCard, tuple[Any, ...]]:
    listed = Placement.objects.in_lists_of(above, now)
    newest = filter_stories(listed, topics, person, keys, **shape).newest_first()[:MAX_ITEMS]
    columns = ("page__live_revision_id", "page__translation_key", "image__credit")
    cards = StoryCard.objects.for_placements(newest).order_by("-published_at", "-pk")
    return cards.values_list(*COLUMNS, *columns)


@compiled_query
def _bodies(keys: Any) -> QuerySet[Any, Any]:
    columns = ("pk", "body", "live_revision_id", "last_published_at")
    parts = [model.objects.filter(pk__in=keys).order_by().values_list(*columns) for model in story_types()]
    rows: QuerySet[Any, Any] = parts[0].union(*parts[1:], all=True)
    return rows


def _entry(row: tuple[Any, ...]) -> FeedEntry:
    revision, key, credit = row[len(COLUMNS) :]
    card, changed_at = card_from(row), row[LAST_PUBLISHED]
    # The publication date may be later than the last publication. A story created live has no last publication.
    return FeedEntry(card, max(changed_at or card.published_at, card.published_at), revision, key, credit or "")


@compiled_query
def _names(pages: Any, *, model: Any, name: str) -> QuerySet[Any, Any]:
    rows: QuerySet[Any, Any] = model.objects.filter(page__in=pages).order_by("page", "sort_order", "pk")
    return rows.values_list("page_id", name)


def names_by_page(model: Any, name: str, entries: list[FeedEntry]) -> dict[int, list[str]]:
    """The names of related records, in order, by page key."""
    found: dict[int, list[str]] = {}
    for page, value in _names([entry.card.pk for entry in entries], model=model, name=name):
        found.setdefault(page, []).append(value)
    return found
