"""Receivers of workflow signals that enqueue emails; connected by `signal_connections`.

Most of them replace Wagtail's notifiers. Those send emails within the request, and lose emails that the server refuses.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.functional import lazy
from wagtail.log_actions import get_active_log_context
from wagtail.models import Page, PageLogEntry, Revision, TaskState, WorkflowState

from portal.accounts.names import name_of
from portal.editorial.approval.permissions import is_barred_as_author
from portal.editorial.mails.page_mails import (
    EDIT,
    READ,
    REVIEW,
    compare_link,
    edit_link,
    enqueue_about_page,
    review_link,
)
from portal.editorial.mails.requesters import requester_name, requester_now
from portal.editorial.mails.withheld import PublicationMail, is_mail_withheld, is_publication_mail_withheld
from portal.editorial.models import Review
from portal.editorial.people import recipients


def notify_of_task(sender: type, instance: TaskState, user: Any = None, **kwargs: Any) -> None:
    """Email the reviewers of a step that has begun."""
    if not is_mail_withheld(instance):
        page = page_of(instance.workflow_state)
        _notify_of_step(instance, page, reviewers_of(instance, page), user)


def notify_of_steps_together(steps: Sequence[TaskState], user: Any) -> None:
    """Email the reviewers of the same step of several pages: one email per person about the pages that they review.

    It links to the first of these pages.
    """
    pages = {step: page_of(step.workflow_state) for step in steps}
    own: dict[Any, list[TaskState]] = {}
    for step, page in pages.items():
        for person in recipients(reviewers_of(step, page), page, user, "submitted"):
            own.setdefault(person, []).append(step)
    for first, *others in dict.fromkeys(tuple(each) for each in own.values()):
        people = [person for person, found in own.items() if found == [first, *others]]
        versions = [(pages[step], review_link(step, step.revision)) for step in others]
        _notify_of_step(first, pages[first], people, user, versions)


def _notify_of_step(
    step: TaskState, page: Page, people: Iterable[Any], user: Any, versions: Sequence[tuple[Page, str]] = ()
) -> None:
    """Send the email about a page. `versions` are other pages of the review, with the URLs of their own reviews."""
    pages = [page, *(other for other, _link in versions)]
    requested_by = step.workflow_state.requested_by
    earlier = step.workflow_state.task_states.exclude(pk=step.pk).order_by("pk")
    passed = earlier.filter(status=TaskState.STATUS_APPROVED, revision=step.revision).last()
    reviewed = earlier.filter(status__in=[TaskState.STATUS_APPROVED, TaskState.STATUS_REJECTED])
    reviewed_before = reviewed.exclude(revision=step.revision).select_related("revision").last()
    enqueue_about_page(
        "review_wanted",
        page,
        people,
        actor=user,
        preference="submitted",
        link=review_link(step, step.revision),
        link_label=REVIEW,
        compare=compare_link(page, step.revision, reviewed_before.revision if reviewed_before else None),
        who=requester_name(
            page, user if reviewed_before and not passed else requested_by, has_submitted=user is not None
        ),
        passed_by=name_of(passed.finished_by) if passed else "",
        comment=passed.comment if passed else "",
        again=bool(reviewed_before),
        versions=versions,
        languages=_names_in_mail(pages if versions else []),
    )


def _names_of_languages(pages: Iterable[Page]) -> str:
    return ", ".join(page.locale.get_display_name() for page in pages)


# Each mail has them in its own language.
_names_in_mail = lazy(_names_of_languages, str)


def reviewers_of(state: TaskState, page: Page) -> Iterable[Any]:
    """The people who can approve this step: its reviewers except the text's authors."""
    task = state.task.specific
    if not isinstance(task, Review):
        return []
    return [person for person in task.people_for(page) if not is_barred_as_author(page, person)]


def notify_of_approval(sender: type, instance: WorkflowState, user: Any = None, **kwargs: Any) -> None:
    """Notify the author and the requester that the last step was approved."""
    state = instance.current_task_state
    page = page_of(instance)
    _notify_of_publication(page, state.revision, user, requester_now(page, instance), state.comment)


def notify_of_direct_publication(sender: type, instance: Page, revision: Revision, **kwargs: Any) -> None:
    """Notify the author that somebody else published the page without a workflow; not for aliases and schedules."""
    user = getattr(get_active_log_context(), "user", None)
    if user is None or revision is None or kwargs.get("alias"):
        return
    reviews = WorkflowState.objects.for_instance(instance)
    was_approved = reviews.filter(status=WorkflowState.STATUS_APPROVED, current_task_state__revision=revision)
    # The email about the approval named a later time.
    was_cancelled = PageLogEntry.objects.filter(page=instance.pk, revision=revision, action="wagtail.schedule.cancel")
    if reviews.active().exists() or (was_approved.exists() and not was_cancelled.exists()):
        return
    _notify_of_publication(instance, revision, user, None, "")


