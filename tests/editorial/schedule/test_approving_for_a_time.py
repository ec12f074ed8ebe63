"""On the review page, approvers choose from when readers see the page, in one language or in several."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from portal.editorial.roles import Role
from portal.editorial.translations import actions
from tests.builders import make_article, make_topic, newsroom_client
from tests.editorial.actions import confirm_passages, reload
from tests.editorial.drafts import draft, rewrite, step_of, submit

pytestmark = pytest.mark.django_db
COMMENT = "Bien relu."


@pytest.fixture
def at():
    return (timezone.localtime() + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)


@pytest.fixture
def story(lorraine, editor):
    story = draft(lorraine, editor, "La filière bois", topics=[make_topic("Bois")])
    submit(story, editor)
    return story


@pytest.fixture
def translation(story, editor, german):
    """A finished translation in review, planned for another day."""
    translation = actions.start(story, german, editor)
    rewrite(translation, editor, title="Holz", go_live_at=timezone.now() + timedelta(days=9))
    confirm_passages(translation)
    submit(translation, editor)
    return translation


@pytest.fixture
def reading(lorraine, approver):
    return newsroom_client(lorraine, approver)


def form_at(client, address):
    return BeautifulSoup(client.get(address).content, "html.parser").select_one("form.answer__form")


def review_of(page) -> str:
    return reverse("editorial:answer", args=[step_of(page).pk])


def approve(client, form, at, button=0):
    values = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
    pressed = form.select("[name=approve_for_time]")[button]["value"]
    typed = at if isinstance(at, str) else f"{at:%d.%m.%Y %H:%M}"
    return client.post(form["action"], values | {"comment": COMMENT, "at": typed, "approve_for_time": pressed})


def scheduled(page):
    revision = reload(page).scheduled_revision
    return revision and revision.approved_go_live_at


def test_page_is_approved_for_the_time(reading, story, at):
    approve(reading, form_at(reading, review_of(story)), at)

    assert not reload(story).live
    assert scheduled(story) == at


def test_changed_version_of_a_live_page_waits_for_the_time(reading, lorraine, editor, at):
    page = reload(make_article(lorraine.section, "En ligne"))
    rewrite(page, editor, title="Autrement")
    submit(page, editor)

    approve(reading, form_at(reading, review_of(page)), at)

    assert reload(page).title != "Autrement"
    assert scheduled(page) == at


def test_approve_without_a_time_publishes_at_once(reading, story):
    form = form_at(reading, review_of(story))

    reading.post(form["action"], {"seen": form.select_one("[name=seen]")["value"], "at": "", "approve": "yes"})

    assert reload(story).live


@pytest.mark.parametrize(
    ("typed", "error"), [("", "required"), ("bientôt", "We do not understand this"), ("01.02.2020 10:00", "has passed")]
)
def test_wrong_time_is_shown_with_the_comment_and_changes_nothing(reading, story, typed, error):
    response = approve(reading, form_at(reading, review_of(story)), typed)

    form = BeautifulSoup(response.content, "html.parser").select_one("form.answer__form")
    assert error in form.select_one("details[open]").text
    assert form.select_one("[name=at]").get("value", "") == typed
    assert form.select_one("[name=comment]").text.strip() == COMMENT
    assert reload(story).workflow_in_progress
    assert reload(story).get_latest_revision_as_object().go_live_at is None


def test_time_after_the_expiry_is_refused(reading, lorraine, editor, at):
    story = draft(lorraine, editor, "Jusqu’à demain", expire_at=at - timedelta(days=1))
    submit(story, editor)

    response = approve(reading, form_at(reading, review_of(story)), at)

    assert "choose an earlier time" in response.content.decode()
    assert scheduled(story) is None


def test_text_that_changed_since_is_not_planned_and_the_time_stays_in_the_form(reading, story, editor, at):
    form = form_at(reading, review_of(story))
    rewrite(story, editor, title="Tout autre")

    response = approve(reading, form, at)

    assert reload(story).workflow_in_progress
    assert reload(story).get_latest_revision_as_object().go_live_at is None
    assert form_at(reading, response["Location"]).select_one("[name=at]")["value"] == f"{at:%d.%m.%Y %H:%M}"


def test_both_languages_are_approved_for_the_time(reading, story, translation, at):
    form = form_at(reading, review_of(story))
    assert form.select("[name=approve_for_time]")[0].text == "Approve for this time: French and German"

    approve(reading, form, at)

    assert scheduled(story) == scheduled(translation) == at


def test_other_button_approves_one_language_for_the_time(reading, story, translation, at):
    approve(reading, form_at(reading, review_of(story)), at, button=1)

    assert scheduled(story) == at
    assert reload(translation).workflow_in_progress


def test_time_that_one_language_does_not_allow_is_refused_for_both(reading, story, translation, editor, at):
    rewrite(translation, editor, expire_at=at - timedelta(days=1), go_live_at=None)

    response = approve(reading, form_at(reading, review_of(story)), at)

    assert "German: The page expires on" in response.content.decode()
    assert reload(story).workflow_in_progress


def test_author_with_permission_to_approve_is_offered_no_time(lorraine, reading, approver, at):
    own = draft(lorraine, approver, "De ma main")
    submit(own, approver)
    form = form_at(reading, review_of(own))

    assert form.select("[name=approve_for_time]") == []
    seen = form.select_one("[name=seen]")["value"]
    reading.post(form["action"], {"seen": seen, "at": f"{at:%d.%m.%Y %H:%M}", "approve_for_time": "yes"})
    assert scheduled(own) is None
    assert reload(own).get_latest_revision_as_object().go_live_at is None


def test_reviewer_of_another_site_plans_nothing(story, saar, newsrooms, at):
    client = newsroom_client(saar, newsrooms.saar[Role.APPROVER])

    response = client.post(review_of(story), {"at": f"{at:%d.%m.%Y %H:%M}", "approve_for_time": "yes"})

    assert response.status_code == 404
    assert reload(story).get_latest_revision_as_object().go_live_at is None
