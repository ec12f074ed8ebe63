"""If a site has a second administrator, that person must confirm each new role that may approve."""

from datetime import timedelta
from io import StringIO

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission

from portal.editorial.accounts.invitations import invite
from portal.editorial.models import AccountChange, AccountInvitation, RoleProposal
from portal.editorial.roles import Role, group_of
from portal.editorial.sign_in.providers.accounts import set_provided_roles
from portal.editorial.sign_in.providers.configured import Provider
from tests.builders import make_member, newsroom_client, work_off
from tests.editorial.accounts.test_accounts import USERS, act, add_nina, link_in, mails_to
from tests.editorial.site_admin.test_site_admin import code, edit

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(lorraine, newsroom):
    """The other administrator of the site."""
    return make_member("collegue", group_of(lorraine.site, Role.SITE_ADMINISTRATOR))


@pytest.fixture
def root():
    return make_member("reseau", is_superuser=True)


def may_approve(account) -> bool:
    return GroupPagePermission.objects.filter(group__user=account, permission__codename="publish_page").exists()


def decide(ground, user, name, proposal=None):
    """The response of the person's page to the button, with its messages."""
    proposal = proposal or RoleProposal.objects.get()
    address = reverse("site_accounts_edit", args=[proposal.account_id])
    return newsroom_client(ground, user).post(address, {name: proposal.pk}, follow=True).content.decode()


def given(client, ground, account, *roles):
    """Tick roles in an account form."""
    return edit(client, account, roles=[code(ground, role) for role in roles])


@pytest.mark.parametrize("role", [Role.APPROVER, Role.SITE_ADMINISTRATOR])
def test_invited_approver_waits_for_the_other_administrator(lorraine, administrator, colleague, role):
    nina, answered = add_nina(lorraine, administrator, role)

    assert "It can be confirmed by: collegue." in answered.content.decode()
    assert not may_approve(nina)
    assert mails_to("nina@example.org") == []
    [message] = mails_to(colleague.email)
    assert "nina@example.org" in message.body
    page = newsroom_client(lorraine, colleague).get(link_in(message)).content.decode()
    assert "not confirmed yet" in page
    assert "not confirmed yet" in administrator.get(reverse("site_accounts")).content.decode()

    assert "The role is given." in decide(lorraine, colleague, "confirm_role")

    assert may_approve(nina)
    assert len(mails_to("nina@example.org")) == 1


def test_proposal_is_neither_shown_nor_mailed_on_another_site(lorraine, saar, newsrooms, administrator, colleague):
    nina, _answered = add_nina(lorraine, administrator)
    there = newsrooms.saar[Role.SITE_ADMINISTRATOR]
    address = reverse("site_accounts_edit", args=[nina.pk])

    assert "nina" not in newsroom_client(saar, there).get(reverse("site_accounts")).content.decode()
    assert (
        newsroom_client(saar, there).post(address, {"confirm_role": RoleProposal.objects.get().pk}).status_code == 404
    )
    assert mails_to(there.email) == []
    assert not may_approve(nina)


def test_other_roles_need_no_confirmation(lorraine, administrator, colleague):
    nina, _answered = add_nina(lorraine, administrator, Role.EDITOR)

    assert nina.groups.get() == group_of(lorraine.site, Role.EDITOR)
    assert len(mails_to("nina@example.org")) == 1


def test_editor_remains_editor_while_the_other_role_is_proposed(lorraine, administrator, colleague, newsroom):
    given(administrator, lorraine, newsroom[Role.EDITOR], Role.EDITOR, Role.APPROVER)

    assert newsroom[Role.EDITOR].groups.get() == group_of(lorraine.site, Role.EDITOR)
    decide(lorraine, colleague, "confirm_role")
    assert newsroom[Role.EDITOR].groups.count() == 2


