"""Builders for drafts and their reviews: written, submitted, approved or rejected."""

from typing import Any

from django.utils import timezone
from wagtail.models import Page, TaskState

from articles.models import ArticlePage
from tests.builders import SampleSite, unsaved


def draft(
    ground: SampleSite, author: Any, title: str = "Une usine", parent: Page | None = None, **facts: Any
) -> ArticlePage:
    """Create a complete draft that was never published."""
    parent = parent or ground.section
    state = {"owner": author, "live": False, "has_unpublished_changes": True}
    # Wagtail derives the slug from the title.
    page = unsaved(ArticlePage, parent, title, **{"slug": "", **state, **facts})
    parent.add_child(instance=page)
    page.save_revision(user=author)
    return ArticlePage.objects.get(pk=page.pk)


def rewrite(page: Page, author: Any, **facts: Any) -> Page:
    page = page.get_latest_revision_as_object()
    for name, value in facts.items():
        setattr(page, name, value)
    page.save_revision(user=author)
    return type(page).objects.get(pk=page.pk)


def submit(page: Page, author: Any) -> TaskState:
    """Submit a draft, or resubmit a rejected one; return the step in progress."""
    page = type(page).objects.get(pk=page.pk)
    state = page.current_workflow_state
    if state and state.status == state.STATUS_NEEDS_CHANGES:
        state.resume(author)
    else:
        page.get_workflow().start(page, author)
    return step_of(page)


def step_of(page: Page) -> TaskState:
    return type(page).objects.get(pk=page.pk).workflow_states.order_by("pk").last().current_task_state


def answer(state: TaskState, user: Any, action: str = "approve", comment: str = "") -> None:
    state.task.specific.on_action(state, user, action, comment=comment)


def backdate(state: TaskState, **since: Any) -> None:
    """Move the start of a step into the past, for example with `days=3`."""
    TaskState.objects.filter(pk=state.pk).update(started_at=timezone.now() - timezone.timedelta(**since))
