"""What happens in a workflow, passed on to those whom it concerns; connected in `apps`.

Most take the place of one of Wagtail's own notifiers, which would send within the request and lose what the mail
server does not take.
"""

from collections.abc import Iterable
from typing import Any

from wagtail.log_actions import get_active_log_context
from wagtail.models import Page, Revision, TaskState, WorkflowState

from portal.editorial.approval.permissions import is_bound
from portal.editorial.mails.writing import EDIT, READ, REVIEW, compare_link, edit_link, enqueue_about_page, review_link
from portal.editorial.models import Review
from portal.editorial.people import name_of


def step_begun(sender: type, instance: TaskState, user: Any = None, **kwargs: Any) -> None:
    """A page waits for a review: tell those who can give it."""
    page = page_of(instance.workflow_state)
    requested_by = instance.workflow_state.requested_by
    earlier = instance.workflow_state.task_states.exclude(pk=instance.pk).order_by("pk")
    passed = earlier.filter(status=TaskState.STATUS_APPROVED, revision=instance.revision).last()
    answered = earlier.filter(status__in=[TaskState.STATUS_APPROVED, TaskState.STATUS_REJECTED])
    before = answered.exclude(revision=instance.revision).select_related("revision").last()
    enqueue_about_page(
        "review_wanted",
        page,
        reviewers_of(instance, page),
        actor=user,
        preference="submitted",
        link=review_link(instance, instance.revision),
        link_label=REVIEW,
        compare=compare_link(page, instance.revision, before.revision if before else None),
        who=name_of(requested_by),
        passed_by=name_of(passed.finished_by) if passed else "",
        comment=passed.comment if passed else "",
        again=bool(before),
    )


def reviewers_of(state: TaskState, page: Page) -> Iterable[Any]:
    """Those who can approve the present step: not who wrote what is to be approved."""
    task = state.task.specific
    if not isinstance(task, Review):
        return []
    return [person for person in task.people_for(page) if not is_bound(page, person)]


def review_passed(sender: type, instance: WorkflowState, user: Any = None, **kwargs: Any) -> None:
    """A page was approved to the end: tell who wrote it and who asked."""
    state = instance.current_task_state
    _tell_of_publication(page_of(instance), state.revision, user, instance.requested_by, state.comment)


def published_directly(sender: type, instance: Page, revision: Revision, **kwargs: Any) -> None:
    """Somebody published what somebody else wrote, without a workflow; an alias or a schedule tells nobody."""
    user = getattr(get_active_log_context(), "user", None)
    if user is None or revision is None or kwargs.get("alias"):
        return
    reviews = WorkflowState.objects.for_instance(instance)
    if (
        reviews.active().exists()
        or reviews.filter(status=WorkflowState.STATUS_APPROVED, current_task_state__revision=revision).exists()
    ):
        return
    _tell_of_publication(Page.objects.get(pk=instance.pk), revision, user, None, "")


def _tell_of_publication(page: Page, revision: Revision, actor: Any, requested_by: Any, comment: str) -> None:
    revision = Revision.objects.select_related("user").get(pk=revision.pk)
    enqueue_about_page(
        "published",
        page,
        [requested_by, revision.user],
        actor=actor,
        preference="approved",
        link=(page.full_url or edit_link(page)) if page.live else edit_link(page),
        link_label=READ if page.live else EDIT,
        scheduled=revision.approved_go_live_at,
        who=name_of(actor),
        comment=comment,
    )


def sent_back(sender: type, instance: WorkflowState, user: Any = None, **kwargs: Any) -> None:
    """A reviewer wants changes: tell who asked and who wrote."""
    state = TaskState.objects.select_related("revision__user").get(pk=instance.current_task_state_id)
    page = page_of(instance)
    enqueue_about_page(
        "sent_back",
        page,
        [instance.requested_by, state.revision.user],
        actor=user,
        preference="rejected",
        link=edit_link(page),
        link_label=EDIT,
        compare=compare_link(page, state.revision),
        who=name_of(user),
        comment=state.comment,
    )


def review_ended(sender: type, instance: WorkflowState, user: Any = None, **kwargs: Any) -> None:
    """A review was withdrawn, or ended because somebody published the page past it."""
    page = page_of(instance)
    state = TaskState.objects.select_related("revision__user").get(pk=instance.current_task_state_id)
    latest = page.latest_revision
    was_published = page.last_published_at and page.last_published_at >= instance.created_at
    if was_published or (latest and latest.approved_go_live_at):
        _tell_of_publication(page, latest or state.revision, user, instance.requested_by, "")
        return
    # Who was waiting for it; a page that had been sent back waited for nobody.
    asked = reviewers_of(state, page) if state.status == TaskState.STATUS_CANCELLED else []
    enqueue_about_page(
        "withdrawn",
        page,
        [instance.requested_by, state.revision.user, *asked],
        actor=user,
        preference="submitted",
        link=edit_link(page),
        link_label=EDIT,
        who=name_of(user),
    )


def page_of(state: WorkflowState) -> Page:
    """The page as the database has it now: signals carry older copies."""
    return Page.objects.select_related("latest_revision").get(pk=state.object_id).specific


def nobody_is_told(**kwargs: Any) -> None:
    """A workflow began: its first step tells its reviewers."""
