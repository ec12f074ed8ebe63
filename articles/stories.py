"""The abstract story page: standfirst, lead image, authors, topics, body, thanks and credits."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.feedgenerator import Enclosure
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldRowPanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

from articles.beside import story_beside
from articles.story_context import story_context
from articles.structured_data import story_things
from portal.content.api import fields as api
from portal.content.blocks.bodies import CreditBlock, StoryBody, anchor_headings
from portal.content.blocks.pictures import ALT_HELP, DECORATIVE_HELP
from portal.content.blocks.streams import PortalStreamField
from portal.content.editing.in_place import LeadPicturePanel, line_of_text
from portal.content.editing.topics import TopicsPanel
from portal.content.kinds import HAS_ALT, HAS_LEAD_IMAGE, HAS_STANDFIRST, HAS_TOPIC, Kind, Requirement
from portal.content.pages.pages import PortalPage
from portal.content.panels import DistinctChoicesPanel, OtherPagesPanel
from portal.content.records.cards import Card
from portal.content.serving.editions import Edition, MenuLink, edition_of
from portal.content.structured_data.pages import Context
from portal.content.structured_data.schema import Data
from portal.platform.operation.compiled import CompiledPart

WORDS_A_MINUTE = 220
MOST_POINTS = 3


class StoryPage(PortalPage):
    is_item = True
    kind: Kind
    requirements: tuple[Requirement, ...] = (HAS_STANDFIRST, HAS_LEAD_IMAGE, HAS_ALT, HAS_TOPIC)
    paper_fields: tuple[str, ...] = ("title", "standfirst", "lead_image", "body")

    standfirst = models.TextField(
        _("standfirst"), max_length=400, blank=True, help_text=_("One or two sentences below the title and on cards.")
    )
    teaser = models.CharField(
        _("teaser"),
        max_length=200,
        blank=True,
        help_text=_("Replaces the standfirst on cards. Empty: the first whole sentences of the standfirst."),
    )
    lead_image = models.ForeignKey(
        "media.Image", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lead image")
    )
    lead_image_alt = models.CharField(_("alternative text"), max_length=255, blank=True, help_text=ALT_HELP)
    lead_image_decorative = models.BooleanField(_("decorative"), default=False, help_text=DECORATIVE_HELP)
    lead_image_caption = models.CharField(_("caption"), max_length=300, blank=True)
    publication_date = models.DateTimeField(
        _("publication date"),
        null=True,
        blank=True,
        help_text=_("Determines the order of all lists. Empty: the time of the first publication."),
    )
    corrected_at = models.DateTimeField(_("corrected on"), null=True, blank=True)
    correction = models.CharField(
        _("what was corrected"), max_length=300, blank=True, help_text=_("Shown to readers, with the date.")
    )
    key_points = models.TextField(
        _("the essential"),
        max_length=500,
        blank=True,
        default="",
        db_default="",
        help_text=_("Up to three short sentences above the text, one per line. Empty: none."),
    )
    body = PortalStreamField(StoryBody(), blank=True, verbose_name=_("text"))
    thanks = RichTextField(_("thanks"), blank=True, features=["bold", "italic", "link"])
    words = models.PositiveIntegerField(default=0, editable=False)
    credits = PortalStreamField([("credit", CreditBlock(label=_("credit")))], blank=True, verbose_name=_("credits"))

    content_panels = [
        *Page.content_panels,
        line_of_text("standfirst", _("Standfirst: one or two sentences")),
        LeadPicturePanel(heading=_("Lead image")),
        "body",
        DistinctChoicesPanel("bylines", chooser_field_name="person", heading=_("Authors"), label=_("author")),
        TopicsPanel(),
        "key_points",
        OtherPagesPanel(
            "related_stories",
            chooser_field_name="story",
            heading=_("Related stories"),
            label=_("story"),
            max_num=3,
            classname="collapsed",
        ),
        MultiFieldPanel(["thanks", "credits"], heading=_("Thanks and credits"), classname="collapsed"),
    ]
    promote_panels = [
        *PortalPage.promote_panels,
        "teaser",
        "is_unlisted",
        MultiFieldPanel(["publication_date", FieldRowPanel(["corrected_at", "correction"])], heading=_("Dates")),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("standfirst", boost=3),
        index.SearchField("key_points"),
        index.SearchField("body"),
        index.FilterField("publication_date"),
    ]
    search_texts: tuple[str, ...] = ("key_points", "body", "lead_image_caption", "lead_image_alt", "thanks", "credits")
    api_fields = api.STORY
    served_select_related: tuple[str, ...] = ("locale", "lead_image")

    class Meta:
        abstract = True

    @property
    def published_at(self) -> datetime:
        return self.publication_date or self.first_published_at or timezone.now()

    @property
    def modified_at(self) -> datetime:
        return max(self.published_at, self.corrected_at or self.last_published_at or self.published_at)

    @property
    def about_key(self) -> int | None:
        """The primary key of the page that the story is about, such as the event of a recap."""
        return None

    @property
    def listed_as(self) -> Kind:
        return self.kind

    @property
    def people_on_cards(self) -> tuple[str, int | None]:
        """The names that cards show, and the primary key of the first person's picture."""
        return "", None

    @property
    def link_on_cards(self) -> str:
        """The address on another site to which cards lead instead of to the page."""
        return ""

    @property
    def place_on_cards(self) -> str:
        """Where the story takes place; the maps of the network read the name of a town from it."""
        return ""

    @property
    def points(self) -> list[str]:
        """The sentences of the essential."""
        return [line.strip() for line in self.key_points.splitlines() if line.strip()]

    @classmethod
    def feed_subjects(cls, cards: list[Card], edition: Edition, now: datetime) -> Mapping[int, MenuLink]:
        """The page that each story is about, by story key. Feeds link to it."""
        return {}

    @classmethod
    def feed_files(cls, cards: list[Card], edition: Edition) -> Mapping[int, Enclosure]:
        """A file that feeds enclose before the recordings in the text and the story's picture, by story key."""
        return {}

    def further_lists(self, edition: Edition, now: datetime) -> Mapping[str, CompiledPart]:
        """Lists of cards in the template context, by name, in addition to those of every story."""
        return {}

    @property
    def reading_minutes(self) -> int:
        return max(1, round(self.words / WORDS_A_MINUTE))

    @property
    def headings(self) -> list[tuple[str, str]]:
        return [(value.anchor, value["text"]) for value in anchor_headings(self.body) if value["level"] == "h2"]

    def clean(self):
        super().clean()
        if self.lead_image_decorative:
            self.lead_image_alt = ""
        if len(self.points) > MOST_POINTS:
            message = _("At most three sentences, one per line: shorten or join them.")
            raise ValidationError({"key_points": message})

    def save(self, *args, **kwargs):
        fields = kwargs.get("update_fields")
        if fields is not None and "body" not in fields:
            return super().save(*args, **kwargs)
        self.count_words()
        return super().save(*args, **kwargs)

    def count_words(self) -> None:
        texts = [self.standfirst, self.key_points, *self.body.stream_block.get_searchable_content(self.body)]
        self.words = sum(len(text.split()) for text in texts)

    def structured_data(self, edition: Edition, context: Context) -> list[Data]:
        return story_things(self, edition, context)

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        edition = edition_of(request)
        context |= story_context(self, edition, timezone.now())
        context["beside"] = story_beside(self, edition, request.GET, context)
        return context
