"""A page is published when somebody who did not write it approves it; only the approved revision is published."""

import json
from unittest import mock

import pytest
from django.urls import reverse
from wagtail.models import Page

from articles.models import ArticlePage
from portal.editorial.publishing import publish_approved
from portal.editorial.roles import Role, group_of
from portal.editorial.views import PortalEditView
from tests.builders import make_article, make_member
from tests.editorial.actions import messages_of
from tests.editorial.forms import act, rewrite, submit, write


@pytest.fixture
def both(lorraine, newsroom):
    """Someone who writes and approves."""
    groups = [group_of(lorraine.site, role) for role in (Role.EDITOR, Role.APPROVER)]
    return make_member("both", *groups)


EMPTY_PARAGRAPH = json.dumps(
    {
        "blocks": [
            {"key": "a1b2c", "text": "", "type": "unstyled", "depth": 0, "inlineStyleRanges": [], "entityRanges": []}
        ],
        "entityMap": {},
    }
)


def actions(page, user) -> set[str]:
    return {name for name, *_rest in page.current_workflow_task.get_actions(page, user)}


def is_live(ground, title: str) -> bool:
    return title in ground.reader().get("/fr/rubrique/actualites/").content.decode()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER])
def test_nobody_publishes_without_approval(lorraine, newsroom, role):
    page = make_article(lorraine.section, "En ligne")
    author = newsroom[role]

    rewrite(lorraine, author, page, "Titre non approuvé", **{"action-publish": "1"})

    page.refresh_from_db()
    assert page.title == "En ligne"


def test_approval_publishes_the_page(lorraine, editor, approver):
    page = submit(lorraine, editor)
    assert not is_live(lorraine, "Une usine")
    assert "approve" in actions(page, approver)

    response = act(lorraine, approver, page)

    assert response.status_code == 302
    page.refresh_from_db()
    assert page.live
    assert is_live(lorraine, "Une usine")


@pytest.mark.parametrize("written", ["null", EMPTY_PARAGRAPH])
@pytest.mark.parametrize("shown", ["null", EMPTY_PARAGRAPH])
def test_approval_from_the_editing_form_makes_no_author(lorraine, editor, approver, written, shown):
    """The editing form submits all fields, and has two encodings of an empty text."""
    page = write(lorraine, editor, thanks=written, **{"action-submit": "1"})
    approval = {"action-workflow-action": "true", "workflow-action-name": "approve", "thanks": shown}

    rewrite(lorraine, approver, page, "Une usine", **approval)

    assert is_live(lorraine, "Une usine")
    assert not page.revisions.filter(user=approver).exists()


def test_approval_of_an_earlier_review_is_refused_with_a_reason(lorraine, editor, approver):
    page = submit(lorraine, editor)
    approval = {"action-workflow-action": "true", "workflow-action-name": "approve"}

    # From Wagtail 8.1 on, the button names its review. Another one may have begun in the meantime.
    with mock.patch.object(PortalEditView, "workflow_action_is_valid", return_value=False):
        response = rewrite(lorraine, approver, page, "Une usine", **approval)

    assert messages_of(response).strip() == "This review has already ended."
    assert not is_live(lorraine, "Une usine")


def test_approval_from_the_editing_form_of_an_imported_text_makes_no_author(lorraine, editor, approver):
    """Imports preserve the seconds of a publication time, although the form does not show them."""
    page = write(lorraine, editor, publication_date="2019-03-04 11:22")
    imported = page.latest_revision
    imported.content["publication_date"] = "2019-03-04T10:22:37Z"
    imported.save()
    page.get_workflow().start(page, editor)
    approval = {"action-workflow-action": "true", "workflow-action-name": "approve"}

    rewrite(lorraine, approver, page, "Une usine", publication_date="2019-03-04 11:22", **approval)

    assert is_live(lorraine, "Une usine")


def test_author_cannot_approve(lorraine, both):
    page = submit(lorraine, both)

    assert "approve" not in actions(page, both)
    assert "reject" in actions(page, both)

    response = act(lorraine, both, page)

    assert response["Location"] == reverse("wagtailadmin_pages:edit", args=[page.pk])
    page.refresh_from_db()
    assert not page.live
    assert page.current_workflow_task_state.status == "in_progress"


def test_submitter_cannot_approve_the_text_of_another(lorraine, editor, both):
    page = write(lorraine, editor)
    rewritten = rewrite(lorraine, both, page, "Une usine", **{"action-submit": "1"})
    assert rewritten.status_code == 302

    act(lorraine, both, page)

    page.refresh_from_db()
    assert not page.live


def test_approver_who_edits_in_review_cannot_approve(lorraine, editor, approver):
    page = submit(lorraine, editor)
    rewrite(lorraine, approver, page, "Retouché")
    page = ArticlePage.objects.get(pk=page.pk)

    assert "approve" not in actions(page, approver)
    act(lorraine, approver, page)
    page.refresh_from_db()
    assert not page.live

    other = make_member("second", group_of(lorraine.site, Role.APPROVER))
    act(lorraine, other, ArticlePage.objects.get(pk=page.pk))
    page.refresh_from_db()
    assert page.live
    assert page.title == "Retouché"


def draft_beside(page, author) -> None:
    """Save a revision while the review is in progress."""
    draft = page.get_latest_revision_as_object()
    draft.title = "Version suivante"
    draft.save_revision(user=author)


def test_approved_revision_goes_live_although_a_later_draft_exists(lorraine, editor, approver):
    page = submit(lorraine, editor, "Version soumise")
    state = page.current_workflow_state
    draft_beside(page, editor)

    publish_approved(state, approver)

    page.refresh_from_db()
    assert page.live
    assert page.title == "Version soumise"
    assert page.get_latest_revision_as_object().title == "Version suivante"
    assert is_live(lorraine, "Version soumise")


def test_page_in_review_is_locked_for_its_author(lorraine, editor):
    page = submit(lorraine, editor, "Version soumise")

    rewrite(lorraine, editor, page, "Changée en cachette")

    assert ArticlePage.objects.get(pk=page.pk).get_latest_revision_as_object().title == "Version soumise"


def test_other_roles_and_approvers_of_other_sites_cannot_approve(lorraine, newsrooms, newsroom, editor):
    page = submit(lorraine, editor)

    others = [newsroom[role] for role in (Role.EDITOR, Role.ORGANISER, Role.SITE_ADMINISTRATOR)]
    for person in (*others, newsrooms.saar[Role.APPROVER]):
        assert "approve" not in actions(page, person)
        act(lorraine, person, page)
    page.refresh_from_db()
    assert not page.live


def test_pages_of_every_language_and_depth_have_the_workflow(lorraine, newsroom):
    from tests.builders import make_section

    deep = make_section(make_section(lorraine.sections["de"], "Handwerk"), "Glas")

    for page in (lorraine.home, lorraine.homes["de"], deep, lorraine.calendars["de"]):
        workflow = Page.objects.get(pk=page.pk).get_workflow()
        assert workflow.name == lorraine.site.site_name


@pytest.mark.parametrize("date", ["0001-01-01 00:00", "9999-12-31 23:59"])
@pytest.mark.parametrize("field", ["publication_date", "corrected_at", "go_live_at", "expire_at"])
def test_date_out_of_range_is_a_form_error(lorraine, approver, field, date):
    page = make_article(lorraine.section, "En ligne")

    response = rewrite(lorraine, approver, page, "En ligne", slug=page.slug, **{field: date})

    assert response.status_code == 200
    assert field in response.context["form"].errors
