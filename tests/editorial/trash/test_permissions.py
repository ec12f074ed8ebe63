"""Who may delete, restore and empty: the roles of the page's site, and nobody else."""

import pytest
from django.urls import reverse
from wagtail.models import Page

from portal.content.publication import PublicationRefusedError
from portal.content.records.trash import TrashedPage
from portal.content.visibility import is_in_trash
from portal.editorial.roles import Role
from portal.editorial.trash.deleting import put_into_trash
from portal.editorial.trash.restoring import free_slug, restore as restore_page
from tests.builders import make_article, make_member, newsroom_client
from tests.editorial.actions import messages_of, publish_as_system, reload
from tests.editorial.drafts import answer, draft, rewrite, submit
from tests.editorial.trash.acts import delete, restore, row_of


@pytest.fixture
def story(lorraine):
    return make_article(lorraine.section, "La forge", slug="forge")


def client_of(ground, newsroom, role):
    return newsroom_client(ground, newsroom[role])


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ORGANISER])
def test_person_who_may_not_delete_can_neither_delete_nor_restore(lorraine, newsroom, story, role):
    client = client_of(lorraine, newsroom, role)
    delete(client, story)
    assert not is_in_trash(row_of(story))
    put_into_trash(story)
    restore(client, story)
    assert is_in_trash(row_of(story))


def test_editor_deletes_and_restores_an_own_draft(lorraine, newsroom):
    editor = client_of(lorraine, newsroom, Role.EDITOR)
    page = draft(lorraine, newsroom[Role.EDITOR])
    delete(editor, page)
    assert is_in_trash(row_of(page))
    restore(editor, page)
    assert not is_in_trash(row_of(page))


@pytest.mark.parametrize("name", ["trashed_page", "delete_for_ever"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_administrator_of_the_other_site_reaches_nothing(saar, newsrooms, story, name, method):
    put_into_trash(story)
    stranger = client_of(saar, newsrooms.saar, Role.SITE_ADMINISTRATOR)
    response = getattr(stranger, method)(reverse(name, args=[story.pk]))

    assert response.status_code in (404, 405)
    restore(stranger, story)
    assert is_in_trash(row_of(story))


def test_edit_address_tells_the_other_site_nothing(saar, newsrooms, story):
    stranger = client_of(saar, newsrooms.saar, Role.SITE_ADMINISTRATOR)
    address = reverse("wagtailadmin_pages:edit", args=[story.pk])
    before = stranger.get(address)
    put_into_trash(story)
    after = stranger.get(address)

    assert (after.status_code, after["Location"]) == (before.status_code, before["Location"])


def test_administrator_of_the_other_site_does_not_empty_this_trash(lorraine, saar, newsrooms, story):
    put_into_trash(story)
    stranger = client_of(saar, newsrooms.saar, Role.SITE_ADMINISTRATOR)

    assert stranger.get(reverse("empty_trash", args=[lorraine.site.pk])).status_code == 404
    assert stranger.post(reverse("empty_trash", args=[lorraine.site.pk])).status_code == 404
    assert TrashedPage.objects.exists()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER])
def test_only_site_administrators_delete_for_ever(lorraine, newsroom, role):
    page = draft(lorraine, newsroom[Role.EDITOR])
    put_into_trash(page)
    client = client_of(lorraine, newsroom, role)
    client.post(reverse("delete_for_ever", args=[page.pk]))
    client.post(reverse("empty_trash", args=[lorraine.site.pk]))

    assert TrashedPage.objects.filter(page=page.pk).exists()


def test_nothing_is_restored_or_deleted_by_get(lorraine, newsroom, story):
    put_into_trash(story)
    chief = client_of(lorraine, newsroom, Role.SITE_ADMINISTRATOR)
    chief.get(reverse("delete_for_ever", args=[story.pk]))
    chief.get(reverse("empty_trash", args=[lorraine.site.pk]))

    assert chief.get(f"{reverse('restore_from_trash')}?key={story.pk}").status_code == 405
    assert is_in_trash(row_of(story))


@pytest.mark.parametrize("keys", [[], ["0"], ["abc"], ["99999999999999999999"], ["-1"], ["1\0"]])
def test_keys_by_hand_restore_nothing(lorraine, newsroom, story, keys):
    put_into_trash(story)
    chief = client_of(lorraine, newsroom, Role.SITE_ADMINISTRATOR)

    assert chief.post(reverse("restore_from_trash"), {"key": keys}).status_code < 500
    assert is_in_trash(row_of(story))


SLUGS = ["mine", "forge-2", "forge-3", "a b", "../x", "forge~trash-9", "a" * 300, "\0"]


