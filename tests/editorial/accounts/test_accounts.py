"""Accounts are created, invited and changed by email; nobody approves with an account that they created or changed."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.log_actions import LogContext

from portal.content.publication import PublicationRefusedError
from portal.editorial.models import AccountInvitation, AddressChange
from portal.editorial.roles import Role, group_of
from tests.builders import make_member, newsroom_client, work_off
from tests.editorial.actions import edit_form, reload
from tests.editorial.drafts import answer, draft, submit

USERS = get_user_model().objects
LINK = re.compile(r"http://localhost:8000(/admin/\S+)")


def add_nina(lorraine, administrator, role=Role.APPROVER):
    data = {"first_name": "Nina", "last_name": "Weber", "email": "nina@example.org"}
    response = administrator.post(
        reverse("site_accounts_add"), {**data, "roles": [f"{lorraine.site.pk}.{role.value}."]}, follow=True
    )
    return USERS.get(username="nina.weber"), response


def act(client, account, name):
    return client.post(reverse("site_accounts_edit", args=[account.pk]), {name: "yes"}, follow=True)


def change_address(client, account, address, ground):
    roles = [f"{ground.site.pk}.{group.newsroom_role.role}." for group in account.groups.all()]
    data = {"first_name": "A", "last_name": "B", "is_active": "on", "email": address, "roles": roles}
    return client.post(reverse("site_accounts_edit", args=[account.pk]), data, follow=True)


def mails_to(address):
    work_off()
    return [message for message in mail.outbox if message.to == [address]]


def link_in(message):
    return LINK.search(message.body)[1]


def test_new_account_gets_a_mail_and_no_screen_shows_the_link(lorraine, administrator, reader):
    nina, response = add_nina(lorraine, administrator)

    [message] = mails_to("nina@example.org")
    with translation.override("fr"):
        assert str(nina.groups.get().newsroom_role) in message.body
    assert "/admin/invitation/" not in response.content.decode()
    assert "password_reset/confirm" not in response.content.decode()
    form = reader.get(link_in(message), follow=True)
    assert "new_password1" in form.content.decode()
    page = administrator.get(reverse("site_accounts_edit", args=[nina.pk])).content.decode()
    assert "/admin/invitation/" not in page
    assert "password_reset/confirm" not in page


def test_link_opens_once_and_leads_to_the_dashboard(lorraine, administrator, reader):
    add_nina(lorraine, administrator)
    link, owner = link_in(mails_to("nina@example.org")[0]), lorraine.reader()
    form = owner.get(link, follow=True)
    words = {"new_password1": "vingt-trois mirabelles", "new_password2": "vingt-trois mirabelles"}
    assert "reset" not in BeautifulSoup(form.content, "html.parser").main.get_text().lower()

    dashboard = owner.post(form.redirect_chain[-1][0], words, follow=True)

    assert dashboard.request["PATH_INFO"] == "/admin/"
    [welcome] = BeautifulSoup(dashboard.content, "html.parser").select(".messages .success")
    assert "Nina Weber" in welcome.get_text()
    assert owner.login(username="nina.weber", password="vingt-trois mirabelles")
    assert reader.get(link).status_code == 410


def test_state_is_shown_and_a_new_invitation_replaces_the_first(lorraine, administrator, reader):
    nina, _answered = add_nina(lorraine, administrator)
    assert "invited on" in administrator.get(reverse("site_accounts")).content.decode()
    first = link_in(mails_to("nina@example.org")[0])

    act(administrator, nina, "invite")

    second = link_in(mails_to("nina@example.org")[-1])
    assert reader.get(first).status_code == 410
    assert reader.get(second).status_code == 302


def test_account_created_by_a_command_is_active_after_the_first_sign_in(lorraine, newsroom, administrator):
    call_command("create_role_user", "--site", lorraine.site.hostname, "--role", "editor", "nils", stdout=StringIO())
    nils = USERS.get(username="nils")
    address = reverse("site_accounts_edit", args=[nils.pk])
    assert "nils: has never signed in" in administrator.get(address).content.decode()

    newsroom_client(lorraine, nils).get("/admin/")
    assert "nils: active" in administrator.get(address).content.decode()


def test_withdrawn_invitation_is_invalid_and_closes_the_account(lorraine, administrator, reader):
    nina, _answered = add_nina(lorraine, administrator)
    link = link_in(mails_to("nina@example.org")[0])

    act(administrator, nina, "withdraw")

    assert reader.get(link).status_code == 410
    reader.post(reverse("wagtailadmin_password_reset"), {"email": "nina@example.org"})
    assert len(mails_to("nina@example.org")) == 1


def test_expired_invitation_explains_how_to_get_another(lorraine, administrator, reader):
    add_nina(lorraine, administrator)
    link = link_in(mails_to("nina@example.org")[0])
    AccountInvitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))

    page = reader.get(link)

    assert page.status_code == 410
    assert reverse("wagtailadmin_password_reset") in page.content.decode()


@pytest.mark.parametrize("token", ["x", "a" * 80, "IjEi:1x:abc"])
def test_forged_links_are_invalid(lorraine, token, reader):
    assert reader.get(reverse("account_invitation", args=[token])).status_code == 410
    assert reader.get(reverse("account_address", args=[token])).status_code == 410


def test_new_password_link_goes_to_the_mailbox_only(lorraine, newsroom, administrator):
    editor = newsroom[Role.EDITOR]

    response = act(administrator, editor, "password")

    [message] = mails_to(editor.email)
    assert "password_reset/confirm" in message.body
    assert "password_reset/confirm" not in response.content.decode()


def test_address_is_changed_when_the_old_mailbox_confirms_it(lorraine, newsroom, administrator, reader):
    editor = newsroom[Role.EDITOR]
    signed_in = newsroom_client(lorraine, editor)
    assert signed_in.get("/admin/").status_code == 200

    change_address(administrator, editor, "neue@example.org", lorraine)
    assert USERS.get(pk=editor.pk).email == editor.email
    people = administrator.get(reverse("site_accounts")).content.decode()
    assert "neue@example.org, not confirmed yet" in people
    assert "Invite…" in people
    link = link_in(mails_to(editor.email)[0])
    reader.get(link)
    assert USERS.get(pk=editor.pk).email == editor.email
    reader.post(link, {"confirm": "yes"})

    assert USERS.get(pk=editor.pk).email == "neue@example.org"
    assert signed_in.get("/admin/").status_code == 302
    shown = {newsroom[Role.SITE_ADMINISTRATOR].email, editor.email, "neue@example.org"}
    work_off()
    assert shown <= {message.to[0] for message in mail.outbox if "neue@example.org" in message.body}
    assert reader.post(link, {"confirm": "yes"}).status_code == 410


def test_owner_refuses_another_address(lorraine, newsroom, administrator, reader):
    editor = newsroom[Role.EDITOR]
    change_address(administrator, editor, "voleur@example.org", lorraine)

    reader.post(link_in(mails_to(editor.email)[0]), {"refuse": "yes"})

    assert USERS.get(pk=editor.pk).email == editor.email
    assert not AddressChange.objects.exists()


def test_new_address_is_confirmed_by_another_administrator(lorraine, newsroom, administrator):
    editor = newsroom[Role.EDITOR]
    second = make_member("second-admin", group_of(lorraine.site, Role.SITE_ADMINISTRATOR))
    change_address(administrator, editor, "neue@example.org", lorraine)

    act(administrator, editor, "confirm_address")
    assert USERS.get(pk=editor.pk).email == editor.email
    act(newsroom_client(lorraine, second), editor, "confirm_address")
    assert USERS.get(pk=editor.pk).email == "neue@example.org"


def test_requester_cannot_confirm_with_an_administrator_they_created(lorraine, newsroom, administrator):
    nina, _answered = add_nina(lorraine, administrator, Role.SITE_ADMINISTRATOR)
    change_address(administrator, newsroom[Role.EDITOR], "neue@example.org", lorraine)

    act(newsroom_client(lorraine, nina), newsroom[Role.EDITOR], "confirm_address")

    assert USERS.get(pk=newsroom[Role.EDITOR].pk).email != "neue@example.org"


def test_network_administrator_cannot_set_address_or_password(lorraine, newsroom):
    boss = newsroom_client(lorraine, make_member("boss", is_superuser=True))
    editor = newsroom[Role.EDITOR]

    boss.post(
        reverse("wagtailusers_users:edit", args=[editor.pk]),
        {
            "username": editor.username,
            "first_name": "A",
            "last_name": "B",
            "email": "neue@example.org",
            "is_active": "on",
            "password1": "vingt-trois mirabelles",
            "password2": "vingt-trois mirabelles",
        },
    )

    changed = USERS.get(pk=editor.pk)
    assert changed.first_name == "A"
    assert changed.email == editor.email
    assert not changed.check_password("vingt-trois mirabelles")
    assert boss.get(reverse("wagtailusers_users:add")).url == reverse("site_accounts_add")


def test_menu_of_the_network_administrator_has_people(lorraine):
    boss = newsroom_client(lorraine, make_member("boss", is_superuser=True))

    assert reverse("site_accounts") in boss.get("/admin/").content.decode()


def test_roles_are_named_in_words(lorraine, newsroom, administrator):
    page = administrator.get(reverse("site_accounts")).content.decode()

    assert "Editor of Lorraine" in page
    assert group_of(lorraine.site, Role.EDITOR).name not in page


@pytest.fixture
def created_by_the_author(lorraine, newsroom, administrator):
    """An approver whose account was created by the author of a text."""
    nina, _answered = add_nina(lorraine, administrator)
    return nina


def test_approval_by_an_account_of_the_author_does_not_count(lorraine, newsroom, created_by_the_author):
    page = draft(lorraine, newsroom[Role.SITE_ADMINISTRATOR])
    step = submit(page, newsroom[Role.SITE_ADMINISTRATOR])

    with pytest.raises(PublicationRefusedError, match=str(newsroom[Role.SITE_ADMINISTRATOR])):
        answer(step, created_by_the_author)

    assert not reload(page).live
    answer(step, newsroom[Role.APPROVER])
    assert reload(page).live


def test_review_page_explains_that_the_approval_does_not_count(lorraine, newsroom, created_by_the_author):
    page = draft(lorraine, newsroom[Role.SITE_ADMINISTRATOR])
    step = submit(page, newsroom[Role.SITE_ADMINISTRATOR])
    approver = newsroom_client(lorraine, created_by_the_author)
    path = reverse("editorial:answer", args=[step.pk])

    before = approver.get(path).content.decode()
    after = approver.post(path, {"approve": "yes"}, follow=True).content.decode()

    assert "Your approval does not count for this text" in before
    assert "Your approval does not count for this text" in after
    assert not reload(page).live


def test_account_of_the_author_cannot_bypass_the_review(lorraine, newsroom, created_by_the_author):
    page = draft(lorraine, newsroom[Role.SITE_ADMINISTRATOR])

    edit_form(newsroom_client(lorraine, created_by_the_author), page, **{"action-publish": "1"})

    assert not reload(page).live


def test_account_of_an_author_approves_texts_of_others(lorraine, newsroom, created_by_the_author):
    page = draft(lorraine, newsroom[Role.EDITOR])

    answer(submit(page, newsroom[Role.EDITOR]), created_by_the_author)

    assert reload(page).live


@pytest.mark.parametrize("kind", ["address", "role", "password link"])
def test_later_changes_of_an_account_count_too(lorraine, newsroom, administrator, kind, reader):
    author, approver = newsroom[Role.SITE_ADMINISTRATOR], make_member("autre", group_of(lorraine.site, Role.APPROVER))
    if kind == "address":
        change_address(administrator, approver, "neue@example.org", lorraine)
        reader.post(link_in(mails_to(approver.email)[0]), {"confirm": "yes"})
    elif kind == "role":
        with LogContext(user=author):
            approver.groups.add(group_of(lorraine.site, Role.EDITOR))
    else:
        act(administrator, approver, "password")
    page = draft(lorraine, author)

    with pytest.raises(PublicationRefusedError):
        answer(submit(page, author), USERS.get(pk=approver.pk))


def test_changing_ones_own_password_ties_no_accounts(lorraine, newsroom):
    approver = newsroom[Role.APPROVER]
    with LogContext(user=approver):
        approver.set_password("vingt-trois mirabelles")
        approver.save()
    page = draft(lorraine, newsroom[Role.EDITOR])

    answer(submit(page, newsroom[Role.EDITOR]), approver)

    assert reload(page).live


def test_history_of_an_account_is_shown_to_its_administrators(lorraine, newsroom, administrator):
    nina, _answered = add_nina(lorraine, administrator)

    page = administrator.get(reverse("site_accounts_edit", args=[nina.pk])).content.decode()

    assert "created the account" in page
    assert str(newsroom[Role.SITE_ADMINISTRATOR]) in page


def test_accounts_closed_in_bulk_are_logged(lorraine, newsroom, administrator):
    network, editor = make_member("netz", is_superuser=True), newsroom[Role.EDITOR]
    path = reverse("wagtail_bulk_action", args=["accounts", "user", "set_active_state"])

    newsroom_client(lorraine, network).post(f"{path}?id={editor.pk}", {"mark_as_active": "False"})

    page = administrator.get(reverse("site_accounts_edit", args=[editor.pk])).content.decode()
    assert "netz – opened or closed the account" in page


def test_closed_account_is_not_invited(lorraine, administrator):
    nina, _answered = add_nina(lorraine, administrator)
    USERS.filter(pk=nina.pk).update(is_active=False)

    assert not mails_to("nina@example.org")


def test_link_opened_before_a_withdrawal_stays_invalid_after_another_invitation(lorraine, administrator):
    nina, _answered = add_nina(lorraine, administrator)
    stranger = lorraine.reader()
    form = stranger.get(link_in(mails_to("nina@example.org")[0]), follow=True).redirect_chain[-1][0]
    act(administrator, nina, "withdraw")
    act(administrator, nina, "invite")

    stranger.post(form, {"new_password1": "vingt-trois mirabelles", "new_password2": "vingt-trois mirabelles"})

    assert not stranger.login(username="nina.weber", password="vingt-trois mirabelles")


def test_opened_link_expires_with_the_invitation(lorraine, administrator, reader):
    add_nina(lorraine, administrator)
    leads_to = reader.get(link_in(mails_to("nina@example.org")[0]))["Location"]
    AccountInvitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))

    assert "new_password1" not in reader.get(leads_to, follow=True).content.decode()
