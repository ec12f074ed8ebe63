"""How one administrator would try to publish alone: nobody else left who could approve, accounts gone, other sites."""

import pytest
from django.urls import reverse
from wagtail.log_actions import LogContext

from portal.editorial.models import AddressChange
from portal.editorial.roles import Role, group_of
from portal.editorial.translations import actions as translations
from tests.builders import make_article, make_member, make_newsroom, make_settings, newsroom_client
from tests.editorial.actions import alias, confirm_passages, edit_form, move, reload, unpublish
from tests.editorial.approval.test_hands_of_one_person import (  # noqa: F401 - fixtures
    USERS,
    answered,
    boss,
    boss_approves,
    goes_live,
    invite,
    invited,
    messages_of,
    newsroom,
    other,
)
from tests.editorial.drafts import draft, rewrite, submit

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


# Authors among those who could approve


def test_word_of_an_independent_approver_in_the_draft_lets_no_account_of_the_same_maker_sign(
    lorraine, newsroom, boss, invited, other
):
    page = draft(lorraine, invited)
    edit_form(newsroom_client(lorraine, newsroom[Role.APPROVER]), page, title="Un mot")
    edit_form(newsroom_client(lorraine, invited), page, title="Tout autre chose")

    assert not goes_live(lorraine, other, page)


def test_refusal_names_the_network_where_whoever_is_independent_wrote_too(lorraine, newsroom, boss, invited, other):
    make_member("netz", is_superuser=True)
    page = draft(lorraine, invited)
    rewrite(page, newsroom[Role.APPROVER], title="Un mot")

    response = edit_form(newsroom_client(lorraine, other), page, **{"action-publish": "1"})

    assert "An administrator of the network can help: netz." in messages_of(response)


def test_draft_that_an_independent_approver_submitted_is_not_signed_by_an_account_of_the_same_maker(
    lorraine, newsroom, boss, invited, other
):
    page = draft(lorraine, invited)
    submit(page, newsroom[Role.APPROVER])

    assert not goes_live(lorraine, other, page, "answer")


def test_approver_who_became_an_administrator_of_the_network_could_still_approve(
    lorraine, newsroom, boss, invited, other
):
    with LogContext(user=make_member("netz", is_superuser=True)):
        newsroom[Role.APPROVER].is_superuser = True
        newsroom[Role.APPROVER].save()
    page = draft(lorraine, invited)

    assert not goes_live(lorraine, other, page)
    assert goes_live(lorraine, newsroom[Role.APPROVER], page)


# Chains of one administrator of the network


@pytest.fixture
def netz():
    return make_member("netz", is_superuser=True)


@pytest.fixture
def new_site(lorraine, newsroom, netz):
    """A site where everybody was invited by the administrator of the network: an administrator and an approver."""
    USERS.exclude(pk=netz.pk).update(is_active=False)
    return [invite(lorraine, netz, *who) for who in (("chef", Role.SITE_ADMINISTRATOR), ("abnahme", Role.APPROVER))]


@pytest.mark.parametrize("between", [0, 1, 2])
@pytest.mark.parametrize("side", ["author", "signer"])
def test_account_of_the_same_maker_does_not_sign_where_one_of_the_maker_s_maker_could(
    lorraine, new_site, between, side
):
    chief, approver = new_site
    makers = {"author": chief, "signer": chief}
    for number in range(between):
        makers[side] = invite(lorraine, makers[side], f"dazwischen{number}", Role.SITE_ADMINISTRATOR)
    author = invite(lorraine, makers["author"], "zweites", Role.EDITOR)
    other = invite(lorraine, makers["signer"], "drittes", Role.APPROVER)
    page = draft(lorraine, author)

    assert not goes_live(lorraine, other, page)
    assert goes_live(lorraine, approver, page)


def test_approver_of_a_new_site_approves_the_editor_that_the_same_administrator_invited(lorraine, new_site, netz):
    _chief, approver = new_site
    editor = invite(lorraine, netz, "redaktion", Role.EDITOR)

    assert goes_live(lorraine, approver, draft(lorraine, editor), "answer")


def test_newsroom_of_three_that_one_administrator_invited_signs_what_two_of_them_wrote(lorraine, new_site, netz):
    _chief, approver = new_site
    editor, second = (invite(lorraine, netz, *who) for who in (("red", Role.EDITOR), ("ab", Role.APPROVER)))
    page = draft(lorraine, editor)
    rewrite(page, second, title="Un mot")

    assert goes_live(lorraine, approver, page, "answer")


# Addresses that their owners confirm


def change_address(ground, actor, account, **facts):
    roles = [f"{ground.site.pk}.{group.newsroom_role.role}." for group in account.groups.all()]
    data = {"first_name": "A", "last_name": "B", "email": "neue@example.org", "roles": roles, **facts}
    newsroom_client(ground, actor).post(reverse("site_accounts_edit", args=[account.pk]), data)


def confirm_from_the_old_mailbox(ground):
    path = reverse("account_address", args=[AddressChange.objects.get().token])
    return ground.reader().post(path, {"confirm": "yes"}).status_code


def test_approver_who_consented_to_another_address_is_still_the_one_to_approve(
    lorraine, newsroom, boss, invited, other
):
    change_address(lorraine, boss, newsroom[Role.APPROVER], is_active="on")
    assert confirm_from_the_old_mailbox(lorraine) == 200
    page = draft(lorraine, invited)

    assert not goes_live(lorraine, other, page)
    assert goes_live(lorraine, USERS.get(pk=newsroom[Role.APPROVER].pk), page)


def test_account_that_is_closed_while_its_address_changes_could_have_approved(lorraine, newsroom, boss, invited, other):
    change_address(lorraine, boss, newsroom[Role.APPROVER])

    assert confirm_from_the_old_mailbox(lorraine) == 410
    assert not goes_live(lorraine, other, draft(lorraine, invited))


def test_account_that_is_closed_after_its_owner_has_confirmed_could_have_approved(
    lorraine, newsroom, boss, invited, other
):
    change_address(lorraine, boss, newsroom[Role.APPROVER], is_active="on")
    confirm_from_the_old_mailbox(lorraine)
    change_address(lorraine, boss, USERS.get(pk=newsroom[Role.APPROVER].pk))

    assert not goes_live(lorraine, other, draft(lorraine, invited))


def test_address_that_its_owner_has_refused_is_no_hand(lorraine, newsroom, boss):
    change_address(lorraine, boss, newsroom[Role.APPROVER], is_active="on")
    path = reverse("account_address", args=[AddressChange.objects.get().token])
    lorraine.reader().post(path, {"refuse": "yes"})

    assert goes_live(lorraine, newsroom[Role.APPROVER], draft(lorraine, boss))


def test_approver_approves_what_the_administrator_wrote_whom_the_same_network_invited(lorraine, new_site, newsroom):
    chief, approver = new_site
    page = draft(lorraine, chief)
    assert goes_live(lorraine, approver, page, "answer")
    page = rewrite(rewrite(reload(page), chief, title="Un mot"), newsroom[Role.EDITOR], title="Deux mots")

    assert goes_live(lorraine, approver, page, "answer")


def test_word_of_a_cousin_in_the_draft_lets_no_account_of_the_same_maker_sign(lorraine, new_site):
    chief, approver = new_site
    author, other = (invite(lorraine, chief, *who) for who in (("zweites", Role.EDITOR), ("drittes", Role.APPROVER)))
    page = draft(lorraine, author)
    rewrite(page, approver, title="Un mot")

    assert not goes_live(lorraine, other, page)
