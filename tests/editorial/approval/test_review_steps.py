"""Section review, then approval; an approval is valid for the reviewed content, and an edit restarts the review."""

import json

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.models import TaskState, Workflow, WorkflowPage, WorkflowTask

from articles.models import ArticlePage
from portal.content.publication import PublicationRefusedError
from portal.editorial.approval.gate import before_publishing, before_submitting
from portal.editorial.approval.review import content_hash_of
from portal.editorial.models import FourEyesTask
from portal.editorial.roles import Role, group_of, set_up_newsroom
from tests.builders import make_article, make_member, make_section, make_section_member, newsroom_client
from tests.editorial.actions import edit_form, form_of_another, messages_of, post, reload


@pytest.fixture
def reviewer(lorraine, newsroom):
    return make_section_member(lorraine, Role.REVIEWER, username="reviewer")


@pytest.fixture(scope="module")
def module_page(module_network, module_newsrooms):
    return submit_article(module_network.lorraine, module_newsrooms.lorraine[Role.EDITOR]).pk


@pytest.fixture
def page(module_page, newsrooms):
    """A page that an editor has submitted in a section without reviewers."""
    return ArticlePage.objects.get(pk=module_page)


def submit_article(ground, author, parent=None):
    page = reload(make_article(parent or ground.section, "En ligne", date=None))
    page.title = "Soumis"
    page.save_revision(user=author)
    edit_form(newsroom_client(ground, author), page, **{"action-submit": "1"})
    return reload(page)


def step_of(page) -> str:
    return page.current_workflow_task_state.task.specific.__class__.__name__


def answer(ground, person, page, action: str = "approve", *, state=None, **data):
    state = state or page.current_workflow_task_state
    return post(newsroom_client(ground, person), "workflow_action", page.pk, action, state.pk, comment="", **data)


def rewrite(page, author, title: str):
    page = reload(page)
    page.title = title
    page.save_revision(user=author)
    return reload(page)


def test_section_without_reviewers_is_skipped(page):
    assert step_of(page) == "FourEyesTask"
    assert TaskState.objects.filter(revision=page.latest_revision, status="skipped").count() == 1


def test_section_review_comes_first(lorraine, editor, reviewer, approver):
    page = submit_article(lorraine, editor)
    assert step_of(page) == "SectionReviewTask"
    answer(lorraine, approver, page)
    assert step_of(reload(page)) == "SectionReviewTask"

    answer(lorraine, reviewer, page)

    page = reload(page)
    assert (page.live, page.title, step_of(page)) == (True, "En ligne", "FourEyesTask")
    answer(lorraine, reviewer, page)
    assert reload(page).title == "En ligne"
    answer(lorraine, approver, page)
    assert reload(page).title == "Soumis"


def history(ground, person, page) -> str:
    """A page's history as shown to a person with permission."""
    address = reverse("wagtailadmin_pages:history", args=[page.pk])
    return BeautifulSoup(newsroom_client(ground, person).get(address).content, "html.parser").get_text(" ", strip=True)


def test_history_has_no_next_step_after_the_last_approval(lorraine, editor, approver, page):
    answer(lorraine, approver, page, "reject")
    edit_form(newsroom_client(lorraine, editor), page, title="Mieux", **{"action-submit": "1"})

    answer(lorraine, approver, reload(page))

    assert reload(page).title == "Mieux"
    shown = history(lorraine, approver, page)
    assert "Approved at 'Lorraine: approval'. 'Lorraine' complete" in shown


def test_history_names_the_step_that_follows_an_approval(lorraine, editor, reviewer, approver):
    page = submit_article(lorraine, editor)

    answer(lorraine, reviewer, page)

    assert "Approved at 'Lorraine: section review'. Next step 'Lorraine: approval'" in history(lorraine, approver, page)


def test_section_reviewer_reviews_all_languages_of_one_section(lorraine, editor, reviewer):
    beside = submit_article(lorraine, editor, make_section(lorraine.home, "À côté"))
    german = submit_article(lorraine, editor, lorraine.sections["de"])

    assert step_of(beside) == "FourEyesTask"
    assert step_of(german) == "SectionReviewTask"
    waiting = german.current_workflow_task.get_task_states_user_can_moderate(reviewer)
    assert [state.revision.object_id for state in waiting] == [str(german.pk)]


def test_section_whose_only_reviewer_wrote_the_page_is_skipped(lorraine, reviewer):
    assert step_of(submit_article(lorraine, reviewer)) == "FourEyesTask"


