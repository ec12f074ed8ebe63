"""What was read since a page is locked spares questions, and no guard goes without the one that it needs."""

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.transaction import TransactionManagementError
from wagtail import hooks
from wagtail.models import Comment, Page, ReferenceIndex, WorkflowState
from wagtail.test.utils.form_data import inline_formset

from portal.content.forms import PortalPageForm
from portal.content.pages.restoring import keys_asked_once
from portal.editorial.roles import Role
from tests.builders import make_article, make_image, newsroom_client
from tests.editorial.drafts import draft, submit
from tests.editorial.test_conflicting_edits import edit_path, opened
from tests.editorial.test_saving_queries import form_of_draft

NOTE = {"text": "Trop long", "contentpath": "title", "position": "", "id": "", "replies": inline_formset([])}


@pytest.fixture
def page(lorraine):
    return make_article(lorraine.section, "Une usine", slug="une-usine")


@pytest.fixture
def neighbour(lorraine):
    return make_article(lorraine.section, "Un moulin", slug="un-moulin")


def take(neighbour: Page, slug: str) -> None:
    """What another process does that has found the slug free at the same moment."""
    Page.objects.filter(pk=neighbour.pk).update(slug=slug)


def send(lorraine, user, page, title, **facts):
    client = newsroom_client(lorraine, user)
    return client.post(edit_path(page), form_of_draft(page, title, **facts) | opened(client, page))


def publish(lorraine, newsroom, page, **facts):
    """An approver publishes from the form, as it is, what an editor has written."""
    send(lorraine, newsroom[Role.EDITOR], page, "Une usine ferme")
    return send(lorraine, newsroom[Role.APPROVER], page, "Une usine ferme", **facts, **{"action-publish": "1"})


def autosave(client, page, mark, title, **facts):
    form = form_of_draft(page, title, **facts) | mark
    answer = client.post(edit_path(page), form, headers={"accept": "application/json"}).json()
    assert answer["success"]
    return mark | {
        "overwrite_revision_id": answer["revision_id"],
        "loaded_revision_id": answer["revision_id"],
        "loaded_revision_created_at": answer["revision_created_at"],
    }


def test_address_that_a_neighbour_takes_after_the_form_was_checked_is_not_published(
    lorraine, newsroom, page, neighbour
):
    def before_publication(request, page):
        take(neighbour, page.slug)

    with hooks.register_temporarily("before_publish_page", before_publication):
        publish(lorraine, newsroom, page)
    page.refresh_from_db()
    assert page.title == "Une usine"

    take(neighbour, "un-moulin")
    publish(lorraine, newsroom, page)
    page.refresh_from_db()
    assert page.title == "Une usine ferme"


def test_address_that_a_neighbour_takes_after_the_form_was_checked_is_not_saved(
    lorraine, newsroom, neighbour, monkeypatch
):
    page = draft(lorraine, newsroom[Role.EDITOR], slug="une-usine")
    save = PortalPageForm.save

    def save_late(form, commit=True):
        take(neighbour, form.instance.slug)
        return save(form, commit=commit)

    monkeypatch.setattr(PortalPageForm, "save", save_late)

    with pytest.raises(ValidationError, match="already in use"):
        send(lorraine, newsroom[Role.EDITOR], page, "Une usine ferme")


def test_page_that_loses_its_address_is_given_one(page):
    page.slug = ""
    page.save()

    page.refresh_from_db()
    assert page.slug == "une-usine"


def test_new_address_of_a_draft_is_saved(lorraine, newsroom):
    page = draft(lorraine, newsroom[Role.EDITOR], slug="une-usine")

    form = form_of_draft(page, "Une usine") | {"slug": "une-autre"}
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])
    client.post(edit_path(page), form | opened(client, page))

    page.refresh_from_db()
    assert page.url_path == f"{lorraine.section.url_path}une-autre/"


@pytest.mark.parametrize("live", [False, True])
def test_first_comment_of_a_page_stays_through_autosaves_and_publication(lorraine, newsroom, live, page):
    if not live:
        page = draft(lorraine, newsroom[Role.EDITOR], slug="un-brouillon")
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])
    mark = autosave(client, page, opened(client, page), "Une usine f")

    mark = autosave(client, page, mark, "Une usine fe", comments=inline_formset([NOTE]))
    comment = Comment.objects.get(page=page)
    kept = {**NOTE, "id": comment.pk}
    autosave(client, page, mark, "Une usine ferme", comments=inline_formset([kept], initial=1))
    type(page).objects.get(pk=page.pk).latest_revision.publish(user=newsroom[Role.APPROVER])

    assert Comment.objects.get(page=page) == comment
    assert type(page).objects.get(pk=page.pk).title == "Une usine ferme"


@pytest.mark.parametrize("act", ["autosave", "publish"])
def test_comment_that_a_guest_leaves_while_a_page_is_saved_stays(lorraine, newsroom, page, monkeypatch, act):
    client, save = newsroom_client(lorraine, newsroom[Role.EDITOR]), PortalPageForm.save

    def save_late(form, commit=True):
        Comment.objects.update_or_create(page=form.instance, user=newsroom[Role.EDITOR], text="Anne, by link: oui")
        return save(form, commit=commit)

    monkeypatch.setattr(PortalPageForm, "save", save_late)
    if act == "autosave":
        autosave(client, page, opened(client, page), "Une usine ferme")
    else:
        send(lorraine, newsroom[Role.EDITOR], page, "Une usine ferme")
        Comment.objects.all().delete()
        send(lorraine, newsroom[Role.APPROVER], page, "Une usine ferme", **{"action-publish": "1"})
        page.refresh_from_db()
        assert page.title == "Une usine ferme"

    assert Comment.objects.get(page=page).text == "Anne, by link: oui"


def test_comment_that_is_sent_with_a_publication_is_kept(lorraine, newsroom, page):
    publish(lorraine, newsroom, page, comments=inline_formset([NOTE]))

    assert Comment.objects.get(page=page).text == "Trop long"
    assert type(page).objects.get(pk=page.pk).title == "Une usine ferme"


def test_review_that_is_under_way_ends_with_a_publication_from_the_form(lorraine, newsroom, page):
    send(lorraine, newsroom[Role.EDITOR], page, "Une usine ferme")
    step = submit(page, newsroom[Role.EDITOR])

    publish(lorraine, newsroom, page)

    page.refresh_from_db()
    assert page.title == "Une usine ferme"
    assert WorkflowState.objects.get(pk=step.workflow_state_id).status != WorkflowState.STATUS_IN_PROGRESS


def test_page_whose_references_cannot_be_noted_is_not_saved_by_half(page, monkeypatch):
    def fail(*args, **kwargs):
        raise ValueError("no references")

    monkeypatch.setattr(ReferenceIndex, "create_or_update_for_object", fail)

    with pytest.raises(TransactionManagementError), transaction.atomic():
        with pytest.raises(ValueError, match="no references"):
            page.save()
        Page.objects.count()


def test_records_of_a_version_are_looked_for_once(lorraine, django_assert_num_queries):
    page = make_article(lorraine.section, lead_image=make_image())
    revision = page.save_revision()

    with keys_asked_once():
        revision.as_object()
        with django_assert_num_queries(1):
            # The comments, which Wagtail reads of each version.
            revision.as_object()
