"""The review of an imported draft is requested by its calendar, in mails and on the review page."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from wagtail.models import TaskState

from events.models import EventPage, ImportedEvent, Subscription
from portal.editorial.mails.reminders import remind_reviewers
from portal.editorial.roles import Role
from tests.builders import make_newsroom, newsroom_client, unsaved, work_off


@pytest.fixture
def staff(lorraine):
    return make_newsroom(lorraine)


@pytest.fixture
def step(lorraine, staff):
    """The review of an event that the calendar of the Office du bois brought."""
    partner = Subscription.objects.create(
        calendar=lorraine.calendar, name="Office du bois", url="https://p.example/a.ics"
    )
    start = timezone.now() + timedelta(days=9)
    page = unsaved(EventPage, lorraine.calendar, "Visite", start=start, end=start + timedelta(hours=1), live=False)
    lorraine.calendar.add_child(instance=page)
    page.save_revision()
    ImportedEvent.objects.create(subscription=partner, uid="a", event=page, seen_at=timezone.now())
    page.get_workflow().start(page, None)
    return TaskState.objects.get(workflow_state__object_id=str(page.pk), status=TaskState.STATUS_IN_PROGRESS)


def mail_to(person):
    work_off()
    return next(message for message in mail.outbox if message.to == [person.email])


def test_mail_to_the_reviewers_names_the_calendar(staff, step):
    message = mail_to(staff[Role.APPROVER])

    assert "Office du bois" in message.subject
    assert "Office du bois" in message.body
    assert "Office du bois" in message.alternatives[0].content


def test_reminder_names_the_calendar(staff, step):
    work_off()
    mail.outbox.clear()

    remind_reviewers(timezone.now() + timedelta(days=30))

    assert "Office du bois" in mail_to(staff[Role.APPROVER]).body


def test_calendar_is_named_with_its_subscriber(lorraine, staff, step):
    Subscription.objects.update(owner=staff[Role.SITE_ADMINISTRATOR])
    step.workflow_state.requested_by = staff[Role.SITE_ADMINISTRATOR]
    step.workflow_state.save()

    page = newsroom_client(lorraine, staff[Role.APPROVER]).get(reverse("editorial:answer", args=[step.pk]))

    text = page.content.decode()
    assert "Office du bois" in text
    assert str(staff[Role.SITE_ADMINISTRATOR]) in text
