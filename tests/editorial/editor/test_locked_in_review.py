"""Nobody approves a page that somebody else has locked."""

from copy import deepcopy

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from portal.editorial.approval.review import content_hash_of
from portal.editorial.roles import Role, group_of
from tests.builders import make_member, newsroom_client
from tests.editorial.actions import reload
from tests.editorial.approval.test_review_steps import answer as act, submit_article
from tests.editorial.editor.test_comparison import answer, buttons, compared

pytestmark = pytest.mark.django_db


def lock(page, by):
    page.locked, page.locked_by = True, by
    page.save()
    return reload(page)


@pytest.fixture(scope="module")
def module_page(module_network, module_newsrooms):
    """In review, and locked by its editor."""
    editor = module_newsrooms.lorraine[Role.EDITOR]
    return lock(submit_article(module_network.lorraine, editor), editor)


@pytest.fixture
def page(module_page, newsrooms):
    return deepcopy(module_page)


def review_page(ground, person, page) -> BeautifulSoup:
    address = reverse("editorial:answer", args=[page.current_workflow_task_state.pk])
    return BeautifulSoup(newsroom_client(ground, person).get(address).content, "html.parser")


@pytest.mark.parametrize("see", [review_page, compared])
def test_reviewer_sees_who_locked_the_page(lorraine, newsroom, page, see):
    html = see(lorraine, newsroom[Role.APPROVER], page)

    assert buttons(html) == ["Send back"]
    assert f"{newsroom[Role.EDITOR].username} has locked this page." in html.get_text()


@pytest.mark.parametrize("is_superuser", [False, True])
def test_approval_of_a_locked_page_is_refused(lorraine, newsroom, page, is_superuser):
    person = make_member("boss", is_superuser=True) if is_superuser else newsroom[Role.APPROVER]
    answer(lorraine, person, page, compared(lorraine, person, page), approve="yes", comment="Bien.")
    act(lorraine, person, page)

    assert reload(page).title == "En ligne"
    assert "has locked this page" in review_page(lorraine, person, page).get_text()


def test_locked_page_is_excluded_from_bulk_approval(lorraine, newsroom, page):
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "approve"])
    client = newsroom_client(lorraine, newsroom[Role.APPROVER])

    client.post(f"{address}?id={page.pk}&next=/admin/", {f"seen-{page.pk}": content_hash_of(page.latest_revision)})

    assert reload(page).title == "En ligne"


def test_locked_page_can_be_rejected(lorraine, newsroom, page):
    html = compared(lorraine, newsroom[Role.APPROVER], page)

    answer(lorraine, newsroom[Role.APPROVER], page, html, reject="yes", comment="Trop long.")

    assert reload(page).current_workflow_state.status == "needs_changes"


def test_approver_may_approve_a_page_they_locked(lorraine, newsroom):
    page = lock(submit_article(lorraine, newsroom[Role.EDITOR]), newsroom[Role.APPROVER])
    html = compared(lorraine, newsroom[Role.APPROVER], page)

    answer(lorraine, newsroom[Role.APPROVER], page, html, approve="yes")

    assert reload(page).title == "Soumis"


def notice(ground, person, page) -> str:
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    html = BeautifulSoup(newsroom_client(ground, person).get(address).content, "html.parser")
    return " ".join(html.select_one(".messages .lock").get_text(" ", strip=True).split())


def test_notice_says_who_locked_the_page_and_whom_to_ask(lorraine, newsroom, page):
    name = newsroom[Role.EDITOR].username

    assert notice(lorraine, make_member("colleague", group_of(lorraine.site, Role.EDITOR)), page) == (
        f"{name} has locked this page. You can read it. To change it, ask {name} to unlock it."
    )


def test_notice_of_a_review_says_since_when_and_what_the_author_can_do(lorraine, newsroom, page):
    page.locked, page.locked_by = False, None
    page.save()

    said = notice(lorraine, newsroom[Role.EDITOR], page)

    assert said.startswith("In review since ")
    assert said.endswith("To go on writing, cancel the request below, or have it sent back to you.")
