"""Wagtail's page editor in fewer queries: what it asks for each language, and each part of the page by itself, once."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from wagtail.models import Page

from portal.core.models import PortalPage
from portal.core.models.shown import is_only_shown

# What permissions are decided by; Wagtail leaves out some of it, and asks once more for each language.
DECISIVE = ("id", "locale", "depth", "path", "numchild", "owner", "locked", "locked_by", "content_type")


def _translations(page: Page) -> Any:
    return page.get_translations().only(*DECISIVE).select_related("locale")


class SparingEditView:
    """Mix-in before Wagtail's view that edits a page."""

    request: HttpRequest
    page: Any
    real_page_record: Any
    latest_revision: Any
    scheduled_revision: Any

    def get_object(self) -> PortalPage:
        if self.request.method != "GET":
            return super().get_object()  # type: ignore[misc, no-any-return]
        if self.latest_revision:
            # The version is read into this very object, which Wagtail also asks for the state of the page.
            self.real_page_record.latest_revision.content_object = self.real_page_record.specific
        page: PortalPage = super().get_object()  # type: ignore[misc]
        is_only_shown(page)
        page.scheduled_revision = self.scheduled_revision
        if self.latest_revision and page.latest_revision_id == self.latest_revision.pk:
            page.latest_revision = self.latest_revision
        if page.live_revision_id == page.latest_revision_id:
            page.live_revision = page.latest_revision
        if "topic" in getattr(page, "must_have", ()):
            # The form and the checklist read them, each from the database if nobody has.
            page.page_topics.get_object_list()
        return page

    def get_translations(self) -> list[dict[str, Any]]:
        return [
            {"locale": each.locale, "url": reverse("wagtailadmin_pages:edit", args=[each.pk])}
            for each in _translations(self.page)
            if each.permissions_for_user(self.request.user).can_edit()
        ]


class SparingCreateView:
    """Mix-in before Wagtail's view that begins a page."""

    request: HttpRequest
    page: Any
    page_class: Any
    page_content_type: Any
    parent_page: Any

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.request.method == "GET":
            is_only_shown(self.page)
            is_only_shown(self.parent_page)
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return context

    def get_translations(self) -> list[dict[str, Any]]:
        if self.parent_page.is_root():
            found: list[dict[str, Any]] = super().get_translations()  # type: ignore[misc]
            return found
        kind = self.page_content_type.app_label, self.page_content_type.model
        return [
            {"locale": each.locale, "url": reverse("wagtailadmin_pages:add", args=[*kind, each.pk])}
            for each in _translations(self.parent_page)
            if each.permissions_for_user(self.request.user).can_add_subpage()
            and self.page_class in each.specific_class.creatable_subpage_models()
            and self.page_class.can_create_at(each)
        ]