@pytest.mark.parametrize("slug", SLUGS)
def test_no_slug_is_accepted_while_the_former_address_is_free(lorraine, newsroom, story, slug):
    put_into_trash(story)
    chief = client_of(lorraine, newsroom, Role.SITE_ADMINISTRATOR)

    assert "can only be restored with its former address" in messages_of(restore(chief, story, slug=slug))
    assert is_in_trash(row_of(story))


@pytest.mark.parametrize("slug", [slug for slug in SLUGS if slug != "forge-2"])
def test_only_the_suggested_slug_is_accepted_while_the_former_address_is_taken(lorraine, newsroom, story, slug):
    put_into_trash(story)
    make_article(lorraine.section, "La forge, encore", slug="forge")
    chief = client_of(lorraine, newsroom, Role.SITE_ADMINISTRATOR)

    assert "can only be restored with its former address" in messages_of(restore(chief, story, slug=slug))
    assert is_in_trash(row_of(story))


def test_suggested_slug_is_not_too_long(lorraine):
    story = make_article(lorraine.section, "La forge", slug="f" * 255)
    trashed = put_into_trash(story)
    make_article(lorraine.section, "La forge, encore", slug="f" * 255)
    restore_page(trashed, slug=free_slug(trashed))

    assert row_of(story).slug == f"{'f' * 253}-2"


def test_restoring_locks_the_page_and_its_parent_at_once(lorraine, story, monkeypatch):
    trashed, locked = put_into_trash(story), []
    monkeypatch.setattr("portal.editorial.trash.restoring.lock_pages", lambda keys: locked.append(set(keys)))
    restore_page(trashed)

    assert locked[0] == {story.pk, lorraine.section.pk}


@pytest.mark.parametrize("is_superuser", [False, True])
def test_no_action_of_the_newsroom_changes_a_page_in_the_trash(lorraine, newsroom, story, is_superuser):
    root = make_member("root", is_superuser=True)
    chief = newsroom_client(lorraine, root if is_superuser else newsroom[Role.SITE_ADMINISTRATOR])
    step = submit(rewrite(story, newsroom[Role.EDITOR], title="En relecture"), newsroom[Role.EDITOR])
    put_into_trash(story)
    before = row_of(story)
    guests = reverse("editorial:guests", args=[story.pk])
    chief.post(guests, {"name": "Anna", "email": "anna@portal.example", "language": "fr"})
    chief.post(reverse("wagtailadmin_pages:workflow_action", args=[story.pk, "approve", step.pk]))
    chief.post(reverse("editorial:answer", args=[step.pk]), {"approve": ""})
    chief.post(reverse("offer_page", args=[story.pk]), {"sites": [lorraine.site.pk]})
    for name in ("edit", "delete", "unpublish", "lock", "unlock", "copy", "convert_alias", "set_privacy"):
        chief.post(reverse(f"wagtailadmin_pages:{name}", args=[story.pk]), {"title": "Changée"})
    for name in ("approve", "delete", "move", "publish", "unpublish"):
        path = reverse("wagtail_bulk_action", args=["wagtailcore", "page", name])
        for chosen in (f"id={story.pk}", f"id=all&childOf={lorraine.section.pk}"):
            chief.post(f"{path}?{chosen}", {"chooser": lorraine.home.pk, "include_descendants": "on"})
    chief.post(reverse("wagtailadmin_pages:move_confirm", args=[story.pk, lorraine.home.pk]))
    after = row_of(story)

    columns = [each.attname for each in Page._meta.concrete_fields]
    assert [getattr(after, name) for name in columns] == [getattr(before, name) for name in columns]
    assert not after.review_invitations.exists()


def test_no_version_of_a_page_in_the_trash_is_published(story):
    put_into_trash(story)

    with pytest.raises(PublicationRefusedError, match="corbeille"):
        publish_as_system(story)


def test_nobody_approves_a_page_in_the_trash(lorraine, newsroom):
    page = draft(lorraine, newsroom[Role.EDITOR])
    step = submit(page, newsroom[Role.EDITOR])
    put_into_trash(page)

    with pytest.raises(PublicationRefusedError, match="corbeille"):
        answer(step, newsroom[Role.APPROVER])


def test_restoring_shows_what_was_approved_and_not_the_newer_draft(lorraine, newsroom, story):
    rewrite(story, newsroom[Role.EDITOR], title="Jamais relue")
    chief = client_of(lorraine, newsroom, Role.SITE_ADMINISTRATOR)
    delete(chief, story)
    restore(chief, story)

    assert reload(story).title == "La forge"
    assert reload(story).has_unpublished_changes
