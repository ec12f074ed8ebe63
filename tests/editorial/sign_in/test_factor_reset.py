"""An administrator removes second factors that somebody has lost, and is then tied to the account."""

import pytest
from allauth.mfa.models import Authenticator
from bs4 import BeautifulSoup
from django.core import mail
from django.urls import reverse

from portal.editorial.models import AccountChange
from portal.editorial.records.account_ties import Tie, account_ties
from portal.editorial.roles import Role, group_of
from tests.audit.acts import last
from tests.builders import make_member, newsroom_client, work_off
from tests.editorial.actions import publish
from tests.editorial.drafts import draft
from tests.editorial.sign_in.acts import is_signed_in, sign_in, sign_in_with_code


def reset(client, person):
    return client.post(reverse("site_accounts_edit", args=[person.pk]), {"factors": "yes"})


def has_factors(person) -> bool:
    return Authenticator.objects.filter(user=person).exists()


def test_owner_signs_in_by_password_again_and_gets_a_mail(browser, lorraine, with_app, administrator):
    there = lorraine.reader()
    sign_in_with_code(there, with_app)
    assert is_signed_in(there)

    reset(administrator, with_app)
    work_off()

    assert not is_signed_in(there)
    assert not has_factors(with_app)
    sign_in(browser, with_app.username)
    assert is_signed_in(browser)
    [message] = [message for message in mail.outbox if "facteurs" in message.subject]
    assert message.to == [with_app.email]


def test_reset_is_recorded(with_app, administrator, newsroom):
    reset(administrator, with_app)

    change = AccountChange.objects.get(account=with_app, kind="factors")
    assert (change.actor, change.details) == (newsroom[Role.SITE_ADMINISTRATOR], "− app with codes, recovery codes")
    assert last("portal.account.factors").actor_key == newsroom[Role.SITE_ADMINISTRATOR].pk


def test_remover_of_the_factors_cannot_publish_the_owners_text(lorraine, with_app, administrator, newsroom):
    story = draft(lorraine, with_app)
    reset(administrator, with_app)

    assert account_ties().tie(newsroom[Role.SITE_ADMINISTRATOR].pk, with_app.pk) is Tie.ROLE_GRANTED
    assert not publish(administrator, story, lorraine.section)


def test_own_factors_and_other_sites_factors_are_out_of_reach(lorraine, saar, newsrooms, add_app, administrator):
    both = make_member("both", group_of(lorraine.site, Role.EDITOR), group_of(saar.site, Role.EDITOR))
    me, there = newsrooms.lorraine[Role.SITE_ADMINISTRATOR], newsrooms.saar[Role.EDITOR]
    for person in (both, me, there):
        add_app(person)
        reset(administrator, person)

    assert all(has_factors(person) for person in (both, me, there))
    assert (
        "Remove the second factors"
        not in administrator.get(reverse("site_accounts_edit", args=[both.pk])).content.decode()
    )


def test_network_administrator_removes_anybodys_factors(lorraine, saar, add_app):
    both = make_member("both", group_of(lorraine.site, Role.EDITOR), group_of(saar.site, Role.EDITOR))
    colleague = make_member("colleague", is_superuser=True)
    network = newsroom_client(lorraine, make_member("network", is_superuser=True))
    for person in (both, colleague):
        add_app(person)
        reset(network, person)

    assert not has_factors(both)
    assert not has_factors(colleague)


def test_button_is_shown_only_if_the_account_has_factors(with_app, newsroom, administrator):
    def page(person) -> str:
        return administrator.get(reverse("site_accounts_edit", args=[person.pk])).content.decode()

    assert "Remove the second factors" in page(with_app)
    assert "Remove the second factors" not in page(newsroom[Role.APPROVER])


@pytest.mark.parametrize("role", [Role.APPROVER, Role.EDITOR])
def test_other_roles_cannot_remove(lorraine, newsroom, with_app, role):
    reset(newsroom_client(lorraine, newsroom[role]), with_app)

    assert has_factors(with_app)


def test_page_and_mail_name_only_the_factors_that_exist(editor, add_app, administrator):
    add_app(editor)
    page = BeautifulSoup(administrator.get(reverse("site_accounts_edit", args=[editor.pk])).content, "html.parser")
    reset(administrator, editor)
    work_off()

    details = page.find("details").get_text()
    assert "Their factors (app with codes) are removed" in details
    assert page.select_one("details > summary.button").text == "Has lost the second factor"
    [message] = [message for message in mail.outbox if "facteurs" in message.subject]
    assert "application à codes" in message.body
    assert "clés d’accès" not in message.body
