"""A refused review action does not lose the reviewer's comment."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from portal.editorial.roles import Role
from tests.builders import newsroom_client
from tests.editorial.actions import edit_form, reload
from tests.editorial.approval.test_review_steps import rewrite, submit_article
from tests.editorial.drafts import answer, step_of

pytestmark = pytest.mark.django_db
COMMENT = "Le titre est trop long."


@pytest.fixture
def page(lorraine, newsroom):
    return submit_article(lorraine, newsroom[Role.EDITOR])


@pytest.fixture
def approver(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.APPROVER])


def form_at(client, address):
    return BeautifulSoup(client.get(address).content, "html.parser").select_one("form.answer__form")


def review_of(page):
    return reverse("editorial:answer", args=[page.current_workflow_task_state.pk])


def comparison_of(page):
    return reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, "live", "latest"])


def fields(form) -> dict[str, str]:
    comment = form.select_one("[name=comment]").get_text().strip()
    return {"seen": form.select_one("[name=seen]")["value"], "comment": comment}


@pytest.fixture(params=[review_of, comparison_of])
def refused(request, page, approver, newsroom):
    """An approval with a comment on a text that changed after it was opened; returns the redirect URL."""
    form = form_at(approver, request.param(page))
    rewrite(page, newsroom[Role.EDITOR], "Un autre titre")
    sent = {**fields(form), "comment": COMMENT, "approve": "yes"}
    return approver.post(form["action"], sent).headers["Location"]


def test_comment_stays_in_the_form_of_the_changed_text(page, approver, refused):
    form = form_at(approver, refused)

    assert fields(form)["comment"] == COMMENT
    approver.post(form["action"], {**fields(form), "approve": "yes"})
    assert reload(page).title == "Un autre titre"


def test_comment_is_shown_beside_the_comparison(page, approver, refused):
    assert fields(form_at(approver, comparison_of(reload(page))))["comment"] == COMMENT


def test_comment_is_cleared_after_the_review_action(lorraine, page, approver, newsroom, refused):
    form = form_at(approver, refused)
    approver.post(form["action"], {**fields(form), "reject": "yes"})

    edit_form(newsroom_client(lorraine, newsroom[Role.EDITOR]), reload(page), **{"action-submit": "1"})

    assert fields(form_at(approver, review_of(reload(page))))["comment"] == ""


def test_comment_is_not_offered_to_another_page(lorraine, approver, newsroom, refused):
    other = submit_article(lorraine, newsroom[Role.EDITOR])

    assert fields(form_at(approver, review_of(other)))["comment"] == ""


def test_old_link_says_first_that_the_review_is_answered(page, approver, newsroom):
    step = step_of(page)
    answer(step, newsroom[Role.APPROVER])

    address = reverse("editorial:answer", args=[step.pk])
    shown = approver.get(f"{address}?seen=an-older-text")

    without = approver.get(address)
    assert list(map(str, shown.context["messages"])) == list(map(str, without.context["messages"]))
    html = shown.content.decode()
    assert html.index("help-block help-info") < html.index("answer__preview")
