"""Wagtail's page editor in fewer queries: what it asks for each language, and each part of the page by itself, once."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import PageStatusSidePanel, StatusSidePanel
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.models import Page, PageSubscription

from portal.content.pages.pages import PortalPage
from portal.content.shown import is_changed, is_only_shown, is_published_next
from portal.content.upstream import set_parent
from portal.editorial.editor.linked import knowing_links_of
from portal.editorial.editor.opening import OpenedPage

# What permissions are decided by; Wagtail leaves out some of it, and asks once more for each language.
DECISIVE = ("id", "locale", "depth", "path", "numchild", "owner", "locked", "locked_by", "content_type")


def _translations(page: Page) -> Any:
    return page.get_translations().only(*DECISIVE).select_related("locale")


class _KnownUses(StatusSidePanel):
    number_of_uses = 0

    def get_usage_context(self) -> dict[str, Any]:
        return {"usage_count": self.number_of_uses, "usage_url": self.usage_url}


class StatusPanel(PageStatusSidePanel, _KnownUses):
    """Wagtail's panel, told how often the page is used."""

    @classmethod
    def like(cls, panel: PageStatusSidePanel, number_of_uses: int) -> "StatusPanel":
        same = cls.__new__(cls)
        same.__dict__.update(panel.__dict__, number_of_uses=number_of_uses)
        return same


class SparingEditView:
    """Mix-in before Wagtail's view that edits a page.

    `opened_class` is the type of page that the view was made for. The page is read by `OpenedPage`. What was found out
    of it holds until its draft is saved, since who saves has locked it; any other action asks all again.
    """

    opened_class: type[PortalPage] | None = None
    request: HttpRequest
    page: Any
    page_class: Any
    opened: OpenedPage

    def dispatch(self, request: HttpRequest, page_id: int, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method in ("GET", "POST") and self.opened_class is not None and not kwargs:
            opened = OpenedPage(self.opened_class, page_id, request.user, is_saved=request.method == "POST")
            # Of a page without a version, such as an alias, Wagtail saves another object.
            if request.method == "GET" or opened.page.latest_revision is not None:
                return self._open(request, self.opened_class, opened)
        response: HttpResponse = super().dispatch(request, page_id, *args, **kwargs)  # type: ignore[misc]
        return response

    def _open(self, request: HttpRequest, page_class: type[PortalPage], opened: OpenedPage) -> HttpResponse:
        """What Wagtail's `dispatch` does."""
        user: Any = request.user
        self.opened = opened
        self.real_page_record = opened.page
        self.latest_revision, self.scheduled_revision = opened.page.latest_revision, opened.page.scheduled_revision
        self.page_class, self.page_content_type = page_class, opened.page.cached_content_type
        self.revision_id, self.is_reverting, self.previous_revision = None, False, None
        self.edit_handler = page_class.get_edit_handler()
        self.form_class = self.edit_handler.get_form_class()
        self.page = opened.draft(self.form_class.formsets)
        self.parent = self.page.get_parent()
        self.scheduled_page = self._scheduled_page()
        self.page_perms = self.page.permissions_for_user(user)
        self.lock = self.page.get_lock()
        self.locked_for_user = self.lock is not None and self.lock.for_user(user)
        if not self.page_perms.can_edit():
            raise PermissionDenied
        opened.note_explorable_root(user)
        self.next_url = get_valid_next_url_from_request(request)
        if answer := self.run_hook("before_edit_page", request, self.page):  # type: ignore[attr-defined]
            return self._answer_of_hook(answer)
        self.subscription = opened.subscription(user) or PageSubscription.objects.create(
            page=self.page, user=user, comment_notifications=False
        )
        self.workflow_state = opened.review
        self.locale, self.translations = self.page.locale, self.get_translations()
        self.workflow_tasks = opened.review.tasks if opened.review else []
        self.has_unsaved_changes, self.errors_debug = False, None
        self.autosave_interval = settings.WAGTAIL_AUTOSAVE_INTERVAL
        self.autosave_enabled = self.autosave_interval > 0
        # The paths of closed pages that are asked for where the page's privacy is shown.
        paths = [self.page.path] if opened.facts["is_private"] else []
        request.all_page_view_restriction_paths = paths  # type: ignore[attr-defined]
        if request.method == "POST":
            saved: HttpResponse = self.post(request)  # type: ignore[attr-defined]
            return saved
        with knowing_links_of(self.page):
            response: HttpResponse = self.get(request)  # type: ignore[attr-defined]
            # At once, while its texts may ask what they link to.
            return response.render() if isinstance(response, TemplateResponse) else response

    def _answer_of_hook(self, answer: HttpResponse) -> HttpResponse:
        if not self.expects_json_response or self.response_is_json(answer):  # type: ignore[attr-defined]
            return answer
        text = _("Request to edit %(model_name)s was blocked by hook.")
        text %= {"model_name": Page._meta.verbose_name}
        error: HttpResponse = self.json_error_response("blocked_by_hook", text)  # type: ignore[attr-defined]
        return error

    def form_valid(self, form: Any) -> HttpResponse:
        if self.action_name != "save" and hasattr(self, "opened"):  # type: ignore[attr-defined]
            self._ask_again()
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        return response

    def _ask_again(self) -> None:
        """Have the page be as Wagtail reads it, for what does more than to save its draft."""
        is_publication = self.action_name == "publish"  # type: ignore[attr-defined]
        for page in (self.real_page_record, self.page):
            (is_published_next if is_publication else is_changed)(page)
            page.is_known_public = False
            page.__dict__.pop("scheduled_revision", None)
        if is_publication:
            # It asks for the review at its end, to cancel it, and does nothing else with it.
            return
        page = self.page
        self.workflow_state = page.current_workflow_state or page.workflow_states.order_by("created_at").last()

    def redirect_away(self) -> HttpResponse:
        if hasattr(self, "opened"):
            # Wagtail has read the page anew.
            set_parent(self.page, self.parent)
        response: HttpResponse = super().redirect_away()  # type: ignore[misc]
        return response

    def get_side_panels(self) -> MediaContainer:
        panels = super().get_side_panels()  # type: ignore[misc]
        if not hasattr(self, "opened"):
            return panels
        uses = self.opened.facts["number_of_uses"]
        return MediaContainer(
            [StatusPanel.like(panel, uses) if isinstance(panel, PageStatusSidePanel) else panel for panel in panels]
        )

    def _scheduled_page(self) -> Any:
        scheduled = self.scheduled_revision
        if scheduled is None or scheduled.pk == self.page.latest_revision_id:
            return scheduled and self.page
        return scheduled.as_object()

    def get_translations(self) -> list[dict[str, Any]]:
        if hasattr(self, "opened") and not self.opened.facts["has_renderings"]:
            return []
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
