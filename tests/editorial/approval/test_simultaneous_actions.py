"""If several people act on a page at the same time, one succeeds and the others get a message.

The requests run in threads. Each has its own connection to a separate database: a file, or a PostgreSQL database.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from time import sleep
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from wagtail.models import Comment, PageLogEntry, Site, TaskState, WorkflowState

from portal.content.mail import deliver
from portal.content.publication import lock_pages
from portal.editorial.guests.answers import record_remark
from portal.editorial.records.invitations import GuestRemark, ReviewInvitation
from portal.editorial.roles import Role, group_of
from tests.builders import SampleSite, make_article, make_member, make_newsroom, make_site, newsroom_client
from tests.editorial.actions import edit_form, form_of, form_of_another, reload
from tests.own_database import connected_to

CROWD = 4
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


class Staff(NamedTuple):
    ground: SampleSite
    people: dict[Role, Any]
    second: Any
    network: Any


@pytest.fixture(scope="module")
def staffed(own_database) -> Staff:
    with connected_to(own_database):
        ground = make_site("crowd.localhost", ("fr",))
        people = make_newsroom(ground)
        second = make_member("second", group_of(ground.site, Role.APPROVER))
        network = make_member("network", is_superuser=True)
    return Staff(ground, people, second, network)


@pytest.fixture
def staff(db, own_database, staffed) -> Iterator[Staff]:
    with connected_to(own_database):
        queued_mails().delete()
        yield staffed


def queued_mails():
    """The emails in the queue."""
    return DBTaskResult.objects.filter(task_path=deliver.module_path)


def recipients() -> list[str]:
    return sorted(message.args_kwargs["args"][0]["to"] for message in queued_mails())


def draft_of(staff: Staff, title: str):
    page = reload(make_article(staff.ground.section, "En ligne", date=None))
    page.title = title
    page.save_revision(user=staff.people[Role.EDITOR])
    return reload(page)


def submit_draft(staff: Staff, title: str = "Soumis"):
    page = draft_of(staff, title)
    edit_form(newsroom_client(staff.ground, staff.people[Role.EDITOR]), page, **{"action-submit": "1"})
    queued_mails().delete()
    return reload(page)


def together(staff: Staff, people: list[Any], action: Callable[[Any], Any]) -> list[str]:
    """Run the action at the same time for all people; return the messages that each of them gets."""
    clients = [newsroom_client(staff.ground, person) for person in people]
    ready = Barrier(len(clients))

    def act(client) -> str:
        try:
            ready.wait(timeout=30)
            response = action(client)
            assert response.status_code < 400, response.content
            return " ".join(str(message) for message in response.wsgi_request._messages)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(clients)) as crowd:
        return list(crowd.map(act, clients))


def logged(page, action: str) -> int:
    return PageLogEntry.objects.filter(page=page.pk, action=action).count()


def approve(page, action: str = "approve") -> Callable[[Any], Any]:
    path = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, action, page.current_workflow_task_state.pk])
    return lambda client: client.post(path, {"comment": "Vu"})


def post_form(page, **actions) -> Callable[[Any], Any]:
    path, data = reverse("wagtailadmin_pages:edit", args=[page.pk]), form_of(page, **actions)
    return lambda client: client.post(path, data)


def losers(texts: list[str], *sentences: str) -> int:
    return sum(any(sentence in text for sentence in sentences) for text in texts)


def approve_in_the_form(page) -> Callable[[Any], Any]:
    return post_form(page, **{"action-workflow-action": "true", "workflow-action-name": "approve"})


@pytest.mark.parametrize("way", [approve, approve_in_the_form])
def test_approval_counts_once(staff, way):
    page = submit_draft(staff)

    texts = together(staff, [staff.people[Role.APPROVER], staff.second] * (CROWD // 2), way(page))

    assert reload(page).title == "Soumis"
    assert [logged(page, action) for action in ("wagtail.workflow.approve", "wagtail.publish")] == [1, 2]
    assert losers(texts, "not currently awaiting", "approved already", "already ended") == CROWD - 1
    assert recipients() == [staff.people[Role.EDITOR].email]


def publish_in_bulk(page) -> Callable[[Any], Any]:
    path = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    return lambda client: client.post(f"{path}?id={page.pk}")


@pytest.mark.parametrize("way", [lambda page: post_form(page, **{"action-publish": "1"}), publish_in_bulk])
def test_publication_counts_once(staff, way):
    page = draft_of(staff, "Publié ensemble")

    texts = together(staff, [staff.people[Role.APPROVER]] * CROWD, way(page))

    assert reload(page).title == "Publié ensemble"
    assert logged(page, "wagtail.publish") == 2
    assert losers(texts, "published already") == CROWD - 1


def test_approval_and_rejection_count_once(staff):
    page = submit_draft(staff)
    answers = iter([approve(page), approve(page, "reject")])

    texts = together(staff, [staff.people[Role.APPROVER], staff.second], lambda client: next(answers)(client))

    approved = reload(page).title == "Soumis"
    assert logged(page, "wagtail.workflow.approve") + logged(page, "wagtail.workflow.reject") == 1
    assert (logged(page, "wagtail.workflow.approve") == 1) == approved
    assert losers(texts, "not currently awaiting", "already") == 1
    assert recipients() == [staff.people[Role.EDITOR].email]


def test_submission_counts_once(staff):
    page = draft_of(staff, "Soumis ensemble")

    texts = together(staff, [staff.people[Role.EDITOR]] * CROWD, post_form(page, **{"action-submit": "1"}))

    assert WorkflowState.objects.for_instance(page).count() == 1
    assert TaskState.objects.filter(revision__object_id=str(page.pk), status="in_progress").count() == 1
    assert logged(page, "wagtail.workflow.start") == 1
    assert losers(texts, "in review already", "locked") == CROWD - 1
    assert recipients() == sorted([staff.people[Role.APPROVER].email, staff.second.email])


def test_page_is_created_and_submitted_once(staff):
    path = reverse("wagtailadmin_pages:add", args=["articles", "articlepage", staff.ground.section.pk])
    sample = make_article(staff.ground.section, "Modèle", date=None)
    form = form_of_another(sample, title="Neuf", slug="neuf", editing_window=str(uuid4()), **{"action-submit": "1"})
    queued_mails().delete()

    texts = together(staff, [staff.people[Role.EDITOR]] * CROWD, lambda client: client.post(path, form))

    made = staff.ground.section.get_children().get(slug="neuf").specific
    assert WorkflowState.objects.for_instance(made).count() == 1
    assert losers(texts, "could not be created due to validation errors") == CROWD - 1
    assert recipients() == sorted([staff.people[Role.APPROVER].email, staff.second.email])


def test_cancellation_counts_once(staff):
    page = submit_draft(staff)

    texts = together(staff, [staff.people[Role.EDITOR]] * CROWD, post_form(page, **{"action-cancel-workflow": "1"}))

    assert logged(page, "wagtail.workflow.cancel") == 1
    assert not reload(page).workflow_in_progress
    assert losers(texts, "already ended") == CROWD - 1


def test_repeated_approval_does_not_count_for_the_next_review(staff):
    page = submit_draft(staff)
    first = approve(page)
    approver = newsroom_client(staff.ground, staff.people[Role.APPROVER])
    first(approver)
    page = reload(page)
    page.title = "La suite"
    page.save_revision(user=staff.people[Role.EDITOR])
    edit_form(newsroom_client(staff.ground, staff.people[Role.EDITOR]), page, **{"action-submit": "1"})

    response = first(approver)

    assert reload(page).title == "Soumis"
    assert reload(page).workflow_in_progress
    assert "approved already" in " ".join(str(message) for message in response.wsgi_request._messages)


if connection.vendor == "postgresql":

    def test_guests_comment_waits_for_a_save_in_progress(staff):
        page = draft_of(staff, "Un brouillon")
        now = timezone.now()
        invitation = ReviewInvitation.objects.create(
            page=page,
            name="Anne",
            email="anne@example.org",
            created_by=staff.people[Role.EDITOR],
            created_at=now,
            expires_at=now + timedelta(days=7),
        )
        saving = Event()

        def save() -> bool:
            """Save as the editor does, and wait until another transaction waits for this one."""
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    lock_pages([page.pk])
                    saving.set()
                    for _time in range(300):
                        cursor.execute(WAITING)
                        if cursor.fetchone()[0]:
                            break
                        sleep(0.1)
                    return Comment.objects.filter(page=page).exists()
            finally:
                connections.close_all()

        with ThreadPoolExecutor(1) as other:
            has_comment = other.submit(save)
            assert saving.wait(30)
            record_remark(
                invitation, GuestRemark.Kind.REMARK, name="Anne", text="Oui", content_hash="", now=timezone.now()
            )
            assert has_comment.result() is False

        assert Comment.objects.filter(page=page).count() == 1


def test_two_forms_for_one_host_create_one_site(staff, settings):
    settings.ALLOWED_HOSTS = ["*"]
    form = {"host": "vosges.localhost", "name": "Vosges Éco", "own_language": "fr", "theme": "ocean"}

    texts = together(staff, [staff.network] * CROWD, lambda client: client.post(reverse("create_site"), form))

    assert Site.objects.filter(hostname="vosges.localhost").count() == 1
    assert losers(texts, "A site with this host already exists") == CROWD - 1