def test_sole_administrator_grants_the_role_alone_and_this_is_logged(lorraine, saar, newsrooms, administrator):
    nina, _answered = add_nina(lorraine, administrator)

    assert may_approve(nina)
    page = administrator.get(reverse("site_accounts_edit", args=[nina.pk])).content.decode()
    assert "gave a role without a second administrator: there was none" in page


def test_proposer_cannot_confirm(lorraine, newsroom, administrator, colleague):
    nina, _answered = add_nina(lorraine, administrator)

    assert "You proposed this role" in decide(lorraine, newsroom[Role.SITE_ADMINISTRATOR], "confirm_role")
    assert not may_approve(nina)


def test_nobody_confirms_their_own_role(lorraine, newsroom, root):
    group, proposer = group_of(lorraine.site, Role.APPROVER), newsroom[Role.SITE_ADMINISTRATOR]
    RoleProposal.objects.create(account=root, group=group, proposed_by=proposer)

    assert "This role is for yourself" in decide(lorraine, root, "confirm_role")
    assert not may_approve(root)


def test_site_administrator_becomes_an_approver_at_once(lorraine, newsroom, administrator, colleague):
    given(administrator, lorraine, newsroom[Role.SITE_ADMINISTRATOR], Role.SITE_ADMINISTRATOR, Role.APPROVER)

    assert not RoleProposal.objects.exists()
    assert newsroom[Role.SITE_ADMINISTRATOR].groups.count() == 2


@pytest.mark.parametrize("is_made_the_proposer", [False, True])
def test_account_created_by_the_proposer_cannot_confirm(
    lorraine, newsroom, administrator, colleague, is_made_the_proposer
):
    nina, _answered = add_nina(lorraine, administrator, Role.SITE_ADMINISTRATOR)
    decide(lorraine, colleague, "confirm_role")
    maker, editor = newsroom[Role.SITE_ADMINISTRATOR], newsroom[Role.EDITOR]
    proposer, confirmer = (nina, maker) if is_made_the_proposer else (maker, nina)
    given(newsroom_client(lorraine, proposer), lorraine, editor, Role.EDITOR, Role.APPROVER)

    assert "do not count as two" in decide(lorraine, confirmer, "confirm_role")
    assert not may_approve(editor)


@pytest.mark.parametrize("has_another", [True, False])
def test_two_administrators_created_by_a_third_confirm_only_if_nobody_else_can(lorraine, newsroom, has_another):
    editor, maker = newsroom[Role.EDITOR], newsroom[Role.SITE_ADMINISTRATOR]
    group = group_of(lorraine.site, Role.SITE_ADMINISTRATOR)
    first, other = (make_member(name, group) for name in ("premier", "autre"))
    for account in (first, other):
        AccountChange.objects.create(account=account, actor=maker, kind=AccountChange.Kind.CREATED)
    if has_another:
        make_member("collegue", group)
    given(newsroom_client(lorraine, first), lorraine, editor, Role.EDITOR, Role.APPROVER)

    text = decide(lorraine, other, "confirm_role")

    assert may_approve(editor) is not has_another
    assert ("It can be confirmed by: collegue." in text) is has_another


@pytest.mark.parametrize("is_maker", [True, False])
def test_administrator_demoted_by_a_tied_account_still_counts(lorraine, newsroom, colleague, root, is_maker):
    editor, maker = newsroom[Role.EDITOR], newsroom[Role.SITE_ADMINISTRATOR]
    first, other = (
        make_member(name, group_of(lorraine.site, Role.SITE_ADMINISTRATOR)) for name in ("premier", "autre")
    )
    for account in (first, other):
        AccountChange.objects.create(account=account, actor=maker, kind=AccountChange.Kind.CREATED)
    given(newsroom_client(lorraine, maker if is_maker else other), lorraine, colleague, Role.EDITOR)
    given(newsroom_client(lorraine, first), lorraine, editor, Role.EDITOR, Role.APPROVER)

    assert "do not count as two" in decide(lorraine, other, "confirm_role")
    assert not may_approve(editor)
    decide(lorraine, root, "confirm_role")
    assert may_approve(editor)


