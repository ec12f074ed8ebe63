"""Articles, and portraits of companies and people."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from wagtail.admin.panels import FieldRowPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.search import index

from articles.formats import BY_NAME, FORMATS, REPORT, format_choices
from articles.forms import ArticleForm
from articles.live.pages import LivePage as LivePage
from articles.live.records import LiveEntry as LiveEntry, LiveText as LiveText
from articles.stories import StoryPage
from articles.structured_data import story_things
from portal.content.blocks.facts import FigureValueBlock
from portal.content.blocks.streams import PortalStreamField
from portal.content.kinds import MAX_NAME_LENGTH, Kind, Listed, Requirement
from portal.content.serving.editions import Edition
from portal.content.structured_data.pages import Context, canonical_url, images_of
from portal.content.structured_data.schema import Data, reference, thing, web_page


class ArticlePage(StoryPage):
    """An article in one of several formats. A report, the default, has no label, form or requirements of its own."""

    kind = Kind(name="article", order=10, icon="doc-full", listed=Listed.STORIES, is_labelled=False)
    formats = FORMATS
    base_form_class = ArticleForm

    format = models.CharField(
        pgettext_lazy("of a story", "format"),
        max_length=MAX_NAME_LENGTH,
        choices=format_choices,
        default=REPORT,
        db_default=REPORT,
        help_text=_("Decides how the story opens, and what its cards look like."),
    )
    link = models.URLField(
        _("address on another site"),
        max_length=500,
        blank=True,
        default="",
        db_default="",
        help_text=_("For “Read elsewhere”: the page to which the story leads."),
    )
    interviewee = models.CharField(
        _("interviewee"),
        max_length=160,
        blank=True,
        default="",
        db_default="",
        help_text=_("For an interview: who answers."),
    )
    interviewee_role = models.CharField(
        _("role"), max_length=160, blank=True, default="", db_default="", help_text=_("Shown below the name.")
    )
    place = models.CharField(
        _("place"),
        max_length=160,
        blank=True,
        default="",
        db_default="",
        help_text=_("Where it happens: “Longwy”. The map of the network shows stories with a town that it knows."),
    )

    content_panels = [
        *StoryPage.content_panels[:3],
        MultiFieldPanel(
            ["format", FieldRowPanel(["interviewee", "interviewee_role"]), "link"],
            heading=pgettext_lazy("of a story", "Format"),
            classname="story-format",
        ),
        *StoryPage.content_panels[3:6],
        "place",
        *StoryPage.content_panels[6:],
    ]
    search_fields = [
        *StoryPage.search_fields,
        index.SearchField("interviewee", boost=2),
        index.SearchField("place"),
        index.FilterField("format"),
    ]
    search_names = ("interviewee", "interviewee_role", "place")
    api_fields = [
        *StoryPage.api_fields,
        *(APIField(name) for name in ("format", "link", "interviewee", "interviewee_role", "place")),
    ]
    template = "articles/article_page.html"
    parent_page_types = ["home.SectionPage"]
    subpage_types: list[str] = []
    page_description = _("News: something happened, or is about to.")

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    @property
    def listed_as(self) -> Kind:
        return BY_NAME.get(self.format, self.kind)

    @property
    def needed(self) -> tuple[Requirement, ...]:
        chosen = BY_NAME.get(self.format)
        if chosen is None:
            return self.requirements
        return (*(each for each in self.requirements if each.code not in chosen.without), *chosen.requirements)

    @property
    def people_on_cards(self) -> tuple[str, int | None]:
        chosen = BY_NAME.get(self.format)
        return chosen.people(self) if chosen and chosen.people else super().people_on_cards

    @property
    def link_on_cards(self) -> str:
        chosen = BY_NAME.get(self.format)
        return self.link if chosen and chosen.leads_elsewhere else ""

    @property
    def place_on_cards(self) -> str:
        return self.place

    @property
    def gallery_slot(self) -> str:
        chosen = BY_NAME.get(self.format)
        return chosen.gallery_slot if chosen else ""

    def get_template(self, request: Any, *args: Any, **kwargs: Any) -> str:
        chosen = BY_NAME.get(self.format)
        return chosen.template if chosen else super().get_template(request, *args, **kwargs)

    def structured_data(self, edition: Edition, context: Context) -> list[Data]:
        chosen = BY_NAME.get(self.format)
        if chosen is None:
            return super().structured_data(edition, context)
        url = canonical_url(self, edition, context.get("request"))
        facts, others = chosen.data(self, edition, url) if chosen.data else ({}, [])
        return [*story_things(self, edition, context, kind=chosen.schema_type, **facts), *others]


class PortraitPage(StoryPage):
    """A story about one company or person, with structured facts."""

    kind = Kind(name="portrait", order=20, icon="user", listed=Listed.STORIES)

    class Subject(models.TextChoices):
        COMPANY = "company", _("Company")
        PERSON = "person", _("Person")

    subject = models.CharField(_("portrait of a"), max_length=8, choices=Subject, default=Subject.COMPANY)
    name = models.CharField(_("name"), max_length=160, blank=True)
    role = models.CharField(_("role"), max_length=160, blank=True)
    company = models.CharField(_("company"), max_length=160, blank=True)
    place = models.CharField(_("place"), max_length=160, blank=True)
    sector = models.CharField(_("sector"), max_length=160, blank=True)
    website = models.URLField(_("web address"), blank=True)
    quote = models.TextField(_("quote"), max_length=300, blank=True, help_text=_("Without quotation marks."))
    figures = PortalStreamField([("figure", FigureValueBlock())], blank=True, max_num=4, verbose_name=_("key figures"))

    content_panels = [
        *StoryPage.content_panels[:3],
        MultiFieldPanel(
            [
                "subject",
                "name",
                FieldRowPanel(["role", "company"]),
                FieldRowPanel(["place", "sector"]),
                "website",
                "quote",
                "figures",
            ],
            heading=_("Who it is about"),
        ),
        *StoryPage.content_panels[3:],
    ]
    search_fields = [
        *StoryPage.search_fields,
        index.SearchField("name", boost=2),
        index.SearchField("company"),
        index.SearchField("place"),
        index.SearchField("sector"),
    ]
    search_names = ("name", "role", "company", "place", "sector")
    search_texts = ("quote", *StoryPage.search_texts, "figures")
    api_fields = [
        *StoryPage.api_fields,
        *(APIField(name) for name in ("subject", "name", "role", "company", "place", "sector", "website", "quote")),
    ]
    template = "articles/portrait_page.html"
    parent_page_types = ["home.SectionPage"]
    subpage_types: list[str] = []
    page_description = _("A company or a person, closely observed.")

    class Meta:
        verbose_name = _("portrait")
        verbose_name_plural = _("portraits")

    @property
    def place_on_cards(self) -> str:
        return self.place

    def structured_data(self, edition: Edition, context: Context) -> list[Data]:
        url = canonical_url(self, edition, context.get("request"))
        profile = f"{url}#subject"
        is_person = self.subject == self.Subject.PERSON
        subject = thing(
            "Person" if is_person else "Organization",
            id=profile,
            name=self.name or self.title,
            url=self.website,
            image=images_of(self, edition) if self.lead_image else None,
            jobTitle=self.role if is_person else "",
            worksFor=thing("Organization", name=self.company) if is_person and self.company else None,
            homeLocation=thing("Place", name=self.place) if is_person and self.place else None,
            location=thing("Place", name=self.place) if not is_person and self.place else None,
            knowsAbout=self.sector,
        )
        page = web_page(
            "ProfilePage",
            url,
            self.title,
            edition.language,
            edition.full(edition.home_url),
            dateCreated=self.published_at,
            dateModified=max(self.published_at, self.last_published_at or self.published_at),
            mainEntity=reference(profile),
        )
        return [*story_things(self, edition, context, about=reference(profile)), page, subject]

    @property
    def facts(self) -> list[tuple[str, str]]:
        named = [
            (_("Role"), self.role),
            (_("Company"), self.company),
            (_("Place"), self.place),
            (_("Sector"), self.sector),
        ]
        return [(str(label), value) for label, value in named if value]
