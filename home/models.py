"""Home pages, sections and standard pages. Home pages and sections list the stories and events below them."""

from typing import Any

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.api import APIField
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.models import Page
from wagtail.search import index

from articles.story_list import story_list, topic_page_url
from events.pages.event_list import events_of
from events.pages.recap import RecapPage
from events.records.dates import upcoming_dates
from home.dossiers.pages import DossierPage as DossierPage
from home.forms.pages import FormField as FormField, FormPage as FormPage
from home.forms.records import FormRecord as FormRecord, SentFile as SentFile
from home.landing.api import ShelvesField
from home.landing.shelves import LandingShelves
from home.most_read import MostReadStory as MostReadStory
from home.shelf_filling import fill_shelves, plans_of, plans_of_page
from home.shelves import Shelves
from home.statutory.accessibility import AccessibilityStatementPage as AccessibilityStatementPage
from home.statutory.legal import LegalNoticePage as LegalNoticePage
from home.statutory.privacy import PrivacyNoticePage as PrivacyNoticePage
from home.statutory.site_map import SiteMapPage as SiteMapPage
from portal.content.api import fields as api
from portal.content.blocks.bodies import StoryBody
from portal.content.blocks.streams import PortalStreamField
from portal.content.editing.in_place import line_of_text
from portal.content.kinds import Kind
from portal.content.lists.names import list_words, summary_of_stories
from portal.content.lists.subjects import authors_below, topics_below
from portal.content.pages.pages import PortalPage
from portal.content.records.listing import newest_cards
from portal.content.serving.editions import LIST_WORDS, Edition, edition_of
from portal.content.structured_data.pages import Context, page_things, site_things
from portal.content.structured_data.schema import Data

FRONT_STORIES = 11
# The number of events beside stories, and above recaps.
FRONT_EVENTS, LEADING_EVENTS = 4, 8
# The name of the block, as stored.
HERO = "hero"
SHELVES_HELP = _("They make this a landing page: wide blocks below the text, in your order.")


class FrontPage(RoutablePageMixin, PortalPage):
    """A page with a front. The full lists of its stories and events have URLs below it."""

    class Meta:
        abstract = True

    @classmethod
    def has_route_below(cls, steps: list[str], edition: Edition) -> bool:
        return len(steps) == 1 and steps[0] in LIST_WORDS[edition.language].values()

    @path("<slug:word>/")
    def full_list(self, request: HttpRequest, word: str) -> HttpResponse:
        """Serve the list with this name in the page's language."""
        edition = edition_of(request)
        kind = next((name for name, each in LIST_WORDS[edition.language].items() if each == word), None)
        list_url = request.path
        if kind == "events":
            return events_of(request, self, list_url)
        if kind == "news":
            if self.pk == edition.home.pk and (address := topic_page_url(edition, request.GET)):
                return HttpResponsePermanentRedirect(address)
            context = story_list(self, edition, request.GET, timezone.now(), list_url)
            context |= list_words(self, edition, "news", chosen=context["chosen"])
            return TemplateResponse(request, "home/story_list.html", {"page": self, "list_url": list_url, **context})
        raise Http404

    def get_route_paths(self) -> list[str]:
        """The paths below the page that get redirects together with it when its slug changes."""
        words = LIST_WORDS[self.locale.language_code]
        return [*super().get_route_paths(), *(f"/{word}/" for word in words.values())]

    def list_urls(self, request: HttpRequest) -> dict[str, str]:
        edition = edition_of(request)
        return {kind: edition.list_url(self, kind) for kind in LIST_WORDS[edition.language]}


class HomePage(FrontPage):
    """The front page of one site in one language, with shelves arranged by editors."""

    introduction = models.CharField(_("introduction"), max_length=200, blank=True, help_text=_("For search engines."))
    shelves = PortalStreamField(Shelves(), blank=True, verbose_name=_("shelves"))

    content_panels = [*Page.content_panels, "introduction", "shelves"]
    template = "home/home_page.html"
    parent_page_types = ["wagtailcore.Page"]
    page_description = _("The front page of a site in one language.")

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def structured_data(self, edition: Edition, context: Context) -> list[Data]:
        """The site's data on the front page; only the list's own data on a full list."""
        page = page_things(self, edition, context)
        return page if context.get("list_url") else [*site_things(edition, context.get("search_url", "")), *page[1:]]

    def get_context(self, request, *args, **kwargs) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        now, edition = timezone.now(), edition_of(request)
        plans = plans_of_page(self.shelves, edition) if self.trail else plans_of(self.shelves, edition)
        return context | {"shelves": fill_shelves(plans, edition, now), "now": now, "lists": self.list_urls(request)}