def test_administrator_confirmed_by_the_proposer_cannot_confirm(lorraine, newsroom, administrator, root):
    given(newsroom_client(lorraine, root), lorraine, make_member("troisieme"), Role.SITE_ADMINISTRATOR)
    decide(lorraine, newsroom[Role.SITE_ADMINISTRATOR], "confirm_role")

    nina, answered = add_nina(lorraine, administrator)

    assert "It can be confirmed by: reseau." in answered.content.decode()
    assert not may_approve(nina)


def test_only_administrator_does_not_wait_for_an_account_they_created(lorraine, administrator, newsroom):
    add_nina(lorraine, administrator, Role.SITE_ADMINISTRATOR)

    given(administrator, lorraine, newsroom[Role.EDITOR], Role.APPROVER)

    assert may_approve(newsroom[Role.EDITOR])


@pytest.mark.parametrize("deed", ["role", "account", "link", "other role"])
def test_administrator_removed_by_the_proposer_still_counts(lorraine, newsroom, administrator, colleague, root, deed):
    if deed == "role":
        given(administrator, lorraine, colleague, Role.EDITOR)
    elif deed == "account":
        edit(administrator, colleague, roles=[code(lorraine, Role.SITE_ADMINISTRATOR)], is_active="")
    elif deed == "link":
        act(administrator, colleague, "password")
    else:
        given(administrator, lorraine, colleague, Role.SITE_ADMINISTRATOR, Role.EDITOR)

    given(administrator, lorraine, newsroom[Role.EDITOR], Role.EDITOR, Role.APPROVER)

    assert not may_approve(newsroom[Role.EDITOR])
    assert len(mails_to(root.email)) == 1
    assert "The role is given." in decide(lorraine, root, "confirm_role")


def by_user_form(client, account, group):
    data = {"username": account.username, "first_name": "A", "last_name": "B", "is_active": "on", "groups": [group.pk]}
    return client.post(reverse("wagtailusers_users:edit", args=[account.pk]), data, follow=True).content.decode()


def by_bulk_action(client, account, group):
    address = reverse("wagtail_bulk_action", args=["accounts", "user", "assign_role"])
    query = f"id={account.pk}&next={reverse('wagtailusers_users:index')}"
    return client.post(f"{address}?{query}", {"role": group.pk}, follow=True).content.decode()


def by_people(client, account, group):
    role = group.newsroom_role
    return edit(client, account, roles=[f"{role.site_id}.{role.role}."]).content.decode()


@pytest.mark.parametrize("door", [by_user_form, by_bulk_action, by_people])
def test_network_administrator_cannot_grant_the_role_alone(lorraine, newsroom, root, door):
    editor = newsroom[Role.EDITOR]

    text = door(newsroom_client(lorraine, root), editor, group_of(lorraine.site, Role.APPROVER))

    assert not may_approve(editor)
    assert "assigned as" not in text
    decide(lorraine, newsroom[Role.SITE_ADMINISTRATOR], "confirm_role")
    assert may_approve(editor)


def test_changed_address_of_an_invited_account_is_confirmed_again(lorraine, administrator, colleague):
    nina, _answered = add_nina(lorraine, administrator)
    decide(lorraine, colleague, "confirm_role")

    edit(administrator, nina, email="voleur@example.org", roles=[code(lorraine, Role.APPROVER)])

    assert not may_approve(nina)
    assert mails_to("voleur@example.org") == []
    assert RoleProposal.objects.get().account == nina


def test_role_of_a_returning_person_is_confirmed_too(lorraine, administrator, colleague):
    nina = make_member("nina", group_of(lorraine.site, Role.EDITOR))
    edit(administrator, nina, roles=[], leaves="on")

    add = {"first_name": "N", "last_name": "W", "email": nina.email}
    administrator.post(reverse("site_accounts_add"), {**add, "roles": [code(lorraine, Role.APPROVER)]})

    assert not may_approve(nina)
    decide(lorraine, colleague, "confirm_role")
    assert len(mails_to(nina.email)) == 1


