"""A release is approved by somebody who may publish all of its pages and wrote none of them."""

import pytest
from django.utils import timezone
from wagtail.models import Page, PageLogEntry, Revision

from portal.content.publication import PublicationRefusedError
from portal.content.records.settings import SiteSettings
from portal.editorial.approval.authorship import SELF_PUBLISHED
from portal.editorial.records.releases import Release
from portal.editorial.releases.access import items_of
from portal.editorial.releases.building import add_page
from portal.editorial.releases.deciding import approve, seen_hash
from portal.editorial.roles import Role, group_of
from tests.builders import make_article, make_member
from tests.editorial.drafts import draft, rewrite
from tests.editorial.releases.made import TAKE_DOWN, again, approve_as, carry_out, release_of


@pytest.fixture
def news(lorraine, editor):
    return draft(lorraine, editor, "Le budget est voté")


def is_approved(user, release: Release) -> bool:
    try:
        approve_as(user, release)
    except PublicationRefusedError:
        return False
    return again(release).is_approved


def test_second_person_approves(editor, approver, news):
    assert is_approved(approver, release_of(editor, news))


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ORGANISER])
def test_role_that_may_not_publish_does_not_approve(newsroom, editor, news, role):
    assert not is_approved(newsroom[role], release_of(editor, news))


def test_author_does_not_approve(lorraine, approver, editor, news):
    own = draft(lorraine, approver, "De ma plume")

    assert not is_approved(approver, release_of(editor, news, own))


def test_superuser_does_not_approve_own_text(lorraine, django_user_model, editor):
    admin = django_user_model.objects.create_superuser("root", "root@portal.example", "x")

    assert not is_approved(admin, release_of(editor, draft(lorraine, admin, "De ma plume")))


def test_author_approves_where_four_eyes_are_off_and_it_is_logged(lorraine, approver, editor):
    SiteSettings.objects.filter(site=lorraine.site).update(four_eyes=False)
    own = draft(lorraine, approver, "De ma plume")

    assert is_approved(approver, release_of(editor, own))
    assert PageLogEntry.objects.filter(page=own.pk, action=SELF_PUBLISHED).exists()


def test_nobody_approves_a_taking_down_of_their_own(lorraine, newsroom, approver):
    release = release_of(approver)
    add_page(release, make_article(lorraine.section, "Ancien"), TAKE_DOWN, approver)

    assert not is_approved(approver, release)
    assert is_approved(newsroom[Role.SITE_ADMINISTRATOR], release)


def test_approval_needs_the_right_at_every_site(lorraine, saar, newsrooms, editor, approver, news):
    release = release_of(editor, news)
    own = draft(saar, newsrooms.saar[Role.EDITOR], "Haushalt")
    add_page(release, own, "publish", newsrooms.saar[Role.EDITOR])

    assert not is_approved(approver, release)
    assert not is_approved(newsrooms.saar[Role.APPROVER], release)
    both = make_member("both", group_of(lorraine.site, Role.APPROVER), group_of(saar.site, Role.APPROVER))
    assert is_approved(both, release)


def test_approval_is_for_what_was_seen(editor, approver, news, lorraine):
    release = release_of(editor, news)
    seen = seen_hash(release, items_of(release))
    add_page(release, draft(lorraine, editor, "Encore une"), "publish", editor)

    with pytest.raises(PublicationRefusedError):
        approve(release, approver, seen, timezone.now())


def test_overwritten_draft_is_not_what_was_seen(editor, approver, news):
    release = release_of(editor, news)
    seen = seen_hash(release, items_of(release))
    Revision.objects.filter(pk=news.latest_revision_id).update(created_at=timezone.now())

    with pytest.raises(PublicationRefusedError):
        approve(release, approver, seen, timezone.now())


def test_version_in_a_release_is_not_overwritten_by_an_autosave(editor, news):
    release_of(editor, news)
    page = Page.objects.get(pk=news.pk).specific

    saved = page.save_revision(user=editor, overwrite_revision=page.latest_revision)

    assert saved.pk != news.latest_revision_id


def test_release_with_something_to_do_is_not_approved(editor, approver, news):
    release = release_of(editor, news)
    rewrite(news, editor, title="Encore")

    assert not is_approved(approver, release)


def test_release_is_approved_once(newsroom, editor, approver, news):
    release = release_of(editor, news)

    assert is_approved(approver, release)
    with pytest.raises(PublicationRefusedError):
        approve_as(newsroom[Role.SITE_ADMINISTRATOR], release)


def test_approver_who_writes_on_afterwards_does_not_stop_the_release(editor, approver, news):
    """The approval counts for the version that was read."""
    release = release_of(editor, news)
    approve_as(approver, release)
    rewrite(news, approver, title="Une suite")

    assert carry_out(release)
    assert Page.objects.get(pk=news.pk).title == "Le budget est voté"
