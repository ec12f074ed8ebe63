"""Views for reviewers: the page that emails link to, and the bulk approval of pages."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction
from wagtail.models import Page, TaskState, WorkflowState

from portal.content.pages.pages import PortalPage
from portal.content.publication import PublicationRefusedError, lock_pages
from portal.content.visibility import is_in_trash
from portal.editorial.approval import next_step
from portal.editorial.approval.checklist import in_lines
from portal.editorial.approval.completeness import may_waive, missing_findings
from portal.editorial.approval.confirmation import ConfirmationNeededError, needed_confirmation, store_approval
from portal.editorial.approval.permissions import (
    NewsroomTester,
    is_barred_as_author,
    lock_against,
    not_a_reviewer,
    reason_against_approving,
)
from portal.editorial.approval.refusals import show_refusal
from portal.editorial.approval.review import StaleReviewError, compare_url, content_hash_of
from portal.editorial.mails.page_mails import place_of, planned
from portal.editorial.mails.requesters import requester_of
from portal.editorial.models import Review
from portal.editorial.schedule.approving import APPROVE_FOR_TIME, ApprovalTimeForm, approve_for, time_form
from portal.editorial.translations.side_by_side.reading import reading_of
from portal.editorial.translations.together import Act, keys_in, run, together_of
from portal.editorial.work_area import WorkArea
from portal.overrides.editor.comparison import PortalCompareView

COMMENT_KEY = "comment_of_refused_answer"


class ReviewAnswerForm(forms.Form):
    comment = forms.CharField(
        label=gettext_lazy("Your comment (needed to send it back)"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The author gets it with your answer."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "reject" in self.data and not cleaned.get("comment", "").strip():
            self.add_error("comment", _("Say what to change."))
            self.fields["comment"].widget.attrs["autofocus"] = True
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
def review_answer_view(request: HttpRequest, state_pk: int) -> HttpResponse:
    """Show one review step and process its form. Return 403 to people who do not review it, and 404 on other sites.

    People who may publish the page but do not review it see who can approve it.
    """
    state = get_object_or_404(
        TaskState.objects.select_related(
            "workflow_state__current_task_state", "workflow_state__requested_by", "revision"
        ),
        pk=state_pk,
    )
    page = _page_of(state)
    task = state.task.specific
    is_reviewer = isinstance(task, Review) and task.is_reviewer(page, request.user)
    if not is_reviewer and not WorkArea.of(request.user).covers(page):
        raise Http404
    if not isinstance(task, Review):
        return redirect("wagtailadmin_pages:edit", page.pk)
    if not is_reviewer:
        if not NewsroomTester(request.user, page).has_permission("publish"):
            raise PermissionDenied
        show_refusal(request, PublicationRefusedError(not_a_reviewer(page, request.user)))
        return redirect("wagtailadmin_pages:edit", page.pk)
    time = None
    if request.method == "POST":
        form = ReviewAnswerForm(request.POST)
        if APPROVE_FOR_TIME in request.POST:
            if not isinstance(page, PortalPage):
                raise PermissionDenied
            time = time_form(page, request.user, request.POST)
        if form.is_valid() and (time is None or time.is_valid()):
            return _apply_answer(request, page, state, form.cleaned_data, time.cleaned_data["at"] if time else None)
    else:
        if redirection := _redirect_to_current_step(request, page, state):
            return redirection
        form = _new_form(request, state, content_hash_of(page.latest_revision))
        seen = request.GET.get("seen")
        is_waiting = state.status == TaskState.STATUS_IN_PROGRESS
        if is_waiting and seen and seen != content_hash_of(page.latest_revision):
            messages.warning(request, _("The page has changed since the mail was sent. This is the current text."))
    context = _context(request, page, state, form)
    if isinstance(page, PortalPage):
        stored = _stored_answer(request, state).get("at")
        new = ApprovalTimeForm(
            initial={"at": stored or planned(page).start}, draft=page.get_latest_revision_as_object()
        )
        context |= {"time_form": time or new, "is_time_open": time or stored}
    return render(request, "editorial/answer.html", context)


def _page_of(state: TaskState) -> Page:
    page = Page.objects.filter(pk=state.workflow_state.object_id).select_related("latest_revision").first()
    if page is None or is_in_trash(page):
        raise Http404
    return page.specific


def _redirect_to_current_step(request: HttpRequest, page: Page, state: TaskState) -> HttpResponse | None:
    """Redirect from a replaced step to the current one, if this person reviews that one too."""
    if state.status == TaskState.STATUS_IN_PROGRESS:
        return None
    review: WorkflowState = state.workflow_state
    if state.status == TaskState.STATUS_CANCELLED and review.status == WorkflowState.STATUS_IN_PROGRESS:
        current = review.current_task_state
        if current and current.task.specific.user_can_access_editor(page, request.user):
            return redirect("editorial:answer", current.pk)
    return None


def _apply_answer(
    request: HttpRequest, page: Page, state: TaskState, data: dict[str, Any], at: datetime | None
) -> HttpResponse:
    """Approve, for the time `at` if there is one, or send back."""
    action, comment = "reject" if "reject" in request.POST else "approve", data["comment"].strip()
    keys = keys_in(request.POST.get(APPROVE_FOR_TIME if at else "approve", "")) if action == "approve" else []

    def answer() -> list[Any]:
        if keys:
            seen = {page.pk: data["seen"], **{key: request.POST.get(f"seen-{key}", "") for key in keys}}
            return run(Act.APPROVE, page, keys, request.user, seen=seen, comment=comment)
        state.task.specific.on_action(state, request.user, action, seen=data["seen"], comment=comment)
        return [page]

    try:
        approved = approve_for(at, [page.pk, *keys], answer) if at and action == "approve" else answer()
    except StaleReviewError as refusal:
        show_refusal(request, refusal)
        _store_answer(request, state, data["comment"])
        current = TaskState.objects.get(pk=state.pk).workflow_state.current_task_state
        return redirect("editorial:answer", current.pk if current else state.pk)
    except ConfirmationNeededError as needed:
        store_approval(request, state, data["seen"], comment)
        return redirect(needed.url)
    except PublicationRefusedError as refusal:
        show_refusal(request, refusal)
        _store_answer(request, state, data["comment"])
        return redirect("editorial:answer", state.pk)
    request.session.pop(COMMENT_KEY, None)
    if action == "approve":
        for each in approved:
            next_step.tell_approved(request, each)
    else:
        next_step.tell_sent_back(request, page)
    return redirect("wagtailadmin_home")


def _store_answer(request: HttpRequest, state: TaskState, comment: str) -> None:
    """Store the comment and the time of a refused answer in the session, for the next form of the same review."""
    at = request.POST.get("at", "") if APPROVE_FOR_TIME in request.POST else ""
    if comment.strip() or at:
        request.session[COMMENT_KEY] = {"review": state.workflow_state_id, "comment": comment, "at": at[:100]}


def _stored_answer(request: HttpRequest, state: TaskState) -> dict[str, Any]:
    stored = request.session.get(COMMENT_KEY, {})
    return stored if stored.get("review") == state.workflow_state_id else {}


def _new_form(request: HttpRequest, state: TaskState, seen: str) -> ReviewAnswerForm:
    return ReviewAnswerForm(initial={"seen": seen, "comment": _stored_answer(request, state).get("comment", "")})


def _answer_context(page: Page, draft: Page, state: TaskState, user: Any, form: ReviewAnswerForm) -> dict[str, Any]:
    """The context of `editorial/answer_form.html`."""
    missing = missing_findings(draft, timezone.now()) if isinstance(draft, PortalPage) else []
    together = together_of(page, user, Act.APPROVE)
    confirmation = needed_confirmation(draft)
    approve, for_time = confirmation.label if confirmation else _("Approve"), _("Approve for this time")
    return {
        "state": state,
        "form": form,
        "together": together,
        "approve": together.label_alone(approve) if together else approve,
        "approve_together": together.label(approve) if together and together.ready and not confirmation else "",
        "approve_for_time": together.label_alone(for_time) if together else for_time,
        "approve_together_for_time": together.label(for_time) if together and together.ready else "",
        "against_approving": lock_against(page, user) or reason_against_approving(page, user),
        "confirmation": confirmation,
        # Imported events may be incomplete, which is shown before anybody tries to approve them.
        "missing": in_lines(missing),
        "waive_url": reverse("checklist", args=[page.pk]) if missing and may_waive(draft, user) else "",
    }


class ReviewedComparison(PortalCompareView):
    """Shows the form of `review_answer_view` to reviewers.

    If the comparison does not show everything that would be approved, it links to the review page instead.
    """

    template_name = "editorial/compare.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page, latest = self.object, self.object.latest_revision
        # This is read before the text, so that a change in between counts as not reviewed.
        seen = content_hash_of(latest) if latest else ""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        state = _step_to_review(page, self.request.user)
        if state and not self._shows_all(state):
            context["review"] = reverse("editorial:answer", args=[state.pk])
        elif state:
            form = _new_form(self.request, state, seen)
            context["answer"] = _answer_context(page, context["revision_b"], state, self.request.user, form)
        return context

    def _shows_all(self, state: TaskState) -> bool:
        """Whether the comparison covers all changes since the last publication, review action or first draft."""
        page: Page = self.object
        latest = str(page.latest_revision_id)
        bases = {str(page.live_revision_id), "live"} if page.live else set()
        first = page.revisions.order_by("created_at", "pk").first()
        bases |= {str(first.pk), "earliest"} if first and str(first.pk) != latest else set()
        if earlier := _answered_before(page, state):
            bases.add(str(earlier.revision_id))
        return self.revision_id_b in ("latest", latest) and self.revision_id_a in bases - {latest}


def _answered(state: TaskState) -> QuerySet[TaskState]:
    """The other answered steps of a review."""
    answers = [TaskState.STATUS_APPROVED, TaskState.STATUS_REJECTED]
    found: QuerySet[TaskState] = state.workflow_state.task_states.exclude(pk=state.pk).filter(status__in=answers)
    return found


def _answered_before(page: Page, state: TaskState) -> TaskState | None:
    """The last review action on an earlier version."""
    earlier = _answered(state).exclude(revision=page.latest_revision_id)
    return earlier.select_related("revision").order_by("pk").last()


def _context(request: HttpRequest, page: Page, state: TaskState, form: ReviewAnswerForm) -> dict[str, Any]:
    latest, draft = page.latest_revision, page.get_latest_revision_as_object()
    earlier = _answered_before(page, state)
    has_comparison = earlier or page.live
    return {
        "page_title": page.draft_title,
        "page": page,
        "place": place_of(page, page.get_site()),
        "is_waiting": state.status == TaskState.STATUS_IN_PROGRESS,
        "requested_by": requester_of(page, state.workflow_state),
        "planned": planned(page),
        "answers": _answered(state).select_related("finished_by").order_by("pk"),
        "reading": reading_of(page, earlier.revision if earlier else page.live_revision),
        "compare": compare_url(page, earlier.revision if earlier else latest, latest) if has_comparison else "",
        "preview": reverse("wagtailadmin_pages:revisions_view", args=[page.pk, latest.pk]),
        "can_edit": page.permissions_for_user(request.user).can_edit(),
    } | _answer_context(page, draft, state, request.user, form)


class ApproveBulkAction(PageBulkAction):
    """Approves several pages under the usual rules. A refused page gets a message and does not stop the others."""

    display_name = gettext_lazy("Approve")
    action_type = "approve"
    aria_label = gettext_lazy("Approve the selected pages")
    template_name = "editorial/approve_several.html"
    action_priority = 5
    form_class = forms.Form

    def check_perm(self, page: Page) -> bool:
        return _step_for(page, self.request.user) is not None

    def object_context(self, page: Page) -> dict[str, Any]:
        context: dict[str, Any] = super().object_context(page)
        draft, latest = page.get_latest_revision_as_object(), page.latest_revision
        missing = missing_findings(draft, timezone.now()) if isinstance(draft, PortalPage) else []
        return context | {
            "url": reverse("editorial:answer", args=[page.current_workflow_task_state.pk]),
            "seen": content_hash_of(latest),
            "planned": planned(page.specific),
            "missing": in_lines(missing),
        }

    def get_execution_context(self) -> dict[str, Any]:
        return {"request": self.request}

    @classmethod
    def execute_action(cls, objects: Iterable[Page], request: Any = None, **kwargs: Any) -> tuple[int, int]:
        pages = list(objects)
        lock_pages(page.pk for page in pages)
        approved = [page for page in pages if _approve(request, page)]
        if approved:
            titles = ", ".join(f"“{page.get_admin_display_title()}”" for page in approved)
            text = ngettext(
                "%(count)s page is approved: %(titles)s", "%(count)s pages are approved: %(titles)s", len(approved)
            )
            messages.success(request, text % {"count": len(approved), "titles": titles})
        return len(approved), 0


def _step_to_review(page: Page, user: Any) -> TaskState | None:
    """The step in progress, if this person reviews it."""
    state = page.current_workflow_task_state
    task = state.task.specific if state and state.status == TaskState.STATUS_IN_PROGRESS else None
    return state if isinstance(task, Review) and task.is_reviewer(page, user) else None


def _step_for(page: Page, user: Any) -> TaskState | None:
    """The step in progress, if this person may approve it."""
    state = _step_to_review(page, user)
    return state if state and not (lock_against(page, user) or is_barred_as_author(page, user)) else None


def _approve(request: HttpRequest, page: Page) -> bool:
    """Approve a page. If that is refused, show the reason and return False."""
    state = _step_for(page, request.user)
    seen = request.POST.get(f"seen-{page.pk}", "")
    try:
        if state is None:
            raise PublicationRefusedError(_("This review has already ended."))
        if not seen:
            raise StaleReviewError(compare_url(page, state.revision, page.latest_revision))
        with transaction.atomic():
            state.task.specific.on_action(state, request.user, "approve", seen=seen)
    except PublicationRefusedError as refusal:
        show_refusal(request, refusal, about=page)
        return False
    return True
