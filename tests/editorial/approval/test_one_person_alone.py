"""Attempts of one administrator to publish alone: by removing approvers, closing accounts or using other sites."""

import pytest
from django.urls import reverse
from wagtail.log_actions import LogContext

from portal.editorial.models import AddressChange
from portal.editorial.roles import Role, group_of
from portal.editorial.translations import actions as translations
from tests.builders import make_article, make_member, make_settings, newsroom_client
from tests.editorial.actions import alias, confirm_passages, edit_form, move, reload, unpublish
from tests.editorial.approval.test_hands_of_one_person import (  # noqa: F401 - fixtures
    USERS,
    approve,
    boss,
    boss_approves,
    goes_live,
    invite,
    invited,
    messages_of,
    other,
)
from tests.editorial.drafts import draft, rewrite, submit

# ruff: noqa: F811


def test_approver_with_another_role_still_has_to_approve(lorraine, newsroom, boss, invited, other):
    with LogContext(user=boss):
        newsroom[Role.APPROVER].groups.add(group_of(lorraine.site, Role.EDITOR))
    page = draft(lorraine, invited)

    assert not goes_live(lorraine, other, page)
    assert goes_live(lorraine, newsroom[Role.APPROVER], page)


def test_approver_without_the_former_role_still_counts(lorraine, newsroom, boss, invited, other):
    with LogContext(user=boss):
        newsroom[Role.APPROVER].groups.remove(group_of(lorraine.site, Role.APPROVER))

    assert not goes_live(lorraine, other, draft(lorraine, invited))


def test_approver_with_a_closed_account_still_counts(lorraine, newsroom, boss, invited, other):
    with LogContext(user=boss):
        newsroom[Role.APPROVER].is_active = False
        newsroom[Role.APPROVER].save()

    assert not goes_live(lorraine, other, draft(lorraine, invited))


def test_sending_password_links_to_approvers_does_not_free_the_author(lorraine, newsroom, boss, other):
    author = invite(lorraine, boss, "chef", Role.SITE_ADMINISTRATOR)
    path = reverse("site_accounts_edit", args=[newsroom[Role.APPROVER].pk])
    newsroom_client(lorraine, author).post(path, {"password": "yes"})

    assert not goes_live(lorraine, other, draft(lorraine, author))


def test_deleting_the_approvers_does_not_help_if_another_could_approve(lorraine, newsroom):
    network = make_member("netz", is_superuser=True)
    make_member("zweites-netz", is_superuser=True)
    newsroom[Role.SITE_ADMINISTRATOR].groups.clear()
    author, other = (invite(lorraine, network, *who) for who in (("a", Role.EDITOR), ("b", Role.APPROVER)))
    delete_account(lorraine, network, newsroom[Role.APPROVER])

    assert not goes_live(lorraine, other, draft(lorraine, author))


def test_former_editor_does_not_count_as_an_approver(lorraine, newsroom, boss, invited, other):
    newsroom[Role.APPROVER].groups.clear()
    with LogContext(user=boss):
        newsroom[Role.EDITOR].groups.clear()

    assert goes_live(lorraine, other, draft(lorraine, invited))


def test_deleted_author_is_still_tied_to_the_creator(lorraine, newsroom):
    network = make_member("netz", is_superuser=True)
    second = invite(lorraine, network, "zweites", Role.EDITOR)
    page = draft(lorraine, newsroom[Role.EDITOR])
    edit_form(newsroom_client(lorraine, second), page, title="Ganz neu")
    delete_account(lorraine, network, second)

    assert not goes_live(lorraine, network, page, "bulk action")
    assert goes_live(lorraine, newsroom[Role.APPROVER], page, "bulk action")


def test_deleted_translator_is_still_an_author(lorraine, newsroom):
    network = make_member("netz", is_superuser=True)
    second = invite(lorraine, network, "zweites", Role.EDITOR)
    story = make_article(lorraine.section, "La filière bois")
    german = translations.start(story, lorraine.homes["de"].locale, second)
    confirm_passages(german)
    delete_account(lorraine, network, second)

    assert not goes_live(lorraine, network, german, "bulk action")
    assert goes_live(lorraine, newsroom[Role.APPROVER], german, "bulk action")