class SectionPage(FrontPage):
    is_section = True
    kind = Kind(name="section", order=60, icon="folder-open-inverse", is_offered=False)

    introduction = models.TextField(_("introduction"), max_length=400, blank=True)

    content_panels = [*Page.content_panels, "introduction"]
    search_fields = [*Page.search_fields, index.SearchField("introduction")]
    api_fields = [APIField("introduction")]
    template = "home/section_page.html"
    parent_page_types = ["home.HomePage", "home.SectionPage"]
    page_description = _("Gathers stories and events on one subject.")

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")

    def structured_data(self, edition: Edition, context: Context) -> list[Data]:
        return page_things(self, edition, context, "CollectionPage")

    def get_context(self, request, *args, **kwargs) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        now, edition = timezone.now(), edition_of(request)
        # The page may be an unsaved one in a preview.
        key = self.pk or 0
        step = len(self.path) + self.steplen
        cards = newest_cards(key, now, FRONT_STORIES)
        # If the newest stories are all recaps, readers come for what is next.
        has_only_events = all(card.kind == RecapPage.kind.name for card in cards)
        events = upcoming_dates(key, now, LEADING_EVENTS if has_only_events else FRONT_EVENTS)
        return context | {
            "cards": cards,
            "events": events,
            "begins_with_events": has_only_events and bool(events),
            "aside_events": [] if has_only_events else events,
            "subsections": [
                link
                for tree, link in edition.sections.items()
                if tree.startswith(self.path) and len(tree) == step and not edition.is_private(tree)
            ],
            "topics": topics_below(key, edition, now),
            "writers": authors_below(key, edition, now),
            "aside_section": edition.sections.get(self.path),
            "list_summary": self.summary or summary_of_stories(self.title),
            "lists": self.list_urls(request),
            "now": now,
        }


class StandardPage(PortalPage):
    """A page with lasting information: about, contact, legal notice. With shelves, it is a landing page."""

    kind = Kind(name="page", order=50, icon="doc-empty")
    paper_fields: tuple[str, ...] = ("title", "introduction", "body", "shelves")
    search_texts = ("body", "shelves")

    introduction = models.TextField(_("introduction"), max_length=400, blank=True)
    body = PortalStreamField(StoryBody(), blank=True, verbose_name=_("text"))
    shelves = PortalStreamField(
        LandingShelves(), blank=True, default=list, db_default=[], verbose_name=_("shelves"), help_text=SHELVES_HELP
    )

    content_panels = [
        *Page.content_panels,
        line_of_text("introduction", _("Introduction: one or two sentences")),
        "body",
        "shelves",
    ]
    search_fields = [
        *Page.search_fields,
        *(index.SearchField(name) for name in ("introduction", "body", "shelves")),
    ]
    api_fields = [APIField("introduction"), *api.BODY, APIField("shelves", serializer=ShelvesField())]
    template = "home/standard_page.html"
    parent_page_types = ["home.HomePage", "home.SectionPage", "home.StandardPage"]
    page_description = _("Lasting information: about, contact, legal notice. With shelves, a landing page.")

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")

    def get_context(self, request, *args, **kwargs) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        if not self.shelves.raw_data:
            return context
        now, edition = timezone.now(), edition_of(request)
        plans = plans_of_page(self.shelves, edition) if self.trail else plans_of(self.shelves, edition)
        shelves = fill_shelves(plans, edition, now)
        # The opening is above the text, wherever it is in the list.
        hero = next((shelf for shelf in shelves if shelf["kind"] == HERO), None)
        return context | {"hero": hero, "shelves": [each for each in shelves if each is not hero], "now": now}
