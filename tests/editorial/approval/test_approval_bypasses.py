"""Attempts to publish without approval through other page types, sites, people and scheduled revisions."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.models import Page, Revision, get_page_models
from wagtail_localize.models import Translation, TranslationSource

from portal.content.kinds import Listed, kinds
from portal.content.pages.pages import PortalPage
from portal.editorial.approval.authorship import authors_among
from portal.editorial.approval.conflicts import save_conflicting_version
from portal.editorial.roles import Role, group_of
from tests.builders import (
    make_accessibility_statement,
    make_article,
    make_form_page,
    make_gated_document,
    make_legal_notice,
    make_member,
    make_privacy_notice,
    make_section,
    make_sheet_page,
    make_site_map,
    make_standard_page,
    newsroom_client,
    sheet_block,
)
from tests.checkers.refusals import is_refused
from tests.editorial.actions import (
    bulk,
    edit_form,
    form_of,
    post,
    publish as publish_by_form,
    publish_in_bulk,
    reload,
    unpublish,
)
from tests.editorial.drafts import answer, draft, rewrite, step_of, submit
from tests.newsletter.makers import make_issue, make_newsletter
from tests.project.samples import make_page_of


@pytest.fixture
def author(lorraine, newsroom):
    """Someone who may publish."""
    return make_member("author", group_of(lorraine.site, Role.APPROVER))


@pytest.fixture
def chief(db):
    return make_member("chief", is_superuser=True)


@pytest.fixture
def live(lorraine):
    return make_article(lorraine.section, "En ligne", date=None)


@pytest.fixture
def of_every_type(lorraine, settings, tmp_path) -> list[Page]:
    settings.MEDIA_ROOT = tmp_path
    newsletter = make_newsletter(lorraine)
    return [
        reload(page)
        for page in (
            lorraine.home,
            lorraine.section,
            lorraine.calendar,
            *(
                make_page_of(kind.model, lorraine, kind.name)
                for kind in (*kinds(Listed.STORIES), *kinds(Listed.EVENTS))
            ),
            make_standard_page(lorraine.home),
            make_form_page(lorraine.home),
            make_sheet_page(lorraine.home, sheet_block(make_gated_document(lorraine))),
            newsletter,
            make_issue(newsletter),
            make_accessibility_statement(lorraine.home),
            make_legal_notice(lorraine.home),
            make_privacy_notice(lorraine.home),
            make_site_map(lorraine.home),
        )
    ]


def test_every_page_type_passes_the_publication_gate(of_every_type, author, chief):
    assert {type(page) for page in of_every_type} == {model for model in get_page_models() if model is not Page}
    for page in of_every_type:
        assert isinstance(page, PortalPage)
        for person in (author, chief):
            revision = rewrite(page, person, title=f"Écrit seul par {person}").latest_revision
            for publish in (
                lambda revision=revision, person=person: revision.publish(user=person),
                lambda revision=revision, person=person: PublishPageRevisionAction(revision, user=person).execute(
                    skip_permission_checks=True
                ),
            ):
                with pytest.raises(PermissionDenied):
                    publish()
        assert not reload(page).title.startswith("Écrit seul")


def test_bulk_publication_of_every_page_type(lorraine, of_every_type, chief):
    client = newsroom_client(lorraine, chief)
    for page in of_every_type:
        rewrite(page, chief, title="Écrit seul")
        bulk(client, "publish", page)
        assert reload(page).title != "Écrit seul"


@pytest.mark.parametrize("person", ["author", "chief"])
@pytest.mark.parametrize("later", [False, True])
def test_page_cannot_be_created_live_or_scheduled(lorraine, author, chief, person, later):
    client = newsroom_client(lorraine, {"author": author, "chief": chief}[person])
    path = reverse("wagtailadmin_pages:add", args=["articles", "articlepage", lorraine.section.pk])
    start = timezone.now() + timedelta(days=1)
    facts = {"go_live_at": f"{start:%Y-%m-%d %H:%M}"} if later else {}
    form = form_of(make_article(lorraine.section, date=None), title="Neuf", slug="neuf")

    for wish in ("action-publish", "action-go-live", "live", "action-workflow-action"):
        client.post(path, {**form, **facts, "slug": f"neuf-{wish}", wish: "1"})

        page = Page.objects.get(slug=f"neuf-{wish}")
        assert not page.live
        assert not page.revisions.filter(approved_go_live_at__isnull=False).exists()


@pytest.mark.parametrize("person", ["author", "chief"])
@pytest.mark.parametrize("address", ["list", "userbar", "form", "comment", "answer"])
def test_author_cannot_approve_by_any_address(lorraine, author, chief, person, address):
    user = {"author": author, "chief": chief}[person]
    page = draft(lorraine, user)
    state = submit(page, make_member("who-submits", group_of(lorraine.site, Role.EDITOR)))
    client = newsroom_client(lorraine, user)
    action = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk])
    if address == "list":
        client.post(action, {"comment": ""})
    elif address == "userbar":
        client.post(action, {"next": "/"}, headers={"x-requested-with": "XMLHttpRequest"})
    elif address == "answer":
        client.post(reverse("editorial:answer", args=[state.pk]), {"approve": "1", "comment": "", "seen": ""})
    else:
        extra = '{"comment": "Moi"}' if address == "comment" else ""
        facts = {"action-workflow-action": "1", "workflow-action-name": "approve"}
        edit_form(client, page, **facts, **{"workflow-action-extra-data": extra})

    assert not reload(page).live
    assert step_of(page).status == "in_progress"


def test_author_of_a_page_moved_to_another_workflow_stays_author(lorraine, author, approver):
    page = draft(lorraine, author)
    state = submit(page, author)
    beside = make_section(lorraine.home, "À côté")
    client = newsroom_client(lorraine, author)

    post(client, "move_confirm", page.pk, beside.pk)
    for action in ("action-publish", "action-restart-workflow"):
        edit_form(client, page, **{action: "1"})
    with pytest.raises(PermissionDenied):
        answer(state, author)

    assert not reload(page).live
    answer(step_of(page), approver)
    assert reload(page).live


@pytest.mark.parametrize("overwriting", [False, True])
def test_scheduled_approved_text_does_not_change_before_its_time(lorraine, author, approver, live, overwriting):
    page = reload(live)
    page.title, page.go_live_at = "Approuvé", timezone.now() + timedelta(hours=1)
    approved = page.save_revision(user=author)
    approved.publish(user=approver)
    client = newsroom_client(lorraine, author)
    facts = {"overwrite_revision_id": approved.pk} if overwriting else {"action-publish": "1"}

    client.post(reverse("wagtailadmin_pages:edit", args=[live.pk]), form_of(live, title="Glissé après coup", **facts))
    approved = Revision.objects.get(pk=approved.pk)
    approved.content["go_live_at"], approved.approved_go_live_at = None, timezone.now() - timedelta(minutes=1)
    approved.save()
    call_command("publish_scheduled")

    assert reload(live).title == "Approuvé"


def german_of(lorraine, live, user):
    german = lorraine.homes["de"].locale
    source, _created = TranslationSource.get_or_create_from_instance(live)
    translation = Translation.objects.create(source=source, target_locale=german)
    translation.save_target(user=user, publish=False)
    return translation, live.get_translation(german)


def test_translation_turned_into_an_alias_shows_the_approved_text(lorraine, live, author, editor):
    _translation, page = german_of(lorraine, live, editor)
    rewrite(live, author, title="Écrit seul")
    path = reverse("wagtail_localize:convert_to_alias", args=[page.pk])

    newsroom_client(lorraine, author).post(path)

    assert reload(page).alias_of_id == live.pk
    assert reload(page).title == "En ligne"
    assert is_refused(newsroom_client(lorraine, editor).post(path))


def test_alias_of_a_translation_turned_into_an_alias_shows_no_draft(lorraine, live, author, editor, approver):
    _translation, page = german_of(lorraine, live, editor)
    rewrite(page, editor, title="Übersetzt").latest_revision.publish(user=approver)
    alias = reload(page).create_alias(user=author, parent=lorraine.sections["de"], update_slug="alias")
    client = newsroom_client(lorraine, author)
    post(client, "unpublish", live.pk)
    edit_form(client, live, title="Écrit seul")

    client.post(reverse("wagtail_localize:convert_to_alias", args=[page.pk]))

    assert reload(page).alias_of_id == live.pk
    assert not reload(page).live
    assert reload(alias).title == "Übersetzt"


def test_converting_an_alias_of_a_draft_keeps_its_author(lorraine, author, editor, approver):
    page = draft(lorraine, author)
    alias = page.create_alias(update_slug="alias")
    post(newsroom_client(lorraine, editor), "convert_alias", alias.pk)

    with pytest.raises(PermissionDenied):
        reload(alias).latest_revision.publish(user=author)
    reload(alias).latest_revision.publish(user=approver)

    assert reload(alias).live


def test_author_of_a_restored_version_counts(lorraine, live, author, editor, approver):
    latest = rewrite(live, editor, title="De la rédaction").latest_revision
    mine = reload(live).get_latest_revision_as_object()
    mine.title = "Écrit seul"
    stored = save_conflicting_version(mine, author, latest)
    assert not authors_among(reload(live), {author.pk})
    client = newsroom_client(lorraine, editor)

    post(client, "revisions_revert", live.pk, stored.pk, **form_of(live, title="Écrit seul"))

    with pytest.raises(PermissionDenied):
        reload(live).latest_revision.publish(user=author)
    assert reload(live).title == "En ligne"


@pytest.mark.parametrize("door", [publish_by_form, publish_in_bulk])
def test_text_that_was_unpublished_after_its_review_is_republished_by_somebody_else(lorraine, newsroom, author, door):
    page = draft(lorraine, author)
    answer(submit(page, author), newsroom[Role.APPROVER])
    assert unpublish(newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR]), reload(page), None)

    assert not door(newsroom_client(lorraine, author), reload(page), None)
    assert door(newsroom_client(lorraine, newsroom[Role.APPROVER]), reload(page), None)
