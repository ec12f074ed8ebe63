"""An incomplete page is neither submitted nor published; the draft is saved, and an approver may waive findings."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageLogEntry, TaskState, WorkflowState
from wagtail.test.utils.form_data import inline_formset, rich_text, streamfield

from articles.models import ArticlePage
from portal.content.publication import PublicationRefusedError
from portal.editorial.approval.completeness import missing_findings, waive
from portal.editorial.models import ChecklistWaiver
from portal.editorial.roles import Role
from tests.builders import change, make_article, make_member, make_topic, newsroom_client
from tests.editorial.forms import INCOMPLETE, act, article_form, complete_form, rewrite, write

pytestmark = pytest.mark.usefixtures("media")


def edit_page(ground, user, page) -> str:
    return newsroom_client(ground, user).get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()


def in_review(page) -> bool:
    return WorkflowState.objects.for_instance(page).filter(status=WorkflowState.STATUS_IN_PROGRESS).exists()


def test_refused_submission_keeps_the_draft_and_lists_the_findings_once(lorraine, newsroom):
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])
    path = reverse("wagtailadmin_pages:add", args=["articles", "articlepage", lorraine.section.pk])

    response = client.post(path, article_form(title="Une usine", **{"action-submit": "1"}), follow=True)

    page = ArticlePage.objects.get(slug="une-usine")
    assert not in_review(page)
    html = response.content.decode()
    assert f"/admin/pages/{page.pk}/edit/" in response.redirect_chain[0][0]
    assert "Une usine" in html
    assert "stays a draft" in str(response.context["messages"]._loaded_messages[0])
    for message in ("Write a standfirst", "Choose a lead image", "Choose at least one topic"):
        assert html.count(message) == 1
    assert f'<li><a href="/admin/pages/{page.pk}/edit/#:w:contentpath=standfirst" ' in html


@pytest.mark.parametrize("action", ["action-submit", "action-restart-workflow"])
def test_resubmission_after_changes_were_requested_is_checked_too(lorraine, newsroom, action):
    page = write(lorraine, newsroom[Role.EDITOR], **{"action-submit": "1"})
    act(lorraine, newsroom[Role.APPROVER], page, "reject")
    page = ArticlePage.objects.get(pk=page.pk)

    rewrite(lorraine, newsroom[Role.EDITOR], page, "Vide", **{"standfirst": "", action: "1"})

    page = ArticlePage.objects.get(pk=page.pk)
    review = WorkflowState.objects.get()
    assert review.status == WorkflowState.STATUS_NEEDS_CHANGES
    assert review.current_task_state.status == TaskState.STATUS_REJECTED
    assert page.get_latest_revision().as_object().title == "Vide"


def test_workflow_started_without_the_form_is_refused(lorraine, newsroom):
    page = write(lorraine, newsroom[Role.EDITOR], **INCOMPLETE)

    with pytest.raises(PublicationRefusedError, match="standfirst"):
        page.get_workflow().start(page, newsroom[Role.EDITOR])
    assert not in_review(page)


@pytest.mark.parametrize("path", ["button", "bulk", "model", "schedule"])
def test_publication_is_refused_in_every_way(lorraine, newsroom, path):
    page = write(lorraine, newsroom[Role.EDITOR], **INCOMPLETE)
    administrator = make_member("root", is_superuser=True)
    client = newsroom_client(lorraine, administrator)
    if path == "button":
        client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), article_form(**{"action-publish": "1"}))
    elif path == "bulk":
        address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
        client.post(f"{address}?id={page.pk}")
    elif path == "model":
        with pytest.raises(PublicationRefusedError, match="topic"):
            page.get_latest_revision().publish(user=administrator)
    else:
        page.go_live_at = timezone.now() + timedelta(hours=1)
        with pytest.raises(PublicationRefusedError, match="lead image"):
            page.save_revision(user=newsroom[Role.EDITOR]).publish(user=administrator)

    page.refresh_from_db()
    assert not page.live
    assert page.scheduled_revision is None


def test_approval_of_a_page_that_became_incomplete_is_refused(lorraine, newsroom):
    goal = make_article(lorraine.section, "But")
    link = rich_text(f'<p><a linktype="page" id="{goal.pk}">But</a></p>')
    page = write(lorraine, newsroom[Role.EDITOR], **{"body": streamfield([("paragraph", link)]), "action-submit": "1"})
    assert in_review(page)
    goal.unpublish()

    act(lorraine, newsroom[Role.APPROVER], page)

    page.refresh_from_db()
    assert not page.live
    assert in_review(page)


def test_publication_by_the_system_is_not_checked(lorraine):
    page = change(make_article(lorraine.section, "Importé", standfirst=""), title="Importé de nouveau")

    assert page.live


# The editor's view


def test_form_links_to_each_finding(lorraine, newsroom):
    page = write(lorraine, newsroom[Role.EDITOR], **INCOMPLETE)

    html = edit_page(lorraine, newsroom[Role.EDITOR], page)

    box = html.split('id="checklist"')[1].split("</section>")[0]
    assert "before it can be sent for review: 3 things" in box
    assert f"/admin/pages/{page.pk}/edit/#:w:contentpath=standfirst" in box
    assert 'data-checklist-field="page_topics"' in box
    assert "without it, for a reason" not in box


def empty_form(ground, editor, app: str, model: str) -> str:
    """The checklist above the form for a page that was never saved."""
    path = reverse("wagtailadmin_pages:add", args=[app, model, ground.section.pk])
    html = newsroom_client(ground, editor).get(path).content.decode()
    return html.split('id="checklist"')[1].split("</section>")[0]


def test_empty_form_says_what_the_page_needs(lorraine, newsroom):
    box = empty_form(lorraine, newsroom[Role.EDITOR], "articles", "articlepage")

    # It ends without a colon, because on a phone the list below it is folded.
    assert 'data-checklist-summary="Still to do before it can be sent for review: 3 things"' in box
    needs = ["standfirst", "lead_image", "page_topics"]
    assert re.findall(r'data-checklist-field="(\w+)"', box) == [*needs, "bylines"]


@pytest.mark.parametrize("page_type", [("home", "standardpage"), ("home", "formpage"), ("home", "sectionpage")])
def test_empty_form_never_says_that_nothing_is_missing(lorraine, newsroom, page_type):
    box = empty_form(lorraine, newsroom[Role.SITE_ADMINISTRATOR], *page_type)

    assert "Nothing is left to do" not in box


def test_empty_form_does_not_ask_for_the_title_that_is_being_typed(lorraine, newsroom):
    box = empty_form(lorraine, newsroom[Role.EDITOR], "articles", "articlepage")

    assert 'data-checklist-field="title"' not in box


def test_each_autosave_updates_the_list(lorraine, newsroom):
    page = write(lorraine, newsroom[Role.EDITOR], **INCOMPLETE)
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])
    path = reverse("wagtailadmin_pages:edit", args=[page.pk])

    def saved(form) -> str:
        response = client.post(path, form, headers={"accept": "application/json"})
        assert response.json()["success"], response.json()
        return response.json()["html"].split("#checklist-findings")[1]

    assert "before it can be sent for review: 3 things" in saved(article_form())
    assert "before it can be sent for review: 2 things" in saved(article_form(standfirst="Un chapeau"))
    topics = inline_formset([{"topic": make_topic().pk}])
    assert "Nothing is left to do" in saved(complete_form(lorraine, page_topics=topics))


def test_checklist_shows_the_embargo(lorraine, newsroom):
    until = timezone.now() + timedelta(days=2)
    page = write(lorraine, newsroom[Role.EDITOR], embargo_until=timezone.localtime(until).strftime("%Y-%m-%d %H:%M"))

    assert "Under embargo until" in edit_page(lorraine, newsroom[Role.EDITOR], page)


# An approver's exception


def waiver_path(page) -> str:
    return reverse("checklist", args=[page.pk])


def keys(page) -> list[str]:
    return [finding.key for finding in missing_findings(page, timezone.now())]


def test_waiver_of_an_approver_lets_the_page_go_live_and_is_logged(lorraine, newsroom):
    page = write(lorraine, newsroom[Role.EDITOR], **INCOMPLETE)
    approver = newsroom_client(lorraine, newsroom[Role.APPROVER])
    shown = approver.get(waiver_path(page)).content.decode()
    assert "Choose a lead image" in shown

    response = approver.post(waiver_path(page), {"finding": keys(page), "reason": "Une brève, sans photo"})

    assert response.status_code == 302
    waiver = ChecklistWaiver.objects.get()
    assert (waiver.page_id, waiver.user, waiver.reason) == (page.pk, newsroom[Role.APPROVER], "Une brève, sans photo")
    entry = PageLogEntry.objects.get(action="portal.checklist.waived")
    assert (entry.user, entry.data["reason"]) == (newsroom[Role.APPROVER], "Une brève, sans photo")
    history = approver.get(reverse("wagtailadmin_pages:history", args=[page.pk])).content.decode()
    assert "Une brève, sans photo" in history
    assert "Choose a lead image" in history
    rewrite(lorraine, newsroom[Role.EDITOR], page, "Une usine", **{**INCOMPLETE, "action-submit": "1"})
    assert in_review(page)
    act(lorraine, newsroom[Role.APPROVER], page)
    page.refresh_from_db()
    assert page.live


def test_waiver_covers_only_the_chosen_findings(lorraine, newsroom):
    page = write(lorraine, newsroom[Role.EDITOR], lead_image="", lead_image_alt="")
    assert waive(page, newsroom[Role.APPROVER], {"lead_image:lead_image", "topic:page_topics"}, "Sans photo")
    assert keys(page) == []

    page.standfirst = ""
    page.page_topics = []

    assert keys(page) == ["standfirst:standfirst", "topic:page_topics"]


def test_waiver_without_a_reason_or_finding_is_refused(lorraine, newsroom):
    page = write(lorraine, newsroom[Role.EDITOR], **INCOMPLETE)
    approver = newsroom_client(lorraine, newsroom[Role.APPROVER])

    response = approver.post(waiver_path(page), {"finding": keys(page), "reason": "  "})
    approver.post(waiver_path(page), {"finding": ["x"], "reason": "Bof"})

    assert "required" in response.content.decode()
    assert not ChecklistWaiver.objects.exists()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ORGANISER])
def test_people_who_may_not_publish_cannot_waive(lorraine, newsroom, role):
    page = write(lorraine, newsroom[Role.EDITOR], **INCOMPLETE)
    client = newsroom_client(lorraine, newsroom[role])

    client.post(waiver_path(page), {"finding": keys(page), "reason": "Je veux"})

    assert not ChecklistWaiver.objects.exists()
    assert 'name="reason"' not in client.get(waiver_path(page)).content.decode()


def test_checklist_is_not_cached_and_unknown_pages_are_404(lorraine, newsroom):
    page = write(lorraine, newsroom[Role.EDITOR], **INCOMPLETE)
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])

    assert "no-store" in client.get(waiver_path(page))["Cache-Control"]
    assert client.get(reverse("checklist", args=[10**9])).status_code == 404
