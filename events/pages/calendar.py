"""The calendar page: the part of a section where organisers write."""

from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from events.pages.event_list import events_of
from portal.content.pages.pages import PortalPage
from portal.content.serving.editions import edition_of
from portal.editorial.roles import calendar_added


class CalendarPage(PortalPage):
    """The parent of events and recaps only.

    Wagtail does not restrict page types by group, so the permission to add pages here is what makes an organiser.
    """

    is_for_organisers = True

    introduction = models.TextField(_("introduction"), max_length=400, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    parent_page_types = ["home.SectionPage"]
    max_count_per_parent = 1
    page_description = _("Holds the events and recaps of a section.")

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")

    def save(self, *args: Any, **kwargs: Any) -> Any:
        is_new = self._state.adding
        saved = super().save(*args, **kwargs)
        if is_new:
            calendar_added(self)
        return saved

    def serve(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return events_of(request, self, list_url=edition_of(request).url_of(self))

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        return self.serve(request)
