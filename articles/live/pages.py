"""The page of a live coverage: a story followed by its approved entries, the newest first."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.api import APIField

from articles.live.records import LiveText, with_html, words_of
from articles.stories import StoryPage
from articles.structured_data import story_things
from portal.content.api.description import DATE_TIME, KEY, TEXT, object_schema
from portal.content.api.fields import PageField
from portal.content.feeds.prose import plain_html
from portal.content.kinds import HAS_LEAD_IMAGE, Kind, Listed
from portal.content.lists.pagination import ListPage, list_page
from portal.content.records.listing import Placement, members
from portal.content.serving.editions import Edition, edition_of
from portal.content.structured_data.pages import Context, canonical_url
from portal.content.structured_data.schema import Data, reference, thing
from portal.platform.operation.compiled import CompiledPart, compiled_query

PER_PAGE = 50
# The query parameter for the entries alone, which the page's script requests.
FRAGMENT = "entries"


class EntriesField(PageField):
    """The approved entries of the first page, as readers see them."""

    schema = {
        "type": "array",
        "items": object_schema(
            "id title html published_at updated_at",
            id=KEY,
            title=TEXT,
            html=TEXT,
            published_at=DATE_TIME,
            updated_at=DATE_TIME,
        ),
    }

    def to_representation(self, page: Any) -> list[dict[str, Any]]:
        url = self.page_url(page)
        return [
            {
                "id": text.entry_id,
                "title": text.title,
                "html": plain_html(text.html, url),
                "published_at": text.entry.published_at,
                "updated_at": text.entry.updated_at,
            }
            for text in with_html(LiveText.objects.shown_on(page.original.pk)[:PER_PAGE])
        ]


class LivePage(StoryPage):
    """`ended_at` and `following` are facts of the coverage: no version of the page changes them."""

    kind = Kind(name="live", order=44, icon="history", listed=Listed.STORIES)
    # It begins within minutes, often without a picture.
    requirements = tuple(each for each in StoryPage.requirements if each is not HAS_LEAD_IMAGE)

    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The article that sums up the coverage.
    following = models.ForeignKey(
        "wagtailcore.Page", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    search_texts = (*StoryPage.search_texts, "entry_words")
    api_fields = [*StoryPage.api_fields, APIField("ended_at"), APIField("entries", serializer=EntriesField())]
    template = "articles/live/page.html"
    parent_page_types = ["home.SectionPage"]
    subpage_types: list[str] = []
    page_description = _("An event or a day, entry by entry, while it happens.")
    exclude_fields_in_copy = ["ended_at", "following"]

    # What the current reader sees; set by `get_context`.
    listing: ListPage | None = None

    class Meta:
        verbose_name = _("live coverage")
        verbose_name_plural = _("live coverages")

    @cached_property
    def original(self) -> "LivePage":
        """The page with the entries: for an alias, the page that it shows."""
        page = self
        while page.alias_of_id:
            page = LivePage.objects.get(pk=page.alias_of_id)
        return page

    @property
    def entry_words(self) -> str:
        """The words of the approved entries, for the search."""
        return words_of(LiveText.objects.shown_on(self.original.pk)) if self.pk else ""

    @property
    def modified_at(self) -> datetime:
        texts = self.listing.items if self.listing else ()
        return max([super().modified_at, *(text.changed_at for text in texts)])

    def count_words(self) -> None:
        """Leave the number at 0: readers come for the entries, so no reading time is shown."""

    def with_content_json(self, content: dict[str, Any]) -> "LivePage":
        page: LivePage = super().with_content_json(content)
        # This object may be older than the end of the coverage.
        stored = LivePage.objects.filter(pk=self.pk).values_list("ended_at", "following").first()
        page.ended_at, page.following_id = stored or (None, None)
        return page

    def further_lists(self, edition: Edition, now: datetime) -> Mapping[str, CompiledPart]:
        key = self.original.following_id
        return {"following": _card.part(edition.home.pk, now, key)} if key else {}

    def structured_data(self, edition: Edition, context: Context) -> list[Data]:
        url = canonical_url(self, edition, context.get("request"))
        facts: dict[str, Any] = {
            "coverageStartTime": self.published_at,
            "coverageEndTime": self.original.ended_at,
            "liveBlogUpdate": [_update(text, url) for text in self.listing.items] if self.listing else (),
        }
        return story_things(self, edition, context, kind="LiveBlogPosting", **facts)

    def get_template(self, request: Any, *args: Any, **kwargs: Any) -> str:
        if FRAGMENT in request.GET:
            return "articles/live/entries.html"
        return super().get_template(request, *args, **kwargs)

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        texts = LiveText.objects.shown_on(self.original.pk or 0)
        self.listing = list_page(texts, request.GET, with_html, per_page=PER_PAGE)
        found = {"listing": self.listing, "is_running": self.original.ended_at is None}
        if FRAGMENT in request.GET:
            return {"page": self, "self": self, "edition": edition_of(request), "request": request, **found}
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return context | found | {"fragment": FRAGMENT}


def _update(text: LiveText, url: str) -> Data:
    return thing(
        "BlogPosting",
        id=f"{url}#{text.anchor}",
        url=f"{url}#{text.anchor}",
        headline=text.name,
        articleBody=text.words,
        datePublished=text.entry.published_at,
        dateModified=text.changed_at,
        isPartOf=reference(f"{url}#article"),
    )


@compiled_query
def _card(above: Any, now: Any, key: Any) -> QuerySet[Any, Any]:
    return members(Placement.objects.in_lists_of(above, now).filter(card=key))
