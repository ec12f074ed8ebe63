"""A page's next step in the editor: the primary button, the reviewers, and the messages afterwards."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy
from wagtail.admin import messages
from wagtail.admin.action_menu import ActionMenuItem, SubmitForModerationMenuItem
from wagtail.models import Page, Task, TaskState, Workflow, WorkflowState

from portal.accounts.names import names_of
from portal.content.pages.pages import PortalPage
from portal.editorial.approval.confirmation import needed_confirmation
from portal.editorial.approval.permissions import is_barred_as_author
from portal.formats.words import date_and_time

# The relations from Wagtail's `Task` to the newsroom's tasks.
OWN_TASKS = ("foureyestask", "sectionreviewtask")


def _is_sent_back(state: WorkflowState | None) -> bool:
    return state is not None and state.status == WorkflowState.STATUS_NEEDS_CHANGES


def _sending_label(is_sent_back: bool) -> str:
    return _("Send for review again") if is_sent_back else _("Send for review")


class SendForReviewItem(SubmitForModerationMenuItem):
    label = gettext_lazy("Send for review")

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(parent_context)
        page = context.get("page")
        return context | {"label": _sending_label(_is_sent_back(page.current_workflow_state if page else None))}


def order_actions(items: list[ActionMenuItem], request: HttpRequest, context: dict[str, Any]) -> None:
    """Hook: put the next action first. A reviewer approves; an author submits for review."""
    items[:] = [SendForReviewItem(item.order) if type(item) is SubmitForModerationMenuItem else item for item in items]
    if context["view"] == "revisions_revert":
        return
    page = context.get("page")
    confirmation = needed_confirmation(page) if page is not None and page.pk else None
    for place, item in enumerate(items) if confirmation else ():
        if item.name in ("approve", "action-publish"):
            # A copy, because Wagtail shares one object between all pages.
            items[place] = copy(item)
            items[place].label = confirmation.label  # type: ignore[union-attr]
    # Wagtail's names of the form's actions.
    for name in ("approve", "action-submit"):
        first = next((item for item in items if item.name == name), None)
        if first is not None:
            items.remove(first)
            items.insert(0, first)
            return


@dataclass(frozen=True)
class NextStep:
    """`people` review the page now, or will after `button`; `remark` is the review step that rejected it."""

    people: list[Any]
    is_in_review: bool
    remark: TaskState | None
    button: str

    @property
    def names(self) -> str:
        return names_of(self.people)


def next_step_of(page: PortalPage, parent: Page | None = None) -> NextStep:
    """The next step of a page. An unsaved page needs its `parent`."""
    state = page.current_workflow_state if page.pk else None
    step = state.current_task_state if state else None
    is_in_review = state is not None and state.status == WorkflowState.STATUS_IN_PROGRESS
    if is_in_review and step is not None:
        tasks = [step.task.specific]
    else:
        workflow = (page if page.pk else parent or page).get_workflow()
        tasks = _tasks(workflow) if workflow else []
    is_sent_back = _is_sent_back(state)
    people = _people(tasks, page if page.pk else parent)
    return NextStep(people, is_in_review, step if is_sent_back else None, _sending_label(is_sent_back))


def _tasks(workflow: Workflow) -> list[Any]:
    """A workflow's specific tasks. Wagtail's `specific` needs a query per task."""
    return [_specific(task) for task in workflow.tasks.select_related(*OWN_TASKS)]


def _specific(task: Task) -> Any:
    return next((getattr(task, own) for own in OWN_TASKS if hasattr(task, own)), None) or task.specific


def _people(tasks: list[Any], page: Page | None) -> list[Any]:
    """The reviewers of the first task that has any."""
    for task in tasks:
        find: Callable[[Page | None], Any] | None = getattr(task, "people_for", None)
        people = [person for person in find(page) if not _is_barred(page, person)] if find else []
        if people:
            return people
    return []


def _is_barred(page: Page | None, person: Any) -> bool:
    return isinstance(page, PortalPage) and is_barred_as_author(page, person)


def tell_saved(request: HttpRequest, page: PortalPage) -> None:
    values = {"title": page.get_admin_display_title()}
    if page.live:
        text = _("Your changes to “%(title)s” are saved as a draft. Readers still see the published version.")
    else:
        text = _("“%(title)s” is saved as a draft, which only the newsroom sees.")
    messages.success(request, f"{text % values} {_planned(page, request.user)}".rstrip())


def _planned(page: PortalPage, user: Any) -> str:
    """The time of a draft, and what must happen before it counts; empty without one."""
    at = page.get_latest_revision_as_object().go_live_at
    if at is None or at <= timezone.now():
        return ""
    values = {"when": date_and_time(localtime(at)), "button": _("Schedule to publish")}
    if page.workflow_in_progress:
        return _("Planned for %(when)s, if it is approved by then.") % values
    if page.permissions_for_user(user).can_publish():
        return _("Planned for %(when)s, once you choose “%(button)s”.") % values
    return _("Planned for %(when)s, if it is sent for review and approved by then.") % values


def tell_sent(request: HttpRequest, page: PortalPage, buttons: list[Any]) -> None:
    """Replace Wagtail's last message with one that names the reviewers and says when readers will see the page."""
    *earlier, _wagtails = get_messages(request)
    for each in earlier:
        messages.messages.add_message(request, each.level, each.message, extra_tags=each.extra_tags)
    messages.success(request, sent_text(page), buttons=buttons)


def sent_text(page: PortalPage) -> str:
    step = next_step_of(page)
    values = {"title": page.get_admin_display_title(), "names": step.names}
    sent = _("“%(title)s” is with %(names)s for review.") if step.people else _("“%(title)s” is sent for review.")
    return f"{sent % values} {_when(page)}"


def _when(page: PortalPage) -> str:
    draft = page.get_latest_revision_as_object()
    planned = draft.go_live_at or getattr(draft, "embargo_until", None)
    is_mailed = page.is_mailed_when_published and page.first_published_at is None
    if planned and planned > timezone.now():
        when = {"when": date_and_time(localtime(planned))}
        if is_mailed:
            return _("It is mailed to its subscribers on %(when)s, if it is approved by then.") % when
        return _("Readers see it on %(when)s, if it is approved by then.") % when
    if is_mailed:
        return _("It is mailed to its subscribers once it is approved.")
    return _("Readers see it once it is approved.")


def tell_approved(request: HttpRequest, page: PortalPage) -> None:
    page.refresh_from_db()
    values = {"title": page.get_admin_display_title()}
    scheduled = page.scheduled_revision
    if scheduled:
        when = date_and_time(localtime(scheduled.approved_go_live_at))
        text = _("“%(title)s” is approved. Readers will see it from %(when)s.") % {**values, "when": when}
        messages.success(request, text)
    elif page.live and not page.has_unpublished_changes:
        buttons = [messages.button(page.url, _("See it published"))] if page.url else []
        messages.success(request, _("“%(title)s” is published: readers see it now.") % values, buttons=buttons)
    else:
        messages.success(request, _("“%(title)s” is approved, and goes to the next reviewer.") % values)


def tell_sent_back(request: HttpRequest, page: PortalPage) -> None:
    text = _("“%(title)s” goes back to its author with your remark.")
    messages.success(request, text % {"title": page.get_admin_display_title()})
