"""A workflow with Wagtail's own group approval, which checks neither authors nor the reviewed content."""

from html import unescape

import pytest
from django.urls import reverse
from wagtail.models import GroupApprovalTask, TaskState, Workflow, WorkflowPage, WorkflowTask

from portal.editorial.approval.review import content_hash_of
from portal.editorial.roles import Role, group_of
from tests.builders import make_member, make_section_member, newsroom_client
from tests.editorial.actions import edit_form, post, reload
from tests.editorial.drafts import draft, step_of, submit

pytestmark = pytest.mark.django_db
ALREADY_ENDED = "This review has already ended."


@pytest.fixture
def author(lorraine, newsroom):
    """The writer, who belongs to the approving group."""
    return make_member("author", group_of(lorraine.site, Role.APPROVER))


@pytest.fixture
def page(lorraine, newsroom, author):
    """A draft in review at Wagtail's own task."""
    page = draft(lorraine, author)
    task = GroupApprovalTask.objects.create(name="Relecture simple")
    task.groups.add(group_of(lorraine.site, Role.APPROVER))
    workflow = Workflow.objects.create(name="Relecture simple")
    WorkflowTask.objects.create(workflow=workflow, task=task.task_ptr, sort_order=0)
    WorkflowPage.objects.update_or_create(page=lorraine.section.page_ptr, defaults={"workflow": workflow})
    submit(page, newsroom[Role.EDITOR])
    return reload(page)


def by_form(client, page):
    return edit_form(client, page, **{"action-workflow-action": "1", "workflow-action-name": "approve"})


def by_button(client, page):
    return post(client, "workflow_action", page.pk, "approve", step_of(page).pk, comment="")


def by_button_with_version(client, page):
    address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", step_of(page).pk])
    return client.post(f"{address}?seen={content_hash_of(page.latest_revision)}", {"comment": ""})


WAYS = [by_form, by_button, by_button_with_version]


def text_of(response) -> str:
    return unescape(" ".join(str(message) for message in response.wsgi_request._messages))


@pytest.mark.parametrize("way", WAYS)
def test_author_is_refused_with_a_reason(lorraine, page, author, way):
    refused = way(newsroom_client(lorraine, author), page)

    assert "Someone else must publish what you wrote yourself." in text_of(refused)
    assert not reload(page).live


@pytest.mark.parametrize("way", WAYS)
def test_user_outside_its_groups_cannot_approve(lorraine, newsroom, page, way):
    refused = way(newsroom_client(lorraine, newsroom[Role.EDITOR]), page)

    assert "locked" in text_of(refused) or "you do not have permission" in text_of(refused)
    assert step_of(page).status == "in_progress"


@pytest.mark.parametrize("way", WAYS)
def test_member_of_its_groups_publishes(lorraine, newsroom, page, way):
    way(newsroom_client(lorraine, newsroom[Role.APPROVER]), page)

    assert reload(page).live


def test_form_offers_the_approval_to_a_member_of_its_groups(lorraine, newsroom, page):
    form = newsroom_client(lorraine, newsroom[Role.APPROVER]).get(reverse("wagtailadmin_pages:edit", args=[page.pk]))

    assert 'data-workflow-action-name="approve"' in form.content.decode()


def test_second_approval_says_that_the_review_is_over(lorraine, newsroom, page):
    approver = newsroom_client(lorraine, newsroom[Role.APPROVER])
    by_form(approver, page)

    assert ALREADY_ENDED in text_of(by_form(approver, page))


def test_section_review_alone_publishes_nothing(lorraine, newsroom):
    """An administrator removed the approval step."""
    reviewer = make_section_member(lorraine, Role.REVIEWER)
    WorkflowTask.objects.filter(task__foureyestask__isnull=False).delete()
    page = draft(lorraine, newsroom[Role.EDITOR])
    submit(page, newsroom[Role.EDITOR])

    refused = by_button(newsroom_client(lorraine, reviewer), page)

    assert "You may not publish here." in text_of(refused)
    assert newsroom[Role.APPROVER].username in text_of(refused)
    assert not reload(page).live


def test_mail_of_a_replaced_task_leads_to_the_current_one(lorraine, newsroom, author):
    """An administrator replaced the newsroom's task by Wagtail's."""
    page = draft(lorraine, author)
    replaced = submit(page, newsroom[Role.EDITOR])
    plain = GroupApprovalTask.objects.create(name="Relecture simple")
    plain.groups.add(group_of(lorraine.site, Role.APPROVER))
    review = replaced.workflow_state
    TaskState.objects.filter(pk=replaced.pk).update(status=TaskState.STATUS_CANCELLED)
    review.current_task_state = plain.start(review, user=newsroom[Role.EDITOR])
    review.save()
    client = newsroom_client(lorraine, newsroom[Role.APPROVER])

    response = client.get(reverse("editorial:answer", args=[replaced.pk]), follow=True)

    assert response.redirect_chain[-1][0] == reverse("wagtailadmin_pages:edit", args=[page.pk])