def test_deleted_account_within_a_chain_still_ties_the_others(lorraine, newsroom):
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


def test_text_published_without_the_rule_by_a_tied_account_is_not_shared(lorraine, saar, newsroom, boss, invited):
    make_settings(lorraine, four_eyes=False)
    boss.groups.add(group_of(saar.site, Role.SITE_ADMINISTRATOR))
    page = draft(lorraine, invited)
    assert goes_live(lorraine, boss, page)

    assert not alias(newsroom_client(lorraine, boss), reload(page), saar.section)


def test_text_approved_without_the_rule_needs_approval_elsewhere(lorraine, saar, newsroom, boss):
    make_settings(saar, four_eyes=False)
    boss.groups.add(*(group_of(saar.site, role) for role in (Role.SITE_ADMINISTRATOR, Role.APPROVER)))
    client, page = newsroom_client(saar, boss), draft(saar, boss, parent=saar.sections["fr"])
    assert approve(client, page, None)
    unpublish(client, reload(page), None)

    assert move(client, reload(page), lorraine.section)

    assert not goes_live(lorraine, boss, page)
    assert goes_live(lorraine, newsroom[Role.APPROVER], page)


def test_administrators_of_one_creator_cannot_confirm_for_each_other(lorraine, newsroom, boss):
    first = invite(lorraine, boss, "eins", Role.SITE_ADMINISTRATOR)
    second = invite(lorraine, boss, "zwei", Role.SITE_ADMINISTRATOR)
    approver = newsroom[Role.APPROVER]
    AddressChange.objects.create(account=approver, address="voleur@evil.example", asked_by=first)

    path = reverse("site_accounts_edit", args=[approver.pk])
    newsroom_client(lorraine, second).post(path, {"confirm_address": "yes"})

    assert USERS.get(pk=approver.pk).email == approver.email


# Authors among the possible approvers


def test_authorship_of_an_independent_approver_does_not_free_a_tied_account(lorraine, newsroom, boss, invited, other):
    page = draft(lorraine, invited)
    edit_form(newsroom_client(lorraine, newsroom[Role.APPROVER]), page, title="Un mot")
    edit_form(newsroom_client(lorraine, invited), page, title="Tout autre chose")

    assert not goes_live(lorraine, other, page)


def test_refusal_names_the_network_if_all_independent_approvers_are_authors(lorraine, newsroom, boss, invited, other):
    make_member("netz", is_superuser=True)
    page = draft(lorraine, invited)
    rewrite(page, newsroom[Role.APPROVER], title="Un mot")

    response = edit_form(newsroom_client(lorraine, other), page, **{"action-publish": "1"})

    assert "An administrator of the network can help: netz." in messages_of(response)


def test_submission_by_an_independent_approver_does_not_free_a_tied_account(lorraine, newsroom, boss, invited, other):
    page = draft(lorraine, invited)
    submit(page, newsroom[Role.APPROVER])

    assert not goes_live(lorraine, other, page, "answer")


def test_approver_who_became_network_administrator_still_counts(lorraine, newsroom, boss, invited, other):
    with LogContext(user=make_member("netz", is_superuser=True)):
        newsroom[Role.APPROVER].is_superuser = True
        newsroom[Role.APPROVER].save()
    page = draft(lorraine, invited)

    assert not goes_live(lorraine, other, page)
    assert goes_live(lorraine, newsroom[Role.APPROVER], page)


# Chains of one network administrator


@pytest.fixture
def netz():
    return make_member("netz", is_superuser=True)


@pytest.fixture
def new_site(lorraine, newsroom, netz):
    """A site whose administrator and approver were both invited by the network administrator."""
    USERS.exclude(pk=netz.pk).update(is_active=False)
    return [invite(lorraine, netz, *who) for who in (("chef", Role.SITE_ADMINISTRATOR), ("abnahme", Role.APPROVER))]


