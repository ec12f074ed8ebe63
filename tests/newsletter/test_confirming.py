"""An issue is sent only after its approver has confirmed the number of its subscribers."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from wagtail.models import GroupApprovalTask, TaskState, WorkflowTask
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from portal.editorial.approval.next_step import sent_text
from portal.editorial.roles import Role, group_of
from portal.newsletter.models import IssuePage, Rhythm, Sending
from tests.builders import make_article, make_section, newsroom_client
from tests.editorial.drafts import answer, submit
from tests.newsletter.makers import group, make_subscriber


@pytest.fixture(scope="module")
def module_issue(module_network, module_newsletter, module_staff):
    """An issue in review with three subscribers; the decoys chose another rhythm, section or site."""
    lorraine, newsletter, staff = module_network.lorraine, module_newsletter, module_staff
    for _ in range(2):
        make_subscriber(lorraine)
    make_subscriber(lorraine, sections=[lorraine.section])
    make_subscriber(lorraine, rhythm=Rhythm.WEEKLY)
    make_subscriber(lorraine, sections=[make_section(lorraine.home, "Ailleurs")])
    issue = IssuePage(title="Numéro un", slug="numero-un", locale=newsletter.locale, live=False)
    issue.content = [group("Rubrique", [make_article(lorraine.section)], section=lorraine.section)]
    newsletter.add_child(instance=issue)
    issue.save_revision(user=staff[Role.EDITOR])
    submit(issue, staff[Role.EDITOR])
    return issue.pk


@pytest.fixture
def issue(module_issue, network):
    return IssuePage.objects.get(pk=module_issue)


@pytest.fixture
def approver(lorraine, staff):
    return newsroom_client(lorraine, staff[Role.APPROVER])


def step_of(issue):
    return issue.current_workflow_state.current_task_state


def approve_from_the_mail(client, issue):
    return client.post(reverse("editorial:answer", args=[step_of(issue).pk]), {"approve": "yes"})


def approve_from_a_list(client, issue):
    path = reverse("wagtailadmin_pages:workflow_action", args=[issue.pk, "approve", step_of(issue).pk])
    return client.post(path)


DOORS = [approve_from_the_mail, approve_from_a_list]


def confirmation_of(client, issue):
    """The confirmation page, and its ticket."""
    page = client.get(reverse("newsletter_confirm", args=[issue.pk])).content.decode()
    return page, re.search(r'name="ticket" value="([^"]+)"', page)[1]


@pytest.fixture
def ticket(approver, issue):
    approve_from_the_mail(approver, issue)
    return confirmation_of(approver, issue)[1]


def confirm(client, issue, ticket):
    return client.post(reverse("newsletter_confirm", args=[issue.pk]), {"ticket": ticket}, follow=True)


def is_sent(issue):
    return Sending.objects.filter(issue=issue.pk).exists()


@pytest.mark.parametrize("door", DOORS)
def test_approval_asks_for_a_confirmation_that_sends_the_issue(approver, issue, door):
    response = door(approver, issue)
    assert response.url == reverse("newsletter_confirm", args=[issue.pk])
    assert not is_sent(issue)
    assert not IssuePage.objects.get(pk=issue.pk).live

    page, ticket = confirmation_of(approver, issue)
    confirm(approver, issue, ticket)

    assert "Send to 3 subscribers now" in page
    assert "mode=mail" in page
    assert is_sent(issue)


def test_review_page_shows_the_number_of_recipients(approver, issue):
    page = approver.get(reverse("editorial:answer", args=[step_of(issue).pk])).content.decode()

    assert "Send to 3 subscribers now" in page
    assert "mode=mail" in page


def plan(issue, staff, approver) -> str:
    """Confirm an issue scheduled in three days; return the text of the confirmation page."""
    draft = issue.get_latest_revision_as_object()
    draft.go_live_at = timezone.now() + timedelta(days=3)
    draft.save_revision(user=staff[Role.EDITOR])
    issue = IssuePage.objects.get(pk=issue.pk)
    approve_from_the_mail(approver, issue)
    page, ticket = confirmation_of(approver, issue)
    confirm(approver, issue, ticket)
    return page


def test_confirmation_states_the_hour(staff, approver, issue):
    page = plan(issue, staff, approver)

    assert "Send to 3 subscribers on " in page
    assert IssuePage.objects.get(pk=issue.pk).scheduled_revision is not None


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER])
def test_mailing_is_not_moved_to_another_hour_than_the_confirmed_one(lorraine, staff, approver, issue, role):
    plan(issue, staff, approver)
    before = IssuePage.objects.get(pk=issue.pk).scheduled_revision

    data = {"revision": before.pk, "at": "24.12.2030 8:00"}
    newsroom_client(lorraine, staff[role]).post(reverse("move_schedule", args=[issue.pk]), data)

    after = IssuePage.objects.get(pk=issue.pk).scheduled_revision
    assert after.approved_go_live_at == before.approved_go_live_at


def test_changed_number_of_recipients_is_confirmed_again(lorraine, approver, issue, ticket):
    make_subscriber(lorraine)

    page = confirm(approver, issue, ticket).content.decode()

    assert not is_sent(issue)
    assert "Send to 4 subscribers now" in page


@pytest.mark.parametrize("forged", ["", "yes", "x:y:z"])
def test_confirmation_without_its_ticket_sends_nothing(approver, issue, ticket, forged):
    confirm(approver, issue, forged)

    assert not is_sent(issue)


def test_no_field_of_the_approval_itself_replaces_the_confirmation(approver, issue, ticket):
    path = reverse("editorial:answer", args=[step_of(issue).pk])
    approver.post(path, {"approve": "yes", "confirm": "yes", "ticket": ticket})

    assert not is_sent(issue)


def test_ticket_is_valid_for_its_person_only(lorraine, staff, issue, ticket):
    for role in (Role.SITE_ADMINISTRATOR, Role.EDITOR):
        other = newsroom_client(lorraine, staff[role])
        approve_from_the_mail(other, issue)
        confirm(other, issue, ticket)

        assert not is_sent(issue)


def test_issue_changed_before_the_confirmation_is_not_sent(staff, approver, issue, ticket):
    draft = issue.get_latest_revision_as_object()
    draft.title = "Numéro deux"
    draft.save_revision(user=staff[Role.EDITOR])

    confirm(approver, issue, ticket)

    assert not is_sent(issue)


def test_issue_for_the_web_only_needs_no_confirmation(staff, issue):
    draft = issue.get_latest_revision_as_object()
    draft.is_mailed = False
    draft.save_revision(user=staff[Role.EDITOR])
    issue = IssuePage.objects.get(pk=issue.pk)

    answer(step_of(issue), staff[Role.APPROVER])

    assert IssuePage.objects.get(pk=issue.pk).live
    assert not is_sent(issue)


def test_bulk_publication_sends_nothing(lorraine, staff, issue):
    administrator = newsroom_client(lorraine, staff[Role.SITE_ADMINISTRATOR])
    path = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])

    administrator.post(f"{path}?id={issue.pk}")

    assert not is_sent(issue)


def form_of(issue, **facts):
    draft = issue.get_latest_revision_as_object()
    shared = {"title": draft.title, "slug": draft.slug, "preheader": "", "period_start": "", "period_end": ""}
    streams = {"introduction": streamfield([]), "content": streamfield([]), "comments": inline_formset([])}
    return nested_form_data({**shared, **streams, "is_mailed": "on", **facts})


def test_publication_from_the_editor_needs_a_confirmation(lorraine, staff, issue):
    """A second person publishes the draft without a review."""
    issue.current_workflow_state.cancel(user=staff[Role.EDITOR])
    administrator = newsroom_client(lorraine, staff[Role.SITE_ADMINISTRATOR])
    path = reverse("wagtailadmin_pages:edit", args=[issue.pk])
    draft = issue.get_latest_revision_as_object()
    draft.content = []
    draft.save_revision(user=staff[Role.EDITOR])

    button = administrator.get(path).content.decode()
    response = administrator.post(path, form_of(issue, **{"action-publish": "1"}))

    assert "Send to 4 subscribers now" in button
    assert response.url == reverse("newsletter_confirm", args=[issue.pk])
    assert not is_sent(issue)
    other = administrator.get(reverse("wagtailadmin_pages:edit", args=[lorraine.section.pk])).content.decode()
    assert "Send to 4 subscribers" not in other


def test_approval_from_the_editor_needs_a_confirmation(staff, newsletter, approver):
    bare = IssuePage(title="Numéro nu", slug="numero-nu", locale=newsletter.locale, live=False)
    newsletter.add_child(instance=bare)
    bare.save_revision(user=staff[Role.EDITOR])
    submit(bare, staff[Role.EDITOR])
    bare = IssuePage.objects.get(pk=bare.pk)
    act = {"action-workflow-action": "1", "workflow-action-name": "approve"}

    response = approver.post(reverse("wagtailadmin_pages:edit", args=[bare.pk]), form_of(bare, **act))

    assert response.url == reverse("newsletter_confirm", args=[bare.pk])
    assert not is_sent(bare)


def test_message_about_a_submitted_issue_announces_the_mailing(issue):
    assert issue.default_preview_mode == "mail"
    with override("en"):
        assert "mailed to its subscribers once it is approved" in sent_text(issue)


def test_task_of_wagtail_needs_a_confirmation_too(lorraine, staff, approver, issue):
    plain = GroupApprovalTask.objects.create(name="Relecture simple")
    plain.groups.add(group_of(lorraine.site, Role.APPROVER))
    review = issue.current_workflow_state
    TaskState.objects.filter(pk=step_of(issue).pk).update(status=TaskState.STATUS_APPROVED)
    # This task comes after the newsroom's task, which is finished.
    WorkflowTask.objects.create(workflow=review.workflow, task=plain.task_ptr, sort_order=99)
    review.current_task_state = plain.start(review, user=staff[Role.EDITOR])
    review.save()
    issue = IssuePage.objects.get(pk=issue.pk)

    assert approve_from_a_list(approver, issue).url == reverse("newsletter_confirm", args=[issue.pk])
    page, ticket = confirmation_of(approver, issue)
    confirm(approver, issue, ticket)

    assert "Send to 3 subscribers now" in page
    assert is_sent(issue)


def test_issue_is_not_approved_for_a_time(approver, issue):
    address = reverse("editorial:answer", args=[step_of(issue).pk])
    assert 'name="approve_for_time"' not in approver.get(address).content.decode()

    at = timezone.localtime() + timedelta(days=1)
    approver.post(address, {"at": f"{at:%d.%m.%Y %H:%M}", "approve_for_time": "yes"})

    assert step_of(issue).status == TaskState.STATUS_IN_PROGRESS
    assert IssuePage.objects.get(pk=issue.pk).get_latest_revision_as_object().go_live_at is None
