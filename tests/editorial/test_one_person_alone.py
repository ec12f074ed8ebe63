"""How one administrator would try to publish alone: nobody else left who could approve, accounts gone, other sites."""

from django.urls import reverse
from wagtail.log_actions import LogContext

from portal.editorial.models import AddressChange
from portal.editorial.roles import Role, group_of
from portal.editorial.translations import actions as translations
from tests.builders import make_article, make_member, make_newsroom, make_settings, newsroom_client
from tests.editorial.actions import alias, confirm_passages, edit_form, move, reload, unpublish
from tests.editorial.drafts import draft
from tests.editorial.test_hands_of_one_person import (  # noqa: F401 - fixtures
    USERS,
    answered,
    boss,
    boss_approves,
    goes_live,
    invite,
    invited,
    newsroom,
    other,
)

# ruff: noqa: F811


def test_role_that_an_approver_was_given_leaves_them_the_one_to_approve(lorraine, newsroom, boss, invited, other):
    with LogContext(user=boss):
        newsroom[Role.APPROVER].groups.add(group_of(lorraine.site, Role.EDITOR))
    page = draft(lorraine, invited)

    assert not goes_live(lorraine, other, page)
    assert goes_live(lorraine, newsroom[Role.APPROVER], page)


def test_approver_whose_role_was_taken_away_could_have_approved(lorraine, newsroom, boss, invited, other):
    with LogContext(user=boss):
        newsroom[Role.APPROVER].groups.remove(group_of(lorraine.site, Role.APPROVER))

    assert not goes_live(lorraine, other, draft(lorraine, invited))


def test_approver_whose_account_was_closed_could_have_approved(lorraine, newsroom, boss, invited, other):
    with LogContext(user=boss):
        newsroom[Role.APPROVER].is_active = False
        newsroom[Role.APPROVER].save()

    assert not goes_live(lorraine, other, draft(lorraine, invited))


def test_author_who_sends_links_to_the_approvers_is_signed_for_by_no_other_account_of_theirs(
    lorraine, newsroom, boss, other
):
    author = invite(lorraine, boss, "chef", Role.SITE_ADMINISTRATOR)
    path = reverse("site_accounts_edit", args=[newsroom[Role.APPROVER].pk])
    newsroom_client(lorraine, author).post(path, {"password": "yes"})

    assert not goes_live(lorraine, other, draft(lorraine, author))


def test_author_who_closes_the_approvers_is_signed_for_by_no_other_account_of_theirs(lorraine, newsroom, boss, other):
    author = invite(lorraine, boss, "chef", Role.SITE_ADMINISTRATOR)
    with LogContext(user=author):
        newsroom[Role.APPROVER].groups.clear()

    assert not goes_live(lorraine, other, draft(lorraine, author))


def test_superuser_who_deletes_the_approvers_gains_nothing_where_another_could_help(lorraine, newsroom):
    network = make_member("netz", is_superuser=True)
    make_member("zweites-netz", is_superuser=True)
    newsroom[Role.SITE_ADMINISTRATOR].groups.clear()
    author, other = (invite(lorraine, network, *who) for who in (("a", Role.EDITOR), ("b", Role.APPROVER)))
    delete_account(lorraine, network, newsroom[Role.APPROVER])

    assert not goes_live(lorraine, other, draft(lorraine, author))


def test_editor_whose_role_was_taken_away_stops_nobody(lorraine, newsroom, boss, invited, other):
    newsroom[Role.APPROVER].groups.clear()
    with LogContext(user=boss):
        newsroom[Role.EDITOR].groups.clear()

    assert goes_live(lorraine, other, draft(lorraine, invited))


def test_account_that_was_deleted_after_it_wrote_still_has_its_maker(lorraine, newsroom):
    network = make_member("netz", is_superuser=True)
    second = invite(lorraine, network, "zweites", Role.EDITOR)
    page = draft(lorraine, newsroom[Role.EDITOR])
    edit_form(newsroom_client(lorraine, second), page, title="Ganz neu")
    delete_account(lorraine, network, second)

    assert not goes_live(lorraine, network, page, "bulk action")
    assert goes_live(lorraine, newsroom[Role.APPROVER], page, "bulk action")


def test_translation_stays_that_of_an_account_that_was_deleted(lorraine, newsroom):
    network = make_member("netz", is_superuser=True)
    second = invite(lorraine, network, "zweites", Role.EDITOR)
    story = make_article(lorraine.section, "La filière bois")
    german = translations.start(story, lorraine.homes["de"].locale, second)
    confirm_passages(german)
    delete_account(lorraine, network, second)

    assert not goes_live(lorraine, network, german, "bulk action")
    assert goes_live(lorraine, newsroom[Role.APPROVER], german, "bulk action")


def test_account_in_the_middle_of_a_chain_that_was_deleted_still_binds_its_ends(lorraine, newsroom):
    network = make_member("netz", is_superuser=True)
    helper = invite(lorraine, network, "helper", Role.SITE_ADMINISTRATOR)
    second = invite(lorraine, helper, "zweites", Role.EDITOR)
    delete_account(lorraine, network, helper)
    page = draft(lorraine, second)

    assert not goes_live(lorraine, network, page)
    assert goes_live(lorraine, newsroom[Role.APPROVER], page)


def delete_account(ground, actor, account):
    newsroom_client(ground, actor).post(reverse("wagtailusers_users:delete", args=[account.pk]))
    assert not USERS.filter(pk=account.pk).exists()


def test_text_that_the_maker_of_its_author_published_at_a_site_without_the_rule_is_shown_at_no_other(
    lorraine, saar, newsroom, boss, invited
):
    make_newsroom(saar)
    make_settings(lorraine, four_eyes=False)
    boss.groups.add(group_of(saar.site, Role.SITE_ADMINISTRATOR))
    page = draft(lorraine, invited)
    assert goes_live(lorraine, boss, page)

    assert not alias(newsroom_client(lorraine, boss), reload(page), saar.section)


def test_text_approved_alone_at_a_site_without_the_rule_is_published_alone_at_no_other(lorraine, saar, newsroom, boss):
    make_newsroom(saar)
    make_settings(saar, four_eyes=False)
    boss.groups.add(*(group_of(saar.site, role) for role in (Role.SITE_ADMINISTRATOR, Role.APPROVER)))
    client, page = newsroom_client(saar, boss), draft(saar, boss, parent=saar.sections["fr"])
    assert answered(client, page, None)
    unpublish(client, reload(page), None)

    assert move(client, reload(page), lorraine.section)

    assert not goes_live(lorraine, boss, page)
    assert goes_live(lorraine, newsroom[Role.APPROVER], page)


def test_two_administrators_of_one_maker_do_not_confirm_an_address_for_each_other(lorraine, newsroom, boss):
    first = invite(lorraine, boss, "eins", Role.SITE_ADMINISTRATOR)
    second = invite(lorraine, boss, "zwei", Role.SITE_ADMINISTRATOR)
    approver = newsroom[Role.APPROVER]
    AddressChange.objects.create(account=approver, address="voleur@evil.example", asked_by=first)

    path = reverse("site_accounts_edit", args=[approver.pk])
    newsroom_client(lorraine, second).post(path, {"confirm_address": "yes"})

    assert USERS.get(pk=approver.pk).email == approver.email