@pytest.mark.parametrize(
    ("side", "between"), [("author", 0), ("author", 1), ("author", 2), ("signer", 1), ("signer", 2)]
)
def test_tied_account_cannot_approve_if_a_less_tied_one_could(lorraine, new_site, side, between):
    chief, approver = new_site
    makers = {"author": chief, "signer": chief}
    for number in range(between):
        makers[side] = invite(lorraine, makers[side], f"dazwischen{number}", Role.SITE_ADMINISTRATOR)
    author = invite(lorraine, makers["author"], "zweites", Role.EDITOR)
    other = invite(lorraine, makers["signer"], "drittes", Role.APPROVER)
    page = draft(lorraine, author)

    assert not goes_live(lorraine, other, page)
    assert goes_live(lorraine, approver, page)


def test_approver_of_a_new_site_may_approve_an_editor_with_the_same_inviter(lorraine, new_site, netz):
    _chief, approver = new_site
    editor = invite(lorraine, netz, "redaktion", Role.EDITOR)

    assert goes_live(lorraine, approver, draft(lorraine, editor), "answer")


def test_third_member_with_the_same_inviter_may_approve_texts_of_two(lorraine, new_site, netz):
    _chief, approver = new_site
    editor, second = (invite(lorraine, netz, *who) for who in (("red", Role.EDITOR), ("ab", Role.APPROVER)))
    page = draft(lorraine, editor)
    rewrite(page, second, title="Un mot")

    assert goes_live(lorraine, approver, page, "answer")


# Addresses confirmed by their owners


def change_address(ground, actor, account, **facts):
    roles = [f"{ground.site.pk}.{group.newsroom_role.role}." for group in account.groups.all()]
    data = {"first_name": "A", "last_name": "B", "email": "neue@example.org", "roles": roles, **facts}
    newsroom_client(ground, actor).post(reverse("site_accounts_edit", args=[account.pk]), data)


def confirm_from_the_old_mailbox(ground):
    path = reverse("account_address", args=[AddressChange.objects.get().token])
    return ground.reader().post(path, {"confirm": "yes"}).status_code


def test_approver_who_confirmed_a_new_address_still_has_to_approve(lorraine, newsroom, boss, invited, other):
    change_address(lorraine, boss, newsroom[Role.APPROVER], is_active="on")
    assert confirm_from_the_old_mailbox(lorraine) == 200
    page = draft(lorraine, invited)

    assert not goes_live(lorraine, other, page)
    assert goes_live(lorraine, USERS.get(pk=newsroom[Role.APPROVER].pk), page)


def test_account_closed_during_a_change_of_address_still_counts(lorraine, newsroom, boss, invited, other):
    change_address(lorraine, boss, newsroom[Role.APPROVER])

    assert confirm_from_the_old_mailbox(lorraine) == 410
    assert not goes_live(lorraine, other, draft(lorraine, invited))


def test_account_closed_after_a_confirmed_change_of_address_still_counts(lorraine, newsroom, boss, invited, other):
    change_address(lorraine, boss, newsroom[Role.APPROVER], is_active="on")
    confirm_from_the_old_mailbox(lorraine)
    change_address(lorraine, boss, USERS.get(pk=newsroom[Role.APPROVER].pk))

    assert not goes_live(lorraine, other, draft(lorraine, invited))


def test_refused_change_of_address_ties_no_accounts(lorraine, newsroom, boss):
    change_address(lorraine, boss, newsroom[Role.APPROVER], is_active="on")
    path = reverse("account_address", args=[AddressChange.objects.get().token])
    lorraine.reader().post(path, {"refuse": "yes"})

    assert goes_live(lorraine, newsroom[Role.APPROVER], draft(lorraine, boss))


def test_approver_may_approve_an_administrator_with_the_same_inviter(lorraine, new_site, newsroom):
    chief, approver = new_site
    page = draft(lorraine, chief)
    assert goes_live(lorraine, approver, page, "answer")
    page = rewrite(rewrite(reload(page), chief, title="Un mot"), newsroom[Role.EDITOR], title="Deux mots")

    assert goes_live(lorraine, approver, page, "answer")


def test_authorship_of_an_indirectly_tied_account_frees_nobody(lorraine, new_site):
    chief, approver = new_site
    author, other = (invite(lorraine, chief, *who) for who in (("zweites", Role.EDITOR), ("drittes", Role.APPROVER)))
    page = draft(lorraine, author)
    rewrite(page, approver, title="Un mot")

    assert not goes_live(lorraine, other, page)
