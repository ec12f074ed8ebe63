"""Nobody publishes their own text: every attempt is refused, and the draft is unchanged."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from wagtail.actions.copy_page import CopyPageAction
from wagtail.actions.create_alias import CreatePageAliasAction
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.actions.revert_to_page_revision import RevertToPageRevisionAction
from wagtail.models import Page, PageLogEntry, Revision
from wagtail_localize.models import Translation, TranslationSource
from wagtail_localize.operations import translate_object

from portal.content.publication import PublicationRefusedError
from portal.content.records.settings import SiteSettings
from portal.editorial.approval.authorship import SELF_PUBLISHED, authors_among
from portal.editorial.roles import Role, group_of
from tests.builders import make_article, make_member, make_section, newsroom_client
from tests.editorial.actions import bulk, edit_form, form_of, messages_of, post, reload
from tests.editorial.drafts import draft


@pytest.fixture(params=["approver", "administrator"])
def author(request, lorraine, newsroom):
    """A person who may publish, and a superuser."""
    if request.param == "approver":
        return make_member("author", group_of(lorraine.site, Role.APPROVER))
    return make_member("author", is_superuser=True)


@pytest.fixture
def other(newsroom):
    return newsroom[Role.APPROVER]


@pytest.fixture
def client(lorraine, author):
    return newsroom_client(lorraine, author)


@pytest.fixture
def live(lorraine):
    """Published by the system, so it has no author."""
    return make_article(lorraine.section, "En ligne", date=None)


def written(page, author, title: str = "Écrit seul"):
    draft = reload(page)
    draft.title = title
    draft.save_revision(user=author)
    return reload(page)


def stays(page, title: str = "En ligne", draft: str = "Écrit seul") -> bool:
    """Whether the live text is unchanged and the draft still exists."""
    page = reload(page)
    scheduled = page.revisions.filter(approved_go_live_at__isnull=False).exists()
    return page.title == title and page.get_latest_revision_as_object().title == draft and not scheduled


@pytest.mark.parametrize("is_saved", [False, True])
def test_publish_button(client, author, live, is_saved):
    if is_saved:
        written(live, author)
    facts = {} if is_saved else {"title": "Écrit seul"}
    response = edit_form(client, live, **facts, **{"action-publish": "1"})

    assert stays(live)
    assert "Someone else must publish" in messages_of(response)


def test_bulk_action(client, author, live):
    written(live, author)

    bulk(client, "publish", live)

    assert stays(live)


def test_bulk_action_with_descendants(lorraine, client, author):
    section = make_section(lorraine.home, "Bois")
    draft = written(make_article(section, "Dessous", date=None), author)
    draft.unpublish()

    bulk(client, "publish", section, include_descendants="on")

    assert not reload(draft).live


def test_bulk_action_with_the_alias_of_a_draft(lorraine, client, author):
    alias = draft(lorraine, author).create_alias(update_slug="alias")

    bulk(client, "publish", alias)

    assert not reload(alias).live


def test_schedule(client, live):
    later = f"{timezone.now() + timedelta(days=1):%Y-%m-%d %H:%M}"

    edit_form(client, live, title="Écrit seul", go_live_at=later, **{"action-publish": "1"})

    assert stays(live)


def test_publication_by_code_in_someones_name(author, live):
    revision = written(live, author).latest_revision

    for publish in (revision.publish, lambda user=None: reload(live).publish(revision, user=user)):
        with pytest.raises(PermissionDenied):
            publish(user=author)
        # As in wagtail-localize, the author of the revision publishes it.
        with pytest.raises(PermissionDenied):
            publish()
    with pytest.raises(PermissionDenied):
        reload(live).publish(revision, user=author, skip_permission_checks=True)
    assert stays(live)


@pytest.mark.parametrize("skip", [True, False])
def test_publish_action_of_wagtail_called_directly(author, live, skip):
    revision = written(live, author).latest_revision

    for user in (author, None):
        with pytest.raises(PermissionDenied):
            PublishPageRevisionAction(revision, user=user).execute(skip_permission_checks=skip)
    assert stays(live)


def test_revision_that_comes_with_its_own_schedule(author, live):
    draft = reload(live)
    draft.title = "Écrit seul"

    with pytest.raises(PermissionDenied):
        draft.save_revision(user=author, approved_go_live_at=timezone.now() + timedelta(days=1))

    assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()


def test_schedule_set_on_a_revision(author, live):
    revision = written(live, author).latest_revision
    revision.approved_go_live_at = timezone.now() + timedelta(days=1)

    with pytest.raises(PermissionDenied):
        revision.save(update_fields=["approved_go_live_at"])

    assert stays(live)


@pytest.mark.parametrize("recursive", [True, False])
def test_copy_that_stays_live(lorraine, author, recursive):
    section = make_section(lorraine.home, "Original")
    make_article(section, "Dessous", date=None)

    with pytest.raises(PermissionDenied):
        section.copy(to=lorraine.home, user=author, keep_live=True, recursive=recursive, update_attrs={"slug": "copie"})
    with pytest.raises(PermissionDenied):
        CopyPageAction(
            section, to=lorraine.home, user=author, keep_live=True, recursive=recursive, update_attrs={"slug": "copie"}
        ).execute(skip_permission_checks=True)


def test_authors_of_the_original_are_authors_of_its_copy(lorraine, author, other, live):
    draft = written(live, author)

    copied = draft.copy(to=lorraine.section, user=other, keep_live=False, update_attrs={"slug": "copie"})

    assert not copied.live
    for person in (author, other):
        with pytest.raises(PublicationRefusedError):
            reload(copied).latest_revision.publish(user=person)


def test_alias_needs_permission_to_publish_and_shows_the_approved_text(lorraine, newsroom, author, live):
    written(live, author)
    editor = newsroom[Role.EDITOR]

    made = reload(live).create_alias(parent=make_section(lorraine.home, "Bois"), user=author)
    assert made.title == "En ligne"
    with pytest.raises(PermissionDenied):
        CreatePageAliasAction(reload(live), parent=make_section(lorraine.home, "Fer"), user=editor).execute(
            skip_permission_checks=True
        )
    assert Page.objects.filter(alias_of=live.pk).count() == 1


def test_alias_in_another_site_needs_the_right_there(lorraine, saar, other, live):
    with pytest.raises(PermissionDenied):
        reload(live).create_alias(parent=saar.section, user=other)


def test_translation_becomes_a_draft_only(lorraine, author, live):
    german = lorraine.homes["de"].locale

    translate_object(live, [german], user=author)

    translation = live.get_translation(german)
    assert not translation.live
    with pytest.raises(PermissionDenied):
        translation.latest_revision.publish(user=author)


def test_translation_with_immediate_publication(lorraine, author, live, django_capture_on_commit_callbacks):
    german = lorraine.homes["de"].locale
    source, _created = TranslationSource.get_or_create_from_instance(live)
    translation = Translation.objects.create(source=source, target_locale=german)

    with pytest.raises(PermissionDenied), django_capture_on_commit_callbacks(execute=True):
        translation.save_target(user=author, publish=True)

    assert not live.get_translation(german).live


def test_restoring_an_older_text(client, author, other, live):
    mine = written(live, author, "La mienne").latest_revision
    theirs = written(live, other, "La leur").latest_revision
    theirs.publish(user=make_member("third", is_superuser=True))

    reverted = RevertToPageRevisionAction(reload(live), mine, user=author).execute()
    with pytest.raises(PermissionDenied):
        reverted.publish(user=author)
    # It also fails with the older revision itself.
    with pytest.raises(PermissionDenied):
        mine.publish(user=author)

    assert reload(live).title == "La leur"


def test_revert_page_of_the_newsroom(client, author, other, live):
    mine = written(live, author, "La mienne").latest_revision
    written(live, other, "La leur").latest_revision.publish(user=make_member("third", is_superuser=True))

    post(
        client,
        "revisions_revert",
        live.pk,
        mine.pk,
        **form_of(live, title="La mienne", **{"action-publish": "1"}),
    )

    assert reload(live).title == "La leur"


def test_unpublished_page_is_republished_by_somebody_else(author, other, live):
    written(live, author).latest_revision.publish(user=other)
    live = reload(live)
    live.unpublish()

    with pytest.raises(PermissionDenied):
        reload(live).latest_revision.publish(user=author)
    reload(live).latest_revision.publish(user=other)

    assert reload(live).live


def test_autosave_does_not_change_an_approved_text(client, author, other, live):
    approved = written(live, author).latest_revision
    approved.publish(user=other)

    response = client.post(
        f"/admin/pages/{live.pk}/edit/",
        form_of(reload(live), title="Changé après coup", overwrite_revision_id=approved.pk),
        headers={"accept": "application/json"},
    )

    assert response.status_code == 200
    assert Revision.objects.get(pk=approved.pk).content["title"] == "Écrit seul"
    assert authors_among(reload(live), {author.pk})
    assert reload(live).title == "Écrit seul"


def test_setting_a_schedule_makes_nobody_an_author(lorraine, author, other, live):
    written(live, author)
    later = f"{timezone.now() + timedelta(days=1):%Y-%m-%d %H:%M}"

    response = edit_form(newsroom_client(lorraine, other), live, go_live_at=later, **{"action-publish": "1"})

    assert reload(live).latest_revision.approved_go_live_at, messages_of(response)


def test_another_person_publishes(client, author, other, live):
    written(live, author).latest_revision.publish(user=other)

    assert reload(live).title == "Écrit seul"
    assert not PageLogEntry.objects.filter(action=SELF_PUBLISHED).exists()


def test_former_author_publishes_the_next_text_of_another(author, other, live):
    written(live, author).latest_revision.publish(user=other)
    written(live, other, "La suite").latest_revision.publish(user=author)

    assert reload(live).title == "La suite"


# Sites that waive the rule


@pytest.fixture
def alone(lorraine):
    """A site that has waived the rule."""
    SiteSettings.objects.filter(site=lorraine.site).update(four_eyes=False)


def test_self_publication_is_logged(alone, client, author, live):
    edit_form(client, live, title="Écrit seul", **{"action-publish": "1"})

    assert reload(live).title == "Écrit seul"
    entry = PageLogEntry.objects.get(action=SELF_PUBLISHED)
    assert (entry.user, entry.page_id) == (author, live.pk)
    assert "same person" in entry.message


def test_self_approval_is_logged(alone, lorraine, client, author, live):
    edit_form(client, live, title="Écrit seul", **{"action-submit": "1"})
    state = reload(live).current_workflow_task_state

    post(client, "workflow_action", live.pk, "approve", state.pk, comment="")

    assert reload(live).title == "Écrit seul"
    assert PageLogEntry.objects.filter(action=SELF_PUBLISHED, user=author).count() == 1


def test_waiver_does_not_apply_to_other_sites(alone, saar, author):
    foreign = written(make_article(saar.section, "En ligne", date=None), author)

    with pytest.raises(PermissionDenied):
        foreign.latest_revision.publish(user=author)


def test_permission_to_publish_is_needed_without_the_rule(alone, newsroom, live):
    editor = newsroom[Role.EDITOR]
    revision = written(live, editor).latest_revision

    for user in (editor, None):
        with pytest.raises(PermissionDenied):
            revision.publish(user=user)
    assert reload(live).title == "En ligne"