def test_second_reviewer_reviews_what_the_first_one_wrote(lorraine, reviewer):
    second = make_section_member(lorraine, Role.REVIEWER, username="second")
    page = submit_article(lorraine, reviewer)

    assert "Someone else must approve" in messages_of(answer(lorraine, reviewer, page))
    assert step_of(reload(page)) == "SectionReviewTask"
    answer(lorraine, second, page)
    assert step_of(reload(page)) == "FourEyesTask"


def test_edit_after_the_first_step_restarts_the_review(lorraine, editor, reviewer, approver):
    page = submit_article(lorraine, editor)
    answer(lorraine, reviewer, page)
    second_step = reload(page).current_workflow_task_state

    edit_form(newsroom_client(lorraine, approver), page, title="Retouché")

    page = reload(page)
    assert step_of(page) == "SectionReviewTask"
    other = make_member("other", group_of(lorraine.site, Role.APPROVER))
    assert "changed since you looked" in messages_of(answer(lorraine, other, page, state=second_step))
    answer(lorraine, reviewer, page)
    answer(lorraine, other, reload(page))
    assert reload(page).title == "Retouché"


def test_saving_the_same_text_keeps_the_approval(lorraine, editor, reviewer, approver):
    page = submit_article(lorraine, editor)
    answer(lorraine, reviewer, page)

    edit_form(newsroom_client(lorraine, approver), reload(page))

    page = reload(page)
    assert step_of(page) == "FourEyesTask"
    assert page.current_workflow_task_state.revision_id == page.latest_revision_id
    answer(lorraine, approver, page)
    assert reload(page).title == "Soumis"


def test_saving_again_does_not_restore_approvals(lorraine, editor, reviewer, approver):
    page = submit_article(lorraine, editor)
    answer(lorraine, reviewer, page)
    rewrite(page, approver, "Retouché")

    rewrite(page, approver, "Retouché")

    assert step_of(reload(page)) == "SectionReviewTask"


def test_approval_of_a_stale_list_is_refused_with_the_comparison(lorraine, editor, approver, page):
    seen = page.current_workflow_task_state
    rewrite(page, editor, "Retouché")

    response = answer(lorraine, approver, page, state=seen)

    assert reload(page).title == "En ligne"
    assert "changed since you looked" in messages_of(response)
    assert (
        f"/admin/pages/{page.pk}/revisions/compare/{seen.revision_id}...{reload(page).latest_revision_id}/"
        in messages_of(response)
    )


def test_approval_from_a_mail_is_valid_for_the_content_in_the_mail(lorraine, editor, approver, page):
    state, mark = page.current_workflow_task_state, content_hash_of(page.latest_revision)
    path = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk])
    # An autosave overwrites the revision.
    draft = reload(page)
    draft.title = "Retouché"
    draft.save_revision(user=editor, overwrite_revision=page.latest_revision)
    assert reload(page).current_workflow_task_state.pk == state.pk

    refused = newsroom_client(lorraine, approver).post(f"{path}?seen={mark}", {"comment": ""})
    assert "changed since you looked" in messages_of(refused)
    assert reload(page).title == "En ligne"

    newsroom_client(lorraine, approver).post(
        f"{path}?seen={content_hash_of(reload(page).latest_revision)}", {"comment": ""}
    )
    assert reload(page).title == "Retouché"


def test_comment_dialog_carries_the_content_hash(lorraine, approver, page):
    path = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", page.current_workflow_task_state.pk])

    window = newsroom_client(lorraine, approver).get(path)

    assert content_hash_of(page.latest_revision) in json.loads(window.content)["html"]


def approval(page, **seen) -> dict:
    return {"action-workflow-action": "true", "workflow-action-name": "approve", **seen}


def test_approval_of_a_stale_editing_page_is_refused(lorraine, editor, approver, page):
    seen = {
        "loaded_revision_id": page.latest_revision_id,
        "loaded_revision_created_at": page.latest_revision.created_at.isoformat(),
    }
    changed = rewrite(page, editor, "Retouché")
    client = newsroom_client(lorraine, approver)

    response = edit_form(client, page, **approval(page, **seen))

    assert "changed since you looked" in messages_of(response)
    assert reload(page).title == "En ligne"
    assert reload(page).latest_revision_id == changed.latest_revision_id
    now = {
        "loaded_revision_id": changed.latest_revision_id,
        "loaded_revision_created_at": changed.latest_revision.created_at.isoformat(),
    }
    edit_form(client, page, **approval(page, **now))
    assert reload(page).title == "Retouché"


