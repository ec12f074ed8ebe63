"""The newsletter page, which lists its issues, and the issue page."""

from hashlib import blake2s
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext, gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.models import Page
from wagtail.search import index

from events.formatting.dates import format_days
from portal.content.blocks.streams import PortalStreamField
from portal.content.lists.pagination import list_page
from portal.content.pages.pages import PortalPage
from portal.content.serving.editions import edition_of
from portal.content.serving.served import PortalPageManager, PortalPageQuerySet
from portal.newsletter.blocks import IssueContent, IssueIntroduction
from portal.newsletter.content import parts_of
from portal.newsletter.previews import preview_of

FRIDAY = 4


class NewsletterPage(PortalPage):
    """The newsletter of a site in one language, with its settings, its archive and its sign-up form."""

    introduction = models.TextField(
        _("introduction"), max_length=400, blank=True, help_text=_("What it brings, and how often.")
    )
    sender_name = models.CharField(
        _("sender’s name"), max_length=120, blank=True, help_text=_("Empty: the name of the site.")
    )
    reply_to = models.EmailField(_("replies go to"), blank=True, help_text=_("Empty: the site’s contact address."))
    consent = models.TextField(
        _("words of consent"),
        max_length=600,
        blank=True,
        help_text=_("What a subscriber agrees to. Each version is kept with those who agreed to it."),
    )
    offers_weekly = models.BooleanField(_("weekly digest"), default=True)
    weekly_day = models.PositiveSmallIntegerField(_("day"), choices=list(WEEKDAYS.items()), default=FRIDAY)
    weekly_hour = models.PositiveSmallIntegerField(
        _("hour"), choices=[(hour, f"{hour:02}:00") for hour in range(24)], default=7
    )
    offers_alerts = models.BooleanField(_("alerts as soon as something is published"), default=True)

    content_panels = [
        *Page.content_panels,
        FieldPanel("introduction"),
        MultiFieldPanel([FieldPanel("sender_name"), FieldPanel("reply_to")], heading=_("Sender")),
        FieldPanel("consent"),
        MultiFieldPanel(
            [
                FieldPanel("offers_weekly"),
                FieldRowPanel([FieldPanel("weekly_day"), FieldPanel("weekly_hour")]),
                FieldPanel("offers_alerts"),
            ],
            heading=_("Sent by itself"),
        ),
    ]
    search_fields = [*Page.search_fields, index.SearchField("introduction")]
    template = "newsletter/newsletter_page.html"
    parent_page_types = ["home.HomePage"]
    subpage_types = ["newsletter.IssuePage"]
    max_count_per_parent = 1
    page_description = _("A newsletter: sign-up, issues and their archive.")

    class Meta:
        verbose_name = _("newsletter")
        verbose_name_plural = _("newsletters")

    @property
    def consent_text(self) -> str:
        """The text to which a subscriber agrees; the default is in the active language."""
        return self.consent or gettext(
            "I agree to receive this newsletter at this address. I can unsubscribe at any time by one click; "
            "nothing is noted of what I open or read."
        )

    @property
    def consent_version(self) -> str:
        return version_hash(self.consent_text)

    def get_context(self, request, *args, **kwargs) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        now, edition = timezone.now(), edition_of(request)
        issues = IssuePage.objects.visible_in(edition, now).below(self).newest_first()
        return context | {"listing": list_page(issues.defer("introduction", "content"), request.GET)}


def version_hash(text: str) -> str:
    return blake2s(text.encode(), digest_size=4).hexdigest()


class IssueQuerySet(PortalPageQuerySet):
    def newest_first(self) -> Self:
        return self.order_by("-first_published_at", "-pk")


class IssuePage(PortalPage):
    """One issue, composed of pages; it is sent once by mail, when it is first published."""

    is_item = True
    is_compilation = True
    is_mailed_when_published = True

    preheader = models.CharField(
        _("preview line"), max_length=140, blank=True, help_text=_("What mail programs show beside the subject.")
    )
    introduction = PortalStreamField(IssueIntroduction(), blank=True, verbose_name=_("introduction"))
    period_start = models.DateField(_("from"), null=True, blank=True)
    period_end = models.DateField(_("to"), null=True, blank=True)
    content = PortalStreamField(IssueContent(), blank=True, verbose_name=_("content"))
    is_mailed = models.BooleanField(
        _("send it by mail"),
        default=True,
        help_text=_("It goes to the subscribers once, when it is first published. Later versions change the web only."),
    )

    objects = PortalPageManager.from_queryset(IssueQuerySet)()

    content_panels = [
        *Page.content_panels,
        FieldPanel("preheader"),
        FieldPanel("introduction"),
        MultiFieldPanel(
            [
                HelpPanel(template="newsletter/newsroom/filling_help.html"),
                FieldRowPanel([FieldPanel("period_start"), FieldPanel("period_end")]),
            ],
            heading=_("Period"),
        ),
        FieldPanel("content"),
        FieldPanel("is_mailed"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("introduction"), index.SearchField("content")]
    template = "newsletter/issue_page.html"
    parent_page_types = ["newsletter.NewsletterPage"]
    subpage_types: list[str] = []
    page_description = _("One issue of the newsletter.")

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")

    def clean(self):
        super().clean()
        if self.period_start and self.period_end and self.period_end < self.period_start:
            raise ValidationError({"period_end": _("The end is before the start.")})

    @property
    def newsletter(self) -> NewsletterPage:
        return self.get_parent().specific

    @property
    def preview_modes(self):
        return [
            ("", _("Web page")),
            ("mail", _("Mail")),
            ("phone", _("Mail on a phone")),
            ("dark", _("Mail in dark mode")),
            ("text", _("Mail as plain text")),
        ]

    @property
    def default_preview_mode(self) -> str:
        """The content for subscribers; the link in the mail opens the issue's page."""
        return "mail"

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        return preview_of(self, request, mode_name) if mode_name else super().serve_preview(request, mode_name)

    def get_context(self, request, *args, **kwargs) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        now, edition = timezone.now(), edition_of(request)
        return context | {"parts": parts_of(self.content, edition, now), "now": now, "newsletter": self.newsletter}

    @property
    def period(self) -> str:
        """The days that the issue covers, in the active language; empty without a start and an end."""
        if not self.period_start or not self.period_end:
            return ""
        return format_days(self.period_start, self.period_end)
