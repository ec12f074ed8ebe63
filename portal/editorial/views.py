"""Wagtail's page views for the newsroom. They lock the page, and show a message for each refusal."""

import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.revisions import RevisionsRevertView
from wagtail.admin.views.pages.workflow import WorkflowActionView
from wagtail.admin.viewsets.pages import PageViewSet, page_viewset_registry
from wagtail.models import Page, TaskState, WorkflowState

from portal.content.pages.pages import PortalPage
from portal.content.publication import PublicationRefusedError, lock_pages, publishing
from portal.content.shown import cache_while_shown
from portal.editorial.approval import next_step
from portal.editorial.approval.checklist_views import ChecklistContext
from portal.editorial.approval.confirmation import ConfirmationNeededError, store_approval
from portal.editorial.approval.conflicts import ConflictAwareEditView
from portal.editorial.approval.independence import who_else
from portal.editorial.approval.permissions import (
    NewsroomTester,
    not_a_reviewer,
    refusal_of_approval,
    refusal_of_publication,
)
from portal.editorial.approval.refusals import show_refusal
from portal.editorial.approval.review import StaleReviewError, compare_url, content_hash_of
from portal.editorial.dashboard.page_lists import KindList
from portal.editorial.dashboard.write import kind_url, offered_types, place_in_words
from portal.editorial.editing.facts import links_to_move
from portal.editorial.editing.locks import NamesLock
from portal.editorial.editing.sending import ShowsRefusals
from portal.editorial.guests.invitations import GuestsSidePanel
from portal.editorial.mails.comments import notify_of_comments
from portal.editorial.review_view import ReviewedComparison
from portal.editorial.schedule.cancelling import CancelScheduleView
from portal.editorial.translations.page_views import PortalPrivacyView, PortalUnpublishView
from portal.editorial.translations.together import Act, keys_in
from portal.editorial.translations.together_views import act_together, locked_together
from portal.overrides.editor.copies import ConfirmsSaved
from portal.overrides.editor.partial_form import SavesValidPart
from portal.overrides.editor.windows import EditingWindowMixin
from portal.overrides.editor.working_title import SavesWithoutTitle, has_content, working_title
from portal.overrides.requests.rich_text import storable
from portal.overrides.separation.actions import PAGE_GUARDS, leads_to_trash, require_review_permission
from portal.overrides.separation.lists import PermittedExplorerView

# The editor's buttons that change a page's state.
ACTIONS = (
    "action-publish",
    "action-submit",
    "action-restart-workflow",
    "action-workflow-action",
    "action-cancel-workflow",
)


