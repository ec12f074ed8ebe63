"""An approver brings back what readers saw before, through the gate."""

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageLogEntry, Revision

from portal.editorial.approval.authorship import is_counted_from
from portal.editorial.roles import Role
from portal.editorial.schedule.earlier_versions import UNDONE
from tests.builders import newsroom_client
from tests.editorial.drafts import answer, draft, submit


def publish_version(page: Page, newsroom, title: str, author: Role = Role.EDITOR, **facts) -> None:
    """A version by this person, approved by the approver."""
    newest = Page.objects.get(pk=page.pk).specific.get_latest_revision_as_object()
    for name, value in {"title": title, **facts}.items():
        setattr(newest, name, value)
    newest.save_revision(user=newsroom[author])
    answer(submit(page, newsroom[author]), newsroom[Role.APPROVER])


@pytest.fixture
def story(lorraine, newsroom):
    """A story that readers saw as “Un”, and see as “Deux”."""
    story = draft(lorraine, newsroom[Role.EDITOR], "Un")
    publish_version(story, newsroom, "Un")
    publish_version(story, newsroom, "Deux")
    return story


def version_of(story, title: str) -> Revision:
    return story.revisions.filter(content__title=title).latest("pk")


def page_of(ground, user, story):
    return newsroom_client(ground, user).get(reverse("earlier_versions", args=[story.pk]))


def bring_back(ground, user, story, revision: object):
    address = reverse("earlier_versions", args=[story.pk])
    return newsroom_client(ground, user).post(address, {"revision": str(revision)}, follow=True)


def title_for_readers(ground, story) -> str:
    return ground.reader().get(ground.address(story)).content.decode().partition("<h1")[2].partition("</h1>")[0]


def test_readers_see_the_version_again(lorraine, newsroom, story):
    bring_back(lorraine, newsroom[Role.APPROVER], story, version_of(story, "Un").pk)

    assert "Un" in title_for_readers(lorraine, story)
    assert PageLogEntry.objects.get(page=story.pk, action=UNDONE).user == newsroom[Role.APPROVER]


def test_newest_draft_stays_the_newest(lorraine, newsroom, story):
    bring_back(lorraine, newsroom[Role.APPROVER], story, version_of(story, "Un").pk)

    story.refresh_from_db()
    assert story.get_latest_revision_as_object().title == "Deux"
    assert story.has_unpublished_changes


def test_undoing_can_itself_be_undone(lorraine, newsroom, story):
    for title in ("Un", "Deux"):
        bring_back(lorraine, newsroom[Role.APPROVER], story, version_of(story, title).pk)

    assert "Deux" in title_for_readers(lorraine, story)


def test_page_lists_the_versions_that_readers_saw(lorraine, newsroom, story):
    Page.objects.get(pk=story.pk).specific.save_revision(user=newsroom[Role.EDITOR])

    html = page_of(lorraine, newsroom[Role.APPROVER], story).content.decode()

    assert html.count('name="revision"') == 1
    assert f'value="{version_of(story, "Un").pk}"' in html


def test_editor_sees_neither_page_nor_button(lorraine, newsroom, story):
    edit = newsroom_client(lorraine, newsroom[Role.EDITOR]).get(reverse("wagtailadmin_pages:edit", args=[story.pk]))

    bring_back(lorraine, newsroom[Role.EDITOR], story, version_of(story, "Un").pk)

    assert reverse("earlier_versions", args=[story.pk]) not in edit.content.decode()
    assert "Deux" in title_for_readers(lorraine, story)


def test_approver_of_another_site_is_refused(lorraine, saar, newsrooms, story):
    stranger = newsrooms.saar[Role.APPROVER]

    bring_back(saar, stranger, story, version_of(story, "Un").pk)

    assert b"Deux" not in page_of(saar, stranger, story).content
    assert "Deux" in title_for_readers(lorraine, story)


def test_own_text_needs_a_second_person(lorraine, newsroom, story):
    """The approver wrote the draft from which “Deux” went live, and somebody else approved it."""
    publish_version(story, newsroom, "Trois")
    version = version_of(story, "Deux")
    Revision.objects.filter(pk=version.pk).update(user=newsroom[Role.APPROVER])

    shown = bring_back(lorraine, newsroom[Role.APPROVER], story, version.pk).content.decode()

    assert "Trois" in title_for_readers(lorraine, story)
    assert "someone else must" in shown.lower()


@pytest.mark.parametrize("wanted", ["", "x", "0", "99999999999999999999", "-1"])
def test_unknown_version_is_refused(lorraine, newsroom, story, wanted):
    assert bring_back(lorraine, newsroom[Role.APPROVER], story, wanted).status_code == 404


def test_version_that_was_never_public_is_refused(lorraine, newsroom, story):
    hidden = Page.objects.get(pk=story.pk).specific
    hidden.title = "Caché"
    revision = hidden.save_revision(user=newsroom[Role.EDITOR])

    assert bring_back(lorraine, newsroom[Role.APPROVER], story, revision.pk).status_code == 404


def test_version_of_another_page_is_refused(lorraine, newsroom, story):
    other = draft(lorraine, newsroom[Role.EDITOR], "Autre")
    publish_version(other, newsroom, "Autre")

    assert bring_back(lorraine, newsroom[Role.APPROVER], story, version_of(other, "Autre").pk).status_code == 404


def test_version_that_has_expired_is_not_offered(lorraine, newsroom, story):
    version = version_of(story, "Un")
    past = (timezone.now() - timezone.timedelta(days=1)).isoformat()
    Revision.objects.filter(pk=version.pk).update(content=version.content | {"expire_at": past})

    assert bring_back(lorraine, newsroom[Role.APPROVER], story, version.pk).status_code == 404


def test_locked_page_is_refused(lorraine, newsroom, story):
    Page.objects.filter(pk=story.pk).update(locked=True, locked_by=newsroom[Role.SITE_ADMINISTRATOR])

    bring_back(lorraine, newsroom[Role.APPROVER], story, version_of(story, "Un").pk)

    assert "Deux" in title_for_readers(lorraine, story)


def test_address_stays_the_current_one(lorraine, newsroom, story):
    version = version_of(story, "Un")
    Revision.objects.filter(pk=version.pk).update(content=version.content | {"slug": "ancienne-adresse"})

    bring_back(lorraine, newsroom[Role.APPROVER], story, version.pk)

    assert "Un" in title_for_readers(lorraine, story)


def test_version_that_readers_saw_is_not_overwritten_later(lorraine, newsroom, story):
    """It was published directly and taken down, so that it is neither live nor approved in a review."""
    alone = draft(lorraine, newsroom[Role.EDITOR], "Seul")
    revision = alone.latest_revision
    revision.publish(user=newsroom[Role.APPROVER])
    Page.objects.get(pk=alone.pk).specific.unpublish()

    assert is_counted_from(revision)
