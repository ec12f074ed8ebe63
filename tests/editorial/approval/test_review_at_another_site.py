"""A page in review that moves to another site is reviewed only by that site's newsroom."""

import pytest
from django.contrib.auth.models import Group
from wagtail.models import PageLogEntry, TaskState, WorkflowState

from portal.editorial.models import FourEyesTask, SectionReviewTask
from portal.editorial.roles import Role
from tests.builders import change, make_section, make_section_member
from tests.editorial.forms import act, submit
from tests.editorial.newsroom.test_mails import sent

pytestmark = pytest.mark.django_db


def move(page, to):
    page.move(to, pos="last-child")
    return type(page).objects.get(pk=page.pk)


def move_without_signal(page, to):
    """Move the page without ending its review."""
    state = page.current_workflow_task_state
    page = move(page, to)
    TaskState.objects.filter(pk=state.pk).update(status=TaskState.STATUS_IN_PROGRESS)
    WorkflowState.objects.filter(pk=state.workflow_state_id).update(status=WorkflowState.STATUS_IN_PROGRESS)
    return page, TaskState.objects.get(pk=state.pk)


def test_moving_to_another_site_ends_the_review(lorraine, saar, newsroom):
    page = move(submit(lorraine, newsroom[Role.EDITOR]), saar.sections["fr"])

    assert page.current_workflow_state is None
    assert PageLogEntry.objects.filter(page=page.pk, action="wagtail.workflow.cancel").count() == 1


def test_move_of_a_section_to_another_site_ends_the_reviews_below(lorraine, saar, newsroom):
    page = submit(lorraine, newsroom[Role.EDITOR])

    change(lorraine.section, slug="ailleurs").move(saar.home, pos="last-child")

    assert type(page).objects.get(pk=page.pk).current_workflow_state is None


def test_reviewers_are_notified_that_a_page_has_left(lorraine, saar, newsroom, newsrooms):
    page = submit(lorraine, newsroom[Role.EDITOR])
    sent()

    move(page, saar.sections["fr"])

    shown = sent()
    assert newsroom[Role.APPROVER].email in shown
    assert newsrooms.saar[Role.APPROVER].email not in shown


def test_move_within_a_site_keeps_the_review(lorraine, saar, newsroom):
    page = move(submit(lorraine, newsroom[Role.EDITOR]), make_section(lorraine.home, "À côté"))

    act(lorraine, newsroom[Role.APPROVER], page)

    page.refresh_from_db()
    assert page.live


@pytest.mark.parametrize("is_of_old_site", [True, False])
def test_approver_of_the_old_site_cannot_approve_on_the_new_one(lorraine, saar, newsroom, newsrooms, is_of_old_site):
    page, state = move_without_signal(submit(lorraine, newsroom[Role.EDITOR]), saar.sections["fr"])
    ground, person = (lorraine, newsroom[Role.APPROVER]) if is_of_old_site else (saar, newsrooms.saar[Role.APPROVER])

    act(ground, person, page, state=state)

    page.refresh_from_db()
    assert not page.live


def test_approver_may_approve_on_their_own_site_only(lorraine, saar, newsroom, newsrooms):
    page = submit(lorraine, newsroom[Role.EDITOR])
    task = FourEyesTask.objects.get(pk=page.current_workflow_task_state.task_id)
    task.groups.add(*newsrooms.saar[Role.APPROVER].groups.all())

    assert list(task.people_for(page)) == [newsroom[Role.APPROVER]]
    assert list(task.people_for(move(page, saar.sections["fr"]))) == [newsrooms.saar[Role.APPROVER]]


def test_group_without_a_site_may_approve_wherever_it_was_chosen(lorraine, newsroom):
    page = submit(lorraine, newsroom[Role.EDITOR])
    group = Group.objects.create(name="Network approvers")
    FourEyesTask.objects.get(pk=page.current_workflow_task_state.task_id).groups.add(group)

    task = FourEyesTask.objects.get(pk=page.current_workflow_task_state.task_id)

    assert group in task.groups_for(page)


def test_reviewer_of_a_section_moved_to_another_site_loses_the_review(lorraine, saar, newsroom):
    reviewer = make_section_member(lorraine, Role.REVIEWER)
    page = submit(lorraine, newsroom[Role.EDITOR])
    task = SectionReviewTask.objects.first()
    assert list(task.people_for(page)) == [reviewer]

    change(lorraine.section, slug="ailleurs").move(saar.home, pos="last-child")

    assert not task.people_for(type(page).objects.get(pk=page.pk)).exists()