def test_text_of_a_stale_form_is_not_lost(lorraine, editor, approver, page):
    seen = {"loaded_revision_id": page.latest_revision_id, "loaded_revision_created_at": "earlier"}
    rewrite(page, editor, "Retouché")

    response = edit_form(newsroom_client(lorraine, approver), page, **approval(page, title="Mes mots", **seen))

    assert "changed since you looked" in messages_of(response)
    assert [stored.content["title"] for stored in page.revisions.filter(user=approver)] == ["Mes mots"]
    assert reload(page).get_latest_revision_as_object().title == "Retouché"


def test_edits_of_an_approver_are_saved_and_need_another_approver(lorraine, approver, page):
    response = edit_form(newsroom_client(lorraine, approver), page, **approval(page, title="Retouché"))

    page = reload(page)
    assert page.title == "En ligne"
    assert page.get_latest_revision_as_object().title == "Retouché"
    assert "Someone else must approve" in messages_of(response)


@pytest.mark.parametrize("extra", ["[]", "nonsense", '{"comment": 7}', '{"user": "x"}', '{"seen": "1.1"}', "null"])
def test_invalid_extra_data_of_an_approval_is_ignored(lorraine, approver, extra, page):
    data = {**approval(page), "workflow-action-extra-data": extra}

    edit_form(newsroom_client(lorraine, approver), page, **data)

    assert reload(page).title == "Soumis"


def test_review_action_applies_to_its_page_only(lorraine, saar, newsrooms, editor, approver):
    mine, other = submit_article(lorraine, editor), submit_article(lorraine, approver)
    foreign = submit_article(saar, newsrooms.saar[Role.EDITOR])

    for page in (other, foreign):
        path = reverse(
            "wagtailadmin_pages:workflow_action", args=[mine.pk, "approve", page.current_workflow_task_state.pk]
        )
        newsroom_client(lorraine, approver).post(path, {"comment": ""})
        assert reload(page).title == "En ligne"
    assert reload(mine).title == "En ligne"


def test_rejected_page_restarts_at_the_first_unapproved_step(lorraine, editor, reviewer, approver):
    page = submit_article(lorraine, editor)
    answer(lorraine, reviewer, page)
    answer(lorraine, approver, reload(page), "reject")

    edit_form(newsroom_client(lorraine, editor), page, title="Mieux", **{"action-submit": "1"})

    # The approver cannot approve before the section has reviewed the new text.
    page = reload(page)
    answer(lorraine, approver, page)
    assert reload(page).title == "En ligne"


def test_person_who_resubmits_cannot_approve(lorraine, approver, page):
    answer(lorraine, approver, page, "reject")
    edit_form(newsroom_client(lorraine, approver), page, **{"action-submit": "1"})

    assert "Someone else must approve" in messages_of(answer(lorraine, approver, reload(page)))


def test_setup_does_not_change_an_edited_workflow(lorraine, editor, approver):
    workflow = WorkflowPage.objects.get(page=lorraine.home.pk).workflow
    third = FourEyesTask.objects.create(name="A third look")
    third.groups.add(group_of(lorraine.site, Role.SITE_ADMINISTRATOR))
    WorkflowTask.objects.create(workflow=workflow, task=third.task_ptr, sort_order=5)

    set_up_newsroom(lorraine.site)

    assert [task.name for task in workflow.tasks][-1] == "A third look"
    assert Workflow.objects.filter(name=workflow.name).count() == 1
    page = submit_article(lorraine, editor)
    answer(lorraine, approver, page)
    assert reload(page).title == "En ligne"


@pytest.fixture
def strict():
    """Rules of the publication gate that another app registers."""

    def no_title(request):
        if "faux" in request.page.title:
            raise PublicationRefusedError("Ce titre est faux.", "Le chapeau manque.")

    before_submitting.append(no_title)
    before_publishing.append(no_title)
    yield
    before_submitting.remove(no_title)
    before_publishing.remove(no_title)


def test_rule_before_submission_holds_for_a_new_page_and_after_a_refusal(strict, lorraine, editor, approver):
    path = reverse("wagtailadmin_pages:add", args=["articles", "articlepage", lorraine.section.pk])
    sample = make_article(lorraine.section, date=None)
    form = form_of_another(sample, title="Titre faux", slug="faux", **{"action-submit": "1"})
    response = newsroom_client(lorraine, editor).post(path, form)
    made = lorraine.section.get_children().get(slug="faux").specific
    assert "Ce titre est faux" in messages_of(response)
    assert not made.workflow_in_progress

    page = submit_article(lorraine, editor)
    answer(lorraine, approver, page, "reject")
    edit_form(newsroom_client(lorraine, editor), page, title="Titre faux", **{"action-submit": "1"})
    assert not reload(page).workflow_in_progress
    edit_form(newsroom_client(lorraine, editor), page, title="Titre juste", **{"action-submit": "1"})
    assert reload(page).workflow_in_progress
