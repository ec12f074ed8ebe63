"""A release says what must be done before it can be approved, and what is advised."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from wagtail.models import Page, Revision

from portal.editorial.records.releases import Release
from portal.editorial.releases.access import items_of
from portal.editorial.releases.building import add_page, take_newest
from portal.editorial.releases.checking import check
from portal.editorial.roles import Role
from portal.editorial.trash.deleting import put_into_trash
from portal.media.models import Image
from tests.builders import make_article, make_section
from tests.editorial.drafts import answer, draft, rewrite, submit
from tests.editorial.releases.made import MOVE, TAKE_DOWN, again, approve_as, item_of, release_of


@pytest.fixture
def news(lorraine, editor):
    return draft(lorraine, editor, "Le budget est voté")


@pytest.fixture
def release(editor, news):
    return release_of(editor, news)


def found(release: Release, page: Page | None = None, *, required: bool = True) -> list[str]:
    release = again(release)
    return [
        finding.message
        for finding in check(release, items_of(release), timezone.now())
        if finding.is_required == required and finding.page == (page.pk if page else 0)
    ]


def in_draft(page: Page, editor, **facts) -> None:
    """Change the version that the release has."""
    revision = page.latest_revision
    content = revision.content | {name: value.isoformat() for name, value in facts.items()}
    Revision.objects.filter(pk=revision.pk).update(content=content)


def link_to(page: Page) -> list:
    return [{"type": "paragraph", "value": f'<p><a linktype="page" id="{page.pk}">Lire</a></p>', "id": "1" * 32}]


def test_complete_page_needs_nothing(release, news):
    assert found(release, news) == found(release) == []


def test_empty_release_asks_for_a_page(editor):
    assert len(found(release_of(editor))) == 1


def test_past_minute_must_be_changed(release):
    Release.objects.filter(pk=release.pk).update(at=timezone.now() - timedelta(minutes=1))

    assert len(found(release)) == 1


def test_newer_version_must_be_taken_or_left(editor, release, news):
    rewrite(news, editor, title="Mieux")
    assert len(found(release, news)) == 1

    take_newest(item_of(release, news), editor)
    assert found(release, news) == []


def test_page_that_lacks_something_must_be_completed(lorraine, editor):
    page = draft(lorraine, editor, "Sans chapeau", standfirst="")

    assert found(release_of(editor, page), page)


def test_locked_page_must_be_unlocked(newsroom, release, news):
    Page.objects.filter(pk=news.pk).update(locked=True, locked_by=newsroom[Role.SITE_ADMINISTRATOR])

    assert len(found(release, news)) == 1


def test_page_in_the_trash_must_be_restored(release, news):
    put_into_trash(news)

    assert len(found(release, news)) == 1


@pytest.mark.parametrize(("field", "hours"), [("embargo_until", 2), ("go_live_at", 2), ("expire_at", 0.5)])
def test_date_against_the_minute_must_be_changed(editor, release, news, field, hours):
    in_draft(news, editor, **{field: timezone.now() + timedelta(hours=hours)})

    assert len(found(release, news)) == 1


@pytest.mark.parametrize(("field", "hours"), [("embargo_until", 0.5), ("go_live_at", 0.5), ("expire_at", 2)])
def test_date_that_fits_the_minute_is_no_obstacle(editor, release, news, field, hours):
    in_draft(news, editor, **{field: timezone.now() + timedelta(hours=hours)})

    assert found(release, news) == []


def test_page_scheduled_by_itself_must_be_cancelled_first(lorraine, editor, approver):
    page = draft(lorraine, editor, "Seule", go_live_at=timezone.now() + timedelta(minutes=30))
    answer(submit(page, editor), approver)

    assert len(found(release_of(editor, page), page)) == 1


def test_picture_whose_licence_ends_before_the_minute_must_be_replaced(release, news):
    Image.objects.filter(pk=news.lead_image_id).update(licence_ends=date(2020, 1, 1))

    assert len(found(release, news)) == 1


def test_link_to_an_unpublished_page_must_lead_elsewhere(lorraine, editor, news):
    page = draft(lorraine, editor, "Analyse", body=link_to(news))

    assert len(found(release_of(editor, page), page)) == 1


def test_link_to_a_page_of_the_release_is_fine(lorraine, editor, approver, news):
    page = draft(lorraine, editor, "Analyse", body=link_to(news))
    release = release_of(editor, page, news)

    assert found(release, page) == []
    approve_as(approver, release)
    assert again(release).is_approved


def test_link_to_a_page_that_is_taken_down_must_lead_elsewhere(lorraine, editor):
    old = make_article(lorraine.section, "Ancien")
    page = draft(lorraine, editor, "Analyse", body=link_to(old))
    release = release_of(editor, page)
    add_page(release, old, TAKE_DOWN, editor)

    assert len(found(release, page)) == 1


def test_missing_translation_is_advised(release, news):
    assert len(found(release, news, required=False)) == 1


def test_translation_in_the_release_is_not_missing(lorraine, editor, news, release):
    translation = draft(
        lorraine,
        editor,
        "Der Haushalt",
        parent=lorraine.sections["de"],
        translation_key=news.translation_key,
    )
    add_page(release, translation, "publish", editor)

    assert found(release, news, required=False) == []


def test_links_to_a_page_that_is_taken_down_are_counted(lorraine, editor):
    old = make_article(lorraine.section, "Ancien")
    make_article(lorraine.section, "Renvoi", body=link_to(old))
    release = release_of(editor)
    add_page(release, old, TAKE_DOWN, editor)

    assert len(found(release, old, required=False)) == 1


def test_text_that_was_sent_back_is_named(editor, approver, news, release):
    answer(submit(news, editor), approver, "reject", "Non.")

    assert len(found(release, news, required=False)) == 2


def test_taken_address_at_the_new_place_is_an_obstacle(lorraine, editor):
    place = make_section(lorraine.home, "Finances")
    make_article(place, "Question", slug="question")
    moving = make_article(lorraine.section, "Question", slug="question")
    release = release_of(editor)
    add_page(release, moving, MOVE, editor, place)

    assert len(found(release, moving)) == 1


def test_version_changed_after_the_approval_is_named(editor, approver, release, news):
    approve_as(approver, release)
    rewrite(news, editor, title="Encore")

    assert found(release, news) == []
    assert len(found(release, news, required=False)) == 2