def test_role_from_a_provider_or_a_command_needs_no_confirmation(lorraine, newsroom, colleague):
    group = group_of(lorraine.site, Role.APPROVER)
    set_provided_roles(newsroom[Role.EDITOR], Provider("region", "Region"), [group])
    call_command("create_role_user", "--site", lorraine.site.hostname, "--role", "approver", "nils", stdout=StringIO())

    assert may_approve(newsroom[Role.EDITOR])
    assert may_approve(USERS.get(username="nils"))


@pytest.mark.parametrize("is_own", [True, False])
def test_every_administrator_of_the_site_can_decline_a_proposal(lorraine, newsroom, administrator, colleague, is_own):
    nina, _answered = add_nina(lorraine, administrator)

    decide(lorraine, newsroom[Role.SITE_ADMINISTRATOR] if is_own else colleague, "decline_role")

    assert not RoleProposal.objects.exists()
    assert not may_approve(nina)
    again, _answered = add_nina(lorraine, administrator)
    assert again == nina


@pytest.mark.parametrize("end", ["age", "invitation", "withdrawal"])
def test_proposal_ends(lorraine, administrator, colleague, end):
    nina, _answered = add_nina(lorraine, administrator)
    if end == "age":
        RoleProposal.objects.update(proposed_at=timezone.now() - timedelta(days=15))
    elif end == "invitation":
        AccountInvitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    else:
        act(administrator, nina, "withdraw")

    newsroom_client(lorraine, colleague).post(
        reverse("site_accounts_edit", args=[nina.pk]), {"confirm_role": RoleProposal.objects.get().pk}
    )

    assert not may_approve(nina)


def test_repeated_proposal_is_one_mail(lorraine, administrator, colleague, newsroom):
    for _time in range(2):
        given(administrator, lorraine, newsroom[Role.EDITOR], Role.EDITOR, Role.APPROVER)
    work_off()

    assert [message.to for message in mail.outbox] == [[colleague.email]]
    assert AccountChange.objects.filter(kind=AccountChange.Kind.PROPOSED).count() == 1


def roles_to_confirm(ground, user) -> str:
    """The dashboard panel of roles to confirm; empty if there is none."""
    page = BeautifulSoup(newsroom_client(ground, user).get(reverse("wagtailadmin_home")).content, "html.parser")
    panel = page.select_one("section[id*=roles_to_confirm]")
    return " ".join(panel.get_text(" ").split()) if panel else ""


def test_proposal_is_on_the_dashboard_of_those_who_can_confirm_it(
    lorraine, saar, newsrooms, newsroom, administrator, colleague, root
):
    add_nina(lorraine, administrator)

    for person in (colleague, root):
        text = roles_to_confirm(lorraine, person)
        assert "Nina Weber" in text
        assert f"Approver of {lorraine.site.site_name}" in text
    for person in (newsroom[Role.SITE_ADMINISTRATOR], newsroom[Role.EDITOR]):
        assert roles_to_confirm(lorraine, person) == ""
    assert roles_to_confirm(saar, newsrooms.saar[Role.SITE_ADMINISTRATOR]) == ""
    decide(lorraine, colleague, "confirm_role")
    assert roles_to_confirm(lorraine, colleague) == ""


def test_invited_person_is_not_named_as_able_to_confirm(lorraine, administrator, colleague, newsroom):
    other = make_member("troisieme", group_of(lorraine.site, Role.SITE_ADMINISTRATOR))
    invite(other, newsroom[Role.SITE_ADMINISTRATOR])
    AccountChange.objects.all().delete()

    _nina, answered = add_nina(lorraine, administrator)

    assert "It can be confirmed by: collegue." in answered.content.decode()
    assert not [message for message in mails_to(other.email) if "Nina" in message.body]
