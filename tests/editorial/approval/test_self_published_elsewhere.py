"""Self-published stories of a site that waives the four-eyes rule are not shown on sites that apply it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from wagtail.models import Page, PageLogEntry

from portal.content.housekeeping import delete_old_log_entries
from portal.content.records.settings import SiteSettings
from portal.content.records.sharing import Share
from portal.editorial.approval.authorship import SELF_PUBLISHED, authors_among
from portal.editorial.roles import Role
from portal.editorial.sharing import shares
from portal.editorial.translations import actions as translations
from tests.builders import (
    make_article,
    make_member,
    make_section,
    newsroom_client,
)
from tests.editorial.actions import bulk, post, reload
from tests.editorial.drafts import draft, rewrite


@pytest.fixture
def chief(db):
    return make_member("chief", is_superuser=True)


@pytest.fixture
def live(lorraine):
    return make_article(lorraine.section, "En ligne", date=None)


@pytest.fixture
def waived(saar):
    """The other site waives the four-eyes rule."""
    SiteSettings.objects.filter(site=saar.site).update(four_eyes=False)


@pytest.fixture
def alone(waived, saar, chief):
    """A story of that site, written and published by one person."""
    page = reload(make_article(saar.sections["fr"], "Vu par deux", date=None))
    rewrite(page, chief, title="Écrit seul").latest_revision.publish(user=chief)
    assert PageLogEntry.objects.filter(page=page.pk, action=SELF_PUBLISHED).exists()
    return reload(page)


@pytest.mark.parametrize("action", ["move", "bulk move", "alias", "copy"])
def test_self_published_story_cannot_enter_a_site_with_the_rule(lorraine, alone, chief, action):
    client = newsroom_client(lorraine, chief)
    place = lorraine.sections["fr"]
    facts = {"new_title": alone.title, "new_slug": "copie", "new_parent_page": place.pk}
    if action == "move":
        post(client, "move_confirm", alone.pk, place.pk)
    elif action == "bulk move":
        bulk(client, "move", alone, chooser=place.pk)
    else:
        post(client, "copy", alone.pk, **facts, **{"alias" if action == "alias" else "publish_copies": "on"})

    assert not Page.objects.child_of(place).filter(title="Écrit seul", live=True).exists()


def test_self_published_story_cannot_enter_once_the_log_is_deleted(lorraine, alone, chief, settings):
    settings.LOG_ENTRIES_DAYS = 30
    delete_old_log_entries(timezone.now() + timedelta(days=31))
    post(newsroom_client(lorraine, chief), "move_confirm", alone.pk, lorraine.sections["fr"].pk)

    assert not Page.objects.child_of(lorraine.sections["fr"]).filter(title="Écrit seul").exists()


@pytest.mark.parametrize("action", ["move", "alias"])
def test_story_published_again_with_the_same_text_cannot_enter_either(lorraine, alone, chief, action):
    rewrite(alone, chief, expire_at=timezone.now() + timedelta(days=9)).latest_revision.publish(user=chief)
    client, place = newsroom_client(lorraine, chief), lorraine.sections["fr"]
    if action == "move":
        post(client, "move_confirm", alone.pk, place.pk)
    else:
        facts = {"new_title": alone.title, "new_slug": "copie", "new_parent_page": place.pk, "alias": "on"}
        post(client, "copy", alone.pk, **facts)

    assert not Page.objects.child_of(place).filter(title="Écrit seul").exists()


def test_text_republished_by_its_author_reaches_no_other_site_by_an_alias(lorraine, saar, waived, chief):
    page = reload(make_article(saar.sections["fr"], "Vu par deux", date=None))
    alias = page.create_alias(parent=lorraine.sections["fr"], user=chief)
    rewrite(page, chief, title="Écrit seul").latest_revision.publish(user=chief)
    again = rewrite(reload(page), chief, expire_at=timezone.now() + timedelta(days=9))
    again.latest_revision.publish(user=chief)

    assert reload(alias).title == "Vu par deux"


@pytest.mark.parametrize("becomes_a_page", [False, True])
def test_self_published_story_cannot_enter_by_an_alias(lorraine, saar, alone, chief, becomes_a_page):
    client, beside = newsroom_client(lorraine, chief), saar.sections["fr"]
    facts = {"new_title": alone.title, "new_slug": "alias", "new_parent_page": beside.pk, "alias": "on"}
    post(client, "copy", alone.pk, **facts)
    page = beside.get_children().get(slug="alias")
    assert page.live
    if becomes_a_page:
        post(client, "convert_alias", page.pk)

    post(client, "move_confirm", page.pk, lorraine.sections["fr"].pk)

    assert reload(page).get_parent().pk == beside.pk


def test_self_published_story_cannot_enter_by_an_alias_of_an_alias(lorraine, saar, alone, chief):
    page, beside = alone, saar.sections["fr"]
    for number in range(3):
        page = page.create_alias(parent=beside, update_slug=f"alias-{number}", user=chief)

    post(newsroom_client(lorraine, chief), "move_confirm", page.pk, lorraine.sections["fr"].pk)

    assert reload(page).get_parent().pk == beside.pk


def test_translation_of_a_self_published_story_has_its_author(saar, alone, chief, newsrooms):
    german = translations.start(alone, saar.homes["de"].locale, newsrooms.saar[Role.EDITOR])

    assert chief.pk in authors_among(german, None)


def test_copy_is_a_draft_even_where_one_person_publishes_alone(saar, waived, chief):
    page, place = make_article(saar.sections["fr"], "Vu par deux"), saar.sections["fr"]
    facts = {"new_title": "Écrit seul", "new_slug": "copie", "new_parent_page": place.pk, "publish_copies": "on"}
    post(newsroom_client(saar, chief), "copy", page.pk, **facts)

    assert not Page.objects.child_of(place).get(slug="copie").live


def test_section_with_a_self_published_story_cannot_move(lorraine, saar, waived, alone, chief):
    section = make_section(saar.homes["fr"], "Valise")
    alone.move(section, "last-child")

    post(newsroom_client(lorraine, chief), "move_confirm", section.pk, lorraine.homes["fr"].pk)

    assert reload(section).get_parent().pk == saar.homes["fr"].pk


def test_story_scheduled_by_one_person_cannot_enter_a_site_with_the_rule(lorraine, saar, waived, chief):
    page = draft(saar, chief, parent=saar.sections["fr"])
    revision = rewrite(page, chief, go_live_at=timezone.now() + timedelta(hours=1)).latest_revision
    revision.publish(user=chief)

    post(newsroom_client(lorraine, chief), "move_confirm", page.pk, lorraine.sections["fr"].pk)

    assert reload(page).get_parent().pk == saar.sections["fr"].pk


def test_second_person_may_move_a_self_published_story(lorraine, alone):
    other = make_member("other-chief", is_superuser=True)
    post(newsroom_client(lorraine, other), "move_confirm", alone.pk, lorraine.sections["fr"].pk)

    assert reload(alone).get_parent().pk == lorraine.sections["fr"].pk


def test_author_of_a_self_published_story_cannot_accept_it_for_another_site(lorraine, alone, chief, newsrooms):
    (share,) = shares.offer(alone, [lorraine.site], newsrooms.saar[Role.SITE_ADMINISTRATOR])

    with pytest.raises(PermissionDenied):
        shares.accept(share, lorraine.sections["fr"], chief, timezone.now(), timezone.now())
    other = make_member("other-chief", is_superuser=True)
    shares.accept(share, lorraine.sections["fr"], other, timezone.now(), timezone.now())

    assert Share.objects.get(pk=share.pk).alias.live


@pytest.fixture
def accepted(lorraine, saar, waived, newsrooms):
    """A story of the waiving site that an approver of the other site has accepted, in an hour."""
    page = reload(make_article(saar.sections["fr"], "Vu par deux", date=None))
    (share,) = shares.offer(page, [lorraine.site], newsrooms.saar[Role.SITE_ADMINISTRATOR])
    approver, now = newsrooms.lorraine[Role.APPROVER], timezone.now()
    shares.accept(share, lorraine.sections["fr"], approver, now + timedelta(hours=1), now)
    return share


@pytest.mark.parametrize("is_shown", [False, True])
def test_accepted_story_ignores_later_self_published_versions(lorraine, saar, accepted, chief, is_shown):
    later, page = timezone.now() + timedelta(hours=1), accepted.page.specific
    beside = page.create_alias(parent=saar.homes["fr"].specific, update_slug="a-cote")
    beside.create_alias(parent=lorraine.homes["fr"].specific, update_slug="alias-d-alias")
    if is_shown:
        shares.show_due_shares(later)
    rewrite(page, chief, title="Écrit seul").latest_revision.publish(user=chief)
    shares.show_due_shares(later)

    assert reload(beside).title == "Écrit seul"
    below = Page.objects.descendant_of(lorraine.homes["fr"])
    assert not below.filter(title="Écrit seul").exists()
    assert below.filter(title="Vu par deux", live=True).count() == 1 + is_shown

    rewrite(page, chief, title="Relu").latest_revision.publish(user=make_member("other-chief", is_superuser=True))
    shares.show_due_shares(later)
    assert below.filter(title="Relu", live=True).count() == 2


def test_accepted_story_appears_although_its_approver_has_left(lorraine, saar, live, newsrooms):
    foreign = reload(make_article(saar.sections["fr"], "Offert", date=None))
    (share,) = shares.offer(foreign, [lorraine.site], newsrooms.saar[Role.SITE_ADMINISTRATOR])
    decider = newsrooms.lorraine[Role.APPROVER]
    later = timezone.now() + timedelta(hours=1)
    shares.accept(share, lorraine.sections["fr"], decider, later, timezone.now())
    type(decider).objects.filter(pk=decider.pk).update(is_active=False)

    shares.show_due_shares(later)

    assert Share.objects.get(pk=share.pk).alias.live
