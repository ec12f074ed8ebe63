"""Of several who do the same to a page at the same moment, one does it, and the others are told.

Real requests in threads, each with its own connection to a database of their own: a file, or a PostgreSQL database.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, NamedTuple

import pytest
from django.db import connections
from django.urls import reverse
from django_tasks_db.models import DBTaskResult
from wagtail.models import PageLogEntry, TaskState, WorkflowState

from portal.core.mail import deliver
from portal.editorial.roles import Role, group_of
from tests.builders import Ground, make_article, make_member, make_newsroom, make_site, newsroom_client
from tests.editorial.actions import again, edit_form, form_of
from tests.own_database import connected_to

CROWD = 4


class Desk(NamedTuple):
    ground: Ground
    people: dict[Role, Any]
    second: Any


@pytest.fixture(scope="module")
def staffed(own_database) -> Desk:
    with connected_to(own_database):
        ground = make_site("crowd.localhost", ("fr",))
        people = make_newsroom(ground)
        second = make_member("second", group_of(ground.site, Role.APPROVER))
    return Desk(ground, people, second)


@pytest.fixture
def desk(db, own_database, staffed) -> Iterator[Desk]:
    with connected_to(own_database):
        letters().delete()
        yield staffed


def letters():
    """The mails in the queue, waiting to be sent."""
    return DBTaskResult.objects.filter(task_path=deliver.module_path)


def recipients() -> list[str]:
    return sorted(letter.args_kwargs["args"][0]["to"] for letter in letters())


def draft_of(desk: Desk, title: str):
    page = again(make_article(desk.ground.section, "En ligne", date=None))
    page.title = title
    page.save_revision(user=desk.people[Role.EDITOR])
    return again(page)


def submitted(desk: Desk, title: str = "Soumis"):
    page = draft_of(desk, title)
    edit_form(newsroom_client(desk.ground, desk.people[Role.EDITOR]), page, **{"action-submit": "1"})
    letters().delete()
    return again(page)


def together(desk: Desk, people: list[Any], deed: Callable[[Any], Any]) -> list[str]:
    """Let all of them do it in the same moment; what each of them is told."""
    clients = [newsroom_client(desk.ground, person) for person in people]
    ready = Barrier(len(clients))

    def act(client) -> str:
        try:
            ready.wait(timeout=30)
            response = deed(client)
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


def losers(told: list[str], *sentences: str) -> int:
    return sum(any(sentence in words for sentence in sentences) for words in told)


def test_approval_counts_once(desk):
    page = submitted(desk)
    approver = desk.people[Role.APPROVER]

    told = together(desk, [approver, desk.second] * (CROWD // 2), approve(page))

    assert again(page).title == "Soumis"
    assert [logged(page, action) for action in ("wagtail.workflow.approve", "wagtail.publish")] == [1, 2]
    assert losers(told, "not currently awaiting", "approved already") == CROWD - 1
    assert recipients() == [desk.people[Role.EDITOR].email]


def test_approval_from_the_editing_page_counts_once(desk):
    page = submitted(desk)
    deed = post_form(page, **{"action-workflow-action": "true", "workflow-action-name": "approve"})

    told = together(desk, [desk.people[Role.APPROVER], desk.second] * (CROWD // 2), deed)

    assert again(page).title == "Soumis"
    assert [logged(page, action) for action in ("wagtail.workflow.approve", "wagtail.publish")] == [1, 2]
    assert losers(told, "ended already") == CROWD - 1
    assert recipients() == [desk.people[Role.EDITOR].email]


def test_approval_and_refusal_are_one_answer(desk):
    page = submitted(desk)
    answers = iter([approve(page), approve(page, "reject")])

    told = together(desk, [desk.people[Role.APPROVER], desk.second], lambda client: next(answers)(client))

    approved = again(page).title == "Soumis"
    assert logged(page, "wagtail.workflow.approve") + logged(page, "wagtail.workflow.reject") == 1
    assert (logged(page, "wagtail.workflow.approve") == 1) == approved
    assert losers(told, "not currently awaiting", "already") == 1
    assert recipients() == [desk.people[Role.EDITOR].email]


def test_submission_counts_once(desk):
    page = draft_of(desk, "Soumis ensemble")

    told = together(desk, [desk.people[Role.EDITOR]] * CROWD, post_form(page, **{"action-submit": "1"}))

    assert WorkflowState.objects.for_instance(page).count() == 1
    assert TaskState.objects.filter(revision__object_id=str(page.pk), status="in_progress").count() == 1
    assert logged(page, "wagtail.workflow.start") == 1
    assert losers(told, "in review already", "locked") == CROWD - 1
    assert recipients() == sorted([desk.people[Role.APPROVER].email, desk.second.email])


def test_page_is_created_and_submitted_once(desk):
    path = reverse("wagtailadmin_pages:add", args=["articles", "articlepage", desk.ground.section.pk])
    sample = make_article(desk.ground.section, "Modèle", date=None)
    form = form_of(sample, title="Neuf", slug="neuf", **{"action-submit": "1"})
    letters().delete()

    told = together(desk, [desk.people[Role.EDITOR]] * CROWD, lambda client: client.post(path, form))

    made = desk.ground.section.get_children().get(slug="neuf").specific
    assert WorkflowState.objects.for_instance(made).count() == 1
    assert losers(told, "could not be created due to validation errors") == CROWD - 1
    assert recipients() == sorted([desk.people[Role.APPROVER].email, desk.second.email])


def test_cancellation_counts_once(desk):
    page = submitted(desk)

    told = together(desk, [desk.people[Role.EDITOR]] * CROWD, post_form(page, **{"action-cancel-workflow": "1"}))

    assert logged(page, "wagtail.workflow.cancel") == 1
    assert not again(page).workflow_in_progress
    assert losers(told, "ended already") == CROWD - 1


def test_publication_counts_once(desk):
    page = draft_of(desk, "Publié ensemble")

    told = together(desk, [desk.people[Role.APPROVER]] * CROWD, post_form(page, **{"action-publish": "1"}))

    assert again(page).title == "Publié ensemble"
    assert logged(page, "wagtail.publish") == 2
    assert losers(told, "published already") == CROWD - 1


def test_bulk_publication_counts_once(desk):
    page = draft_of(desk, "Publié en nombre")
    path = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])

    told = together(desk, [desk.people[Role.APPROVER]] * CROWD, lambda client: client.post(f"{path}?id={page.pk}"))

    assert again(page).title == "Publié en nombre"
    assert logged(page, "wagtail.publish") == 2
    assert losers(told, "published already") == CROWD - 1


def test_publication_of_the_same_revision_by_code_counts_once(desk):
    page = draft_of(desk, "Publié par le programme")
    revision, person = page.latest_revision, desk.people[Role.APPROVER]

    def publish(_number: int) -> None:
        try:
            revision.publish(user=person)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CROWD) as crowd:
        list(crowd.map(publish, range(CROWD)))

    assert logged(page, "wagtail.publish") == 2


def test_repeated_approval_of_a_page_that_is_in_review_again_counts_for_nothing(desk):
    page = submitted(desk)
    first = approve(page)
    approver = newsroom_client(desk.ground, desk.people[Role.APPROVER])
    first(approver)
    page = again(page)
    page.title = "La suite"
    page.save_revision(user=desk.people[Role.EDITOR])
    edit_form(newsroom_client(desk.ground, desk.people[Role.EDITOR]), page, **{"action-submit": "1"})

    response = first(approver)

    assert again(page).title == "Soumis"
    assert again(page).workflow_in_progress
    assert "approved already" in " ".join(str(message) for message in response.wsgi_request._messages)