def _notify_of_publication(page: Page, revision: Revision, actor: Any, requested_by: Any, comment: str) -> None:
    if {requested_by and requested_by.pk, revision.user_id} <= {None, actor and actor.pk}:
        # Nobody gets an email about their own publication.
        return
    publication = PublicationMail(page, revision, actor, requested_by, comment)
    if not is_publication_mail_withheld(publication):
        notify_of_publications([publication])


def notify_of_publications(publications: Sequence[PublicationMail]) -> None:
    """Notify the authors and the requesters: one email per person about all pages with the same time.

    It links to the first of these pages.
    """
    own: dict[tuple[Any, datetime | None], list[PublicationMail]] = {}
    for each in publications:
        revision = Revision.objects.select_related("user").get(pk=each.revision.pk)
        for person in recipients([each.requested_by, revision.user], each.page, each.actor, "approved"):
            own.setdefault((person, revision.approved_go_live_at), []).append(each)
    for scheduled, found in dict.fromkeys((at, tuple(each)) for (_person, at), each in own.items()):
        people = [person for (person, at), each in own.items() if at == scheduled and each == [*found]]
        _notify_of_publication_together(found, people, scheduled)


def _notify_of_publication_together(
    publications: Sequence[PublicationMail], people: Iterable[Any], scheduled: datetime | None
) -> None:
    first, *others = publications
    enqueue_about_page(
        "published",
        first.page,
        people,
        actor=first.actor,
        preference="approved",
        link=_published_link(first.page),
        link_label=READ if first.page.live else EDIT,
        scheduled=scheduled,
        who=name_of(first.actor),
        comment=first.comment,
        versions=[(other.page, _published_link(other.page)) for other in others],
        languages=_names_in_mail([each.page for each in publications] if others else []),
    )


def _published_link(page: Page) -> str:
    return (page.full_url if page.live else "") or edit_link(page)


def notify_of_cancelled_schedule(scheduled: Mapping[Page, int], at: datetime, user: Any) -> None:
    """Notify the authors and the requesters that somebody else cancelled the publication of these revisions.

    A person gets one email about all languages. It links to the first page.
    """
    own: dict[Any, list[Page]] = {}
    for page, key in scheduled.items():
        revision = Revision.objects.select_related("user").get(pk=key)
        reviews = WorkflowState.objects.for_instance(page).filter(current_task_state__revision=key)
        concerned = [revision.user, *(requester_now(page, review) for review in reviews)]
        for person in recipients(concerned, page, user, "approved"):
            own.setdefault(person, []).append(page)
    for pages in dict.fromkeys(tuple(each) for each in own.values()):
        enqueue_about_page(
            "schedule_cancelled",
            pages[0],
            [person for person, found in own.items() if found == [*pages]],
            actor=user,
            preference="approved",
            link=edit_link(pages[0]),
            link_label=EDIT,
            scheduled=at,
            who=name_of(user),
            languages=_names_in_mail(pages) if len(pages) > 1 else "",
        )


def notify_of_rejection(sender: type, instance: WorkflowState, user: Any = None, **kwargs: Any) -> None:
    """Notify the requester and the author that a reviewer has requested changes."""
    state = TaskState.objects.select_related("revision__user").get(pk=instance.current_task_state_id)
    page = page_of(instance)
    enqueue_about_page(
        "sent_back",
        page,
        [requester_now(page, instance), state.revision.user],
        actor=user,
        preference="rejected",
        link=edit_link(page),
        link_label=EDIT,
        compare=compare_link(page, state.revision),
        who=name_of(user),
        comment=state.comment,
    )


def notify_of_cancellation(sender: type, instance: WorkflowState, user: Any = None, **kwargs: Any) -> None:
    """Notify the people concerned that a review was cancelled, or ended by a direct publication."""
    page = page_of(instance)
    state = TaskState.objects.select_related("revision__user").get(pk=instance.current_task_state_id)
    latest = page.latest_revision
    was_published = page.last_published_at and page.last_published_at >= instance.created_at
    if was_published or (latest and latest.approved_go_live_at):
        _notify_of_publication(page, latest or state.revision, user, requester_now(page, instance), "")
        return
    # A rejected page was not waiting for a reviewer.
    reviewers = reviewers_of(state, page) if state.status == TaskState.STATUS_CANCELLED else []
    enqueue_about_page(
        "withdrawn",
        page,
        [requester_now(page, instance), state.revision.user, *reviewers],
        actor=user,
        preference="submitted",
        link=edit_link(page),
        link_label=EDIT,
        who=name_of(user),
    )


def page_of(state: WorkflowState) -> Page:
    """The current page from the database; the signal's object may be outdated."""
    return Page.objects.select_related("latest_revision").get(pk=state.object_id).specific


def ignore_submission(**kwargs: Any) -> None:
    """Send no email: `notify_of_task` writes to the reviewers of the first step."""