class PortalEditView(
    ConfirmsSaved, NamesLock, ShowsRefusals, SavesWithoutTitle, SavesValidPart, ChecklistContext, ConflictAwareEditView
):
    """Always saves the draft, and shows why it was not submitted, published or approved."""

    page: PortalPage

    # A savepoint from before Wagtail changes a review, for a rollback if the submission is refused.
    savepoint: str | None = None

    def dispatch(self, request: HttpRequest, page_id: int, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return super().dispatch(request, page_id, *args, **kwargs)
        # The lock serialises simultaneous requests.
        with transaction.atomic():
            lock_pages(locked_together(request, page_id))
            return super().dispatch(request, page_id, *args, **kwargs)

    @cached_property
    def action_name_and_method(self):
        if self.request.POST.get("action-workflow-action") and not self.workflow_action_is_valid():
            return ("save", self.save_without_action)
        name, method = super().action_name_and_method
        if name == "save" and any(self.request.POST.get(action) for action in ACTIONS):
            return ("save", self.save_without_action)
        return (name, method)

    # If the review has ended, Wagtail 8.1 would reject the form; `save_without_action` saves it and shows the reason.
    workflow_action_unavailable = False

    @cached_property
    def is_cancelling_workflow(self):
        # If the last review has ended, Wagtail would cancel it as well.
        return bool(self.workflow_state and self.workflow_state.is_active and super().is_cancelling_workflow)

    def save_without_action(self) -> HttpResponse:
        """Save changes, and show why the page was not published, submitted or approved."""
        response = self.save_action() if self.has_content_changes else self.redirect_and_remain()
        show_refusal(self.request, self._reason())
        return response

    def _reason(self) -> PublicationRefusedError:
        post = self.request.POST
        if post.get("action-publish"):
            if not self.page_perms.has_permission("publish"):
                user: Any = self.request.user
                who = who_else(self.page, user.pk)
                return PublicationRefusedError(_("You may not publish here. Your draft is saved."), who)
            own = _("Someone else must publish what you wrote yourself. Your draft is saved.")
            return PublicationRefusedError(refusal_of_publication(self.page, self.request.user) or own)
        if post.get("action-submit"):
            return PublicationRefusedError(_("The page is in review already."))
        state = self.page.workflow_states.order_by("pk").last()
        if post.get("action-workflow-action") and state and state.status == WorkflowState.STATUS_IN_PROGRESS:
            is_reviewer = state.current_task_state.task.specific.user_can_access_editor(self.page, self.request.user)
            if not is_reviewer:
                return PublicationRefusedError(not_a_reviewer(self.page, self.request.user))
            if post.get("workflow-action-name") == "approve" and (
                reason := refusal_of_approval(self.page, self.request.user)
            ):
                return PublicationRefusedError(reason)
        return PublicationRefusedError(_("This review has already ended."))

    def publish_action(self) -> HttpResponse:
        if self.page.live and not self.has_content_changes and not self.real_page_record.has_unpublished_changes:
            show_refusal(self.request, PublicationRefusedError(_("This is published already.")))
            return self.redirect_and_remain()
        if keys := keys_in(self.request.POST.get("action-publish", "")):
            return self._act_together(Act.PUBLISH, keys)
        with publishing(self.page.pk):
            return self.run_or_show_refusal(super().publish_action)[1]

    def submit_action(self) -> HttpResponse:
        if keys := keys_in(self.request.POST.get("action-submit", "")):
            return self._act_together(Act.SUBMIT, keys)
        self._set_savepoint_before("resume")
        return self.run_and_show_reviewers(super().submit_action)

    def _act_together(self, act: Act, keys: list[int]) -> HttpResponse:
        self._save_form()
        if not act_together(self.request, self.page, act, keys):
            return self.redirect_and_remain()
        return self.run_hook("after_edit_page", self.request, self.page) or self.redirect_away()

    def restart_workflow_action(self) -> HttpResponse:
        self._set_savepoint_before("cancel")
        return self.run_and_show_reviewers(super().restart_workflow_action)

    def keep_draft(self) -> None:
        if self.savepoint:
            transaction.savepoint_rollback(self.savepoint)

    def add_save_confirmation_message(self) -> None:
        if self.is_reverting:
            super().add_save_confirmation_message()
        else:
            next_step.tell_saved(self.request, self.page)

    def _set_savepoint_before(self, method: str) -> None:
        """Set a savepoint when Wagtail calls this method of the review, because the next step may be refused."""
        state = self.workflow_state
        if state is not None:
            original = getattr(state, method)

            def with_savepoint(*args: Any, **kwargs: Any) -> Any:
                self.savepoint = transaction.savepoint_create()
                return original(*args, **kwargs)

            setattr(state, method, with_savepoint)

    def perform_workflow_action(self) -> HttpResponse:
        action, user = self.workflow_action, self.request.user
        if action == "approve" and self.is_out_of_date:
            show_refusal(self.request, StaleReviewError(self._compare_url_from_seen()))
            return self.save_conflict()
        self._save_form()
        state = self.page.workflow_states.active().select_related("current_task_state__task").first()
        try:
            # The savepoint is necessary because Wagtail's tasks finish the review before the publication can be
            # refused.
            with transaction.atomic():
                state.current_task_state.task.specific.on_action(
                    state.current_task_state.specific, user, action, comment=self._comment()
                )
        except ConfirmationNeededError as needed:
            store_approval(self.request, state.current_task_state, "", self._comment())
            return redirect(needed.url)
        except PublicationRefusedError as refusal:
            show_refusal(self.request, refusal, is_above_list=True)
            return self.redirect_and_remain()
        if action == "approve":
            next_step.tell_approved(self.request, self.page)
        else:
            next_step.tell_sent_back(self.request, self.page)
        response = self.run_hook("after_edit_page", self.request, self.page)
        return response or self.redirect_away()

    def _provisional_title(self) -> str:
        draft = self.page.get_latest_revision_as_object()
        return str(draft.title)

    def get_side_panels(self) -> MediaContainer:
        panels = super().get_side_panels()
        if self.expects_json_response or self.hydrate_create_view:
            return panels
        return MediaContainer([*panels, GuestsSidePanel(self.page, self.request)])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        is_new = self.hydrate_create_view and type(self.page) in offered_types()
        return context | {"links_to_move": links_to_move(self.page, self.request.user) if is_new else None}

    def send_commenting_notifications(self, changes: dict[str, Any]) -> None:
        notify_of_comments(self.page, self.request.user, changes)

    def _save_form(self) -> None:
        self.page = self.form.save(commit=not self.page.live)
        self.subscription.save()
        if not self.has_content_changes and self.page.latest_revision_id:
            return
        revision = self.page.save_revision(
            user=self.request.user,
            log_action=True,
            previous_revision=self.previous_revision if self.is_reverting else None,
        )
        if "comments" in self.form.formsets:
            changes = self.get_commenting_changes()
            self.log_commenting_changes(changes, revision)
            self.send_commenting_notifications(changes)

    def _comment(self) -> str:
        try:
            data = json.loads(self.request.POST.get("workflow-action-extra-data") or "{}")
        except (ValueError, RecursionError):
            return ""
        comment = data.get("comment", "") if isinstance(data, dict) else ""
        return storable(comment) if isinstance(comment, str) else ""

    def _compare_url_from_seen(self) -> str:
        key = self.request.POST.get("loaded_revision_id") or ""
        seen = self.page.revisions.filter(pk=key).first() if key.isdecimal() else None
        return compare_url(self.page, seen or self.latest_revision, self.latest_revision)


class PortalRevertView(PortalEditView, RevisionsRevertView):
    """Saves an older version again, under the same rules as any edit."""


class PortalCreateView(
    ConfirmsSaved, ShowsRefusals, SavesWithoutTitle, SavesValidPart, ChecklistContext, EditingWindowMixin, CreateView
):
    """Saves the draft even if the page cannot be submitted or published."""

    makes_pages = True

    def dispatch(self, request: HttpRequest, *args: Any, parent_page_id: int, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return super().dispatch(request, *args, parent_page_id=parent_page_id, **kwargs)
        # A double click creates only one page: the second request fails because the slug is taken.
        with transaction.atomic():
            lock_pages([parent_page_id])
            return super().dispatch(request, *args, parent_page_id=parent_page_id, **kwargs)

    def get_header_title(self) -> str:
        return _("New page: %(kind)s") % {"kind": self.get_page_subtitle()}

    def _provisional_title(self) -> str:
        form = self.form_class(
            self.request.POST,
            self.request.FILES,
            instance=self.page_class(owner=self.request.user, locale=self.page.locale),
            parent_page=self.parent_page,
            for_user=self.request.user,
        )
        return working_title(self.page_class, timezone.now()) if has_content(form) else ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cache_while_shown(self.page)
        cache_while_shown(self.parent_page)
        # The editor shows the section and the site's colours.
        self.page.begun_below = self.parent_page
        context: dict[str, Any] = super().get_context_data(**kwargs)
        # The drawer of the paper layout already shows the place.
        if self.page_class in offered_types() and not self.page_class.paper_fields:
            context["place"] = place_in_words(self.parent_page)
            context["other_places_url"] = f"{kind_url(self.page_class)}?choose"
        return context

    def publish_action(self) -> HttpResponse:
        return self.run_or_show_refusal(super().publish_action)[1]

    def submit_action(self) -> HttpResponse:
        return self.run_and_show_reviewers(super().submit_action)

    def keep_draft(self) -> None:
        self.subscription.page = self.page
        self.subscription.save()


class PortalWorkflowActionView(WorkflowActionView):
    """Approves or rejects from a list or an email. `seen` in the query string is the reviewed content hash."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        require_review_permission(request.user, self.object)
        try:
            if request.method == "POST":
                with transaction.atomic():
                    lock_pages([self.object.pk])
                    return super().dispatch(request, *args, **kwargs)
            return super().dispatch(request, *args, **kwargs)
        except ConfirmationNeededError as needed:
            store_approval(request, self.task_state, request.POST.get("seen", ""), request.POST.get("comment", ""))
            self.redirect_url = needed.url
            return self._redirect_back()
        except PublicationRefusedError as refusal:
            show_refusal(request, refusal)
            return self._redirect_back()

    def check_action(self) -> None:
        try:
            super().check_action()
        except PermissionDenied:
            page, user = self.object, self.request.user
            is_reviewer = self.task.user_can_access_editor(page, user)
            if not is_reviewer and NewsroomTester(user, page).has_permission("publish"):
                raise PublicationRefusedError(not_a_reviewer(page, user)) from None
            if self.action_name != "approve" or not is_reviewer:
                raise
            reason = refusal_of_approval(page, user)
            raise PublicationRefusedError(reason or _("This review has already ended.")) from None

    def _redirect_back(self) -> HttpResponse:
        if self.request.headers.get("x-requested-with") == "XMLHttpRequest":
            return self.render_modal_json(self.request, {"step": "success", "redirect": self.redirect_url})
        return redirect(self.redirect_url)

    def render_modal_form(self, request: HttpRequest, form: Any) -> HttpResponse:
        if not form.is_bound and self.object.latest_revision:
            form.initial["seen"] = request.GET.get("seen") or content_hash_of(self.object.latest_revision)
        return super().render_modal_form(request, form)

    def get_task_state(self) -> TaskState:
        state = super().get_task_state()
        if state.revision.object_id != str(self.object.pk):
            raise Http404
        return state

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if seen := request.GET.get("seen"):
            data = request.POST.copy()
            data.setdefault("seen", seen)
            request.POST = data  # type: ignore[assignment]
        return super().post(request, *args, **kwargs)


class PermittedPageViewSet(PageViewSet):
    """Views for pages that are not a `PortalPage`, such as the root."""

    index_view_class = PermittedExplorerView
    set_privacy_view_class = PortalPrivacyView

    def get_view_by_name(self, name: str) -> Any:
        view = super().get_view_by_name(name)
        return leads_to_trash(PAGE_GUARDS[name](view) if name in PAGE_GUARDS else view)

    def on_register(self) -> None:
        page_viewset_registry.register(Page, self, parent_models=(Page,))


class PortalPageViewSet(PermittedPageViewSet):
    """Views for all of the portal's page types."""

    add_view_class = PortalCreateView
    edit_view_class = PortalEditView
    revisions_revert_view_class = PortalRevertView
    revisions_compare_view_class = ReviewedComparison
    revisions_unschedule_view_class = CancelScheduleView
    workflow_action_view_class = PortalWorkflowActionView
    unpublish_view_class = PortalUnpublishView
    content_type_use_view_class = KindList

    def on_register(self) -> None:
        page_viewset_registry.register(PortalPage, self)
