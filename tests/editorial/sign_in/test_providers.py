"""People who sign in through a provider get the roles that the table assigns to their claims, on its sites only."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client

from portal.editorial.accounts.invitations import invite
from portal.editorial.accounts.passwords import create_account
from portal.editorial.models import AccountChange, ClaimedRole
from portal.editorial.roles import Role, group_of
from tests.audit.acts import actions
from tests.builders import make_member, newsroom_client, work_off
from tests.editorial.sign_in.acts import ADDRESS, LOGIN, PASSWORD, come_by, is_signed_in, roles_of, sign_in
from tests.editorial.sign_in.openid_provider import CLIENT, SECRET, OpenIDProvider

SHAPES = {
    "Keycloak, groups": ("groups", {}, {"groups": ["redaction", "other"], "email_verified": True}),
    "Keycloak, roles of the realm": ("realm_access.roles", {"realm_access": {"roles": ["redaction"]}}, {}),
    "Keycloak, roles of the client": (
        "resource_access.portal.roles",
        {"resource_access": {"portal": {"roles": ["redaction"]}, "account": {"roles": ["view-profile"]}}},
        {"email_verified": True},
    ),
    # Microsoft Entra sends roles in the ID token, no `email_verified`, and name and address from its endpoint.
    "Entra": ("roles", {"tid": "t", "oid": "o", "preferred_username": ADDRESS, "roles": ["redaction"]}, {}),
    # ProConnect signs the response of its endpoint; a person has one unit.
    "ProConnect": (
        "organizational_unit",
        {"acr": "eidas1", "amr": ["pwd"]},
        {
            "usual_name": "Colin",
            "siret": "13002526500013",
            "idp_id": "71144ab3-ee1a-4401-b7b3-79b44f7daeeb",
            "organization_label": "Région",
            "organizational_unit": "redaction",
            "belonging_population": "agent",
        },
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_claim_of_each_shape_gives_the_role(provider, settings, lorraine, browser, shape):
    path, token, endpoint = SHAPES[shape]
    settings.SIGN_IN_PROVIDERS["region"]["claim"] = path
    provider.id_token = {"sub": "1", "email": ADDRESS, **token}
    provider.userinfo = {"sub": "1", "email": ADDRESS, "given_name": "Jeanne", **endpoint}
    provider.signed_userinfo = shape == "ProConnect"

    come_by(browser)

    assert roles_of() == {(lorraine.site.hostname, "editor")}
    assert is_signed_in(browser)


def test_scopes_and_claims_of_the_operator_are_asked_for(provider, settings, browser):
    claims = '{"id_token":{"acr":{"essential":true,"values":["eidas1-mfa","eidas2"]}}}'
    settings.SIGN_IN_PROVIDERS["region"] |= {"scope": ["openid", "usual_name"], "auth_params": {"claims": claims}}

    sent = parse_qs(urlsplit(browser.get(LOGIN)["Location"]).query)

    assert sent["claims"] == [claims]
    assert set(sent["scope"][0].split()) == {"openid", "usual_name"}
    assert len(sent["state"][0]) >= 32


@pytest.mark.parametrize(
    "value", ["redaction2", "Redaction", "", " redaction", {"redaction": True}, [["redaction"]], None]
)
def test_other_value_grants_no_role(provider, browser, value):
    provider.userinfo["groups"] = value

    response = come_by(browser)

    assert response.status_code == 403
    assert not get_user_model().objects.filter(email=ADDRESS).exists()


def test_token_without_its_groups_grants_no_role(provider, browser):
    provider.userinfo = {"sub": "1", "email": ADDRESS}
    provider.id_token = {"sub": "1", "_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "x"}}}

    assert come_by(browser).status_code == 403


def test_role_ends_with_its_claim_at_the_next_sign_in(provider, lorraine, browser):
    provider.userinfo["groups"] = ["redaction"]
    come_by(browser)
    provider.userinfo["groups"] = []

    come_by(lorraine.reader())

    assert roles_of() == set()
    assert not is_signed_in(browser)


def test_role_granted_by_an_administrator_stays(provider, lorraine, browser):
    provider.userinfo["groups"] = ["redaction"]
    come_by(browser)
    get_user_model().objects.get(email=ADDRESS).groups.add(group_of(lorraine.site, Role.APPROVER))
    provider.userinfo["groups"] = []

    come_by(lorraine.reader())

    assert roles_of() == {(lorraine.site.hostname, "approver")}


def test_roles_granted_and_revoked_by_claims_are_logged(provider, lorraine, browser):
    provider.userinfo["groups"] = ["redaction"]
    come_by(browser)
    provider.userinfo["groups"] = []
    come_by(lorraine.reader())

    shown = AccountChange.objects.filter(kind="roles").order_by("pk").values_list("details", "site")
    assert [details[0] for details, _site in shown] == ["+", "−"]
    assert {site for _details, site in shown} == {lorraine.site.pk}


def test_provider_of_one_site_grants_no_role_at_another(provider, settings, lorraine, saar, browser):
    facts = settings.SIGN_IN_PROVIDERS["region"]
    facts["hosts"] = [lorraine.site.hostname]
    facts["roles"] = [{"value": "redaction", "host": saar.site.hostname, "role": "editor"}]
    provider.userinfo["groups"] = ["redaction"]

    assert come_by(browser).status_code == 403


def test_provider_of_one_site_signs_nobody_in_at_another(provider, settings, lorraine, saar):
    settings.SIGN_IN_PROVIDERS["region"]["hosts"] = [lorraine.site.hostname]

    assert saar.reader().get(LOGIN).status_code == 404
    assert "La région" not in saar.reader().get("/admin/login/").content.decode()
    assert "La région" in lorraine.reader().get("/admin/login/").content.decode()


def test_provider_of_one_site_signs_in_no_account_of_another(provider, settings, lorraine, newsrooms, browser):
    settings.SIGN_IN_PROVIDERS["region"]["hosts"] = [lorraine.site.hostname]
    stranger = newsrooms.saar[Role.EDITOR]
    stranger.email = ADDRESS
    stranger.save()

    assert come_by(browser).status_code == 403
    assert not SocialAccount.objects.exists()


def test_invited_person_has_the_role_of_the_invitation(provider, lorraine, newsroom, browser):
    account = create_account("jeanne", email=ADDRESS)
    account.groups.add(group_of(lorraine.site, Role.APPROVER))
    invite(account, newsroom[Role.SITE_ADMINISTRATOR])

    come_by(browser)

    assert is_signed_in(browser)
    assert roles_of() == {(lorraine.site.hostname, "approver")}


@pytest.mark.parametrize("lack", ["not verified", "other domain", "expired", "withdrawn"])
def test_invitation_for_another_address_is_refused(provider, lorraine, newsroom, browser, clock, settings, lack):
    address = "jeanne@elsewhere.example" if lack == "other domain" else ADDRESS
    account = create_account("jeanne", email=address)
    account.groups.add(group_of(lorraine.site, Role.APPROVER))
    invitation = invite(account, newsroom[Role.SITE_ADMINISTRATOR])
    provider.userinfo |= {"email": address, "email_verified": lack != "not verified"}
    if lack == "not verified":
        settings.SIGN_IN_PROVIDERS["region"]["domains"] = []
    if lack == "expired":
        clock.move_to(invitation.expires_at)
    if lack == "withdrawn":
        account.is_active = False
        account.save()

    come_by(browser)

    assert not is_signed_in(browser)


def test_person_without_role_and_invitation_cannot_sign_in(provider, browser):
    response = come_by(browser)

    assert response.status_code == 403
    assert "neither a role nor an invitation" in response.content.decode()
    assert not get_user_model().objects.filter(email=ADDRESS).exists()


def test_provider_cannot_create_a_network_administrator(provider, browser):
    make_member("network", is_superuser=True)
    get_user_model().objects.filter(username="network").update(email=ADDRESS)

    assert come_by(browser).status_code == 403


def test_network_administrator_cannot_sign_in_through_a_provider(provider, lorraine, browser):
    provider.userinfo["groups"] = ["redaction"]
    come_by(browser)
    get_user_model().objects.filter(email=ADDRESS).update(is_superuser=True)
    other = lorraine.reader()

    assert come_by(other).status_code == 403
    assert not is_signed_in(other)


def test_account_of_a_provider_has_no_password(provider, lorraine, newsroom, browser):
    account = newsroom[Role.EDITOR]
    account.email = ADDRESS
    account.set_password(PASSWORD)
    account.save()
    come_by(browser)
    assert is_signed_in(browser)

    other = lorraine.reader()
    sign_in(other, account.username)
    assert not is_signed_in(other)
    other.post("/admin/password_reset/", {"email": ADDRESS})
    work_off()
    assert [message for message in mail.outbox if "password_reset" in message.body] == []


def test_administrator_cannot_send_it_a_password_link(provider, lorraine, newsroom, browser):
    account = newsroom[Role.EDITOR]
    account.email = ADDRESS
    account.save()
    come_by(browser)

    page = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR]).get(f"/admin/office/people/{account.pk}/")

    assert 'name="password"' not in page.content.decode()


def test_address_of_a_domain_is_redirected_to_its_provider(provider, browser):
    response = browser.post("/admin/login/", {"username": ADDRESS, "next": "/admin/account/"})

    assert response["Location"].startswith(LOGIN)
    assert "login_hint" in browser.get(response["Location"])["Location"]


def test_address_of_another_domain_is_not_redirected(provider, browser):
    assert browser.post("/admin/login/", {"username": "a@elsewhere.example"}).status_code == 200


def test_response_to_a_request_of_another_browser_is_refused(provider, lorraine, browser):
    provider.userinfo["groups"] = ["redaction"]
    state = parse_qs(urlsplit(browser.get(LOGIN)["Location"]).query)["state"][0]
    victim = lorraine.reader()

    victim.get(f"{LOGIN}back/", {"code": "once", "state": state})

    assert not is_signed_in(victim)


def test_claims_are_not_stored(provider, browser):
    provider.userinfo["groups"] = ["redaction"]
    come_by(browser)

    assert SocialAccount.objects.get().extra_data == {}


def test_unavailable_provider_is_reported(provider, settings, browser):
    settings.SIGN_IN_PROVIDERS["region"]["server_url"] = "http://127.0.0.1:9"

    response = browser.get(LOGIN)

    assert response.status_code == 502
    assert "did not answer as it should" in response.content.decode()


EVENT = {"http://schemas.openid.net/event/backchannel-logout": {}}


def test_person_signed_out_by_the_provider_is_signed_out_here(provider, lorraine, browser):
    provider.userinfo["groups"] = ["redaction"]
    come_by(browser)
    assert is_signed_in(browser)

    response = Client(headers={"host": lorraine.site.hostname}).post(
        f"{LOGIN}ended/", {"logout_token": provider.signed({"sub": "1", "jti": "a", "events": EVENT})}
    )

    assert response.status_code == 200
    assert not is_signed_in(browser)


def test_refused_sign_in_and_provider_logout_are_logged(provider, lorraine, browser):
    come_by(browser)
    assert actions()[-1] == "portal.session.fail"
    provider.userinfo["groups"] = ["redaction"]
    come_by(browser)
    claims = {"sub": "1", "jti": "a", "events": EVENT}

    lorraine.reader().post(f"{LOGIN}ended/", {"logout_token": provider.signed(claims)})

    assert actions()[-1] == "portal.session.end"


@pytest.mark.parametrize("lack", ["event", "nonce", "person", "audience", "signature", "other person", "nothing"])
def test_invalid_logout_token_ends_no_session(provider, lorraine, browser, lack):
    provider.userinfo["groups"] = ["redaction"]
    come_by(browser)
    claims = {"sub": "1", "jti": "a", "events": EVENT}
    wrong = {
        "event": {"sub": "1"},
        "nonce": claims | {"nonce": "n"},
        "person": {"sid": "s", "events": EVENT},
        "audience": claims | {"aud": "another"},
        "other person": claims | {"sub": "2"},
    }.get(lack, claims)
    token = provider.signed(wrong)
    if lack == "signature":
        token = OpenIDProvider(address=provider.address).signed(claims)
    if lack == "nothing":
        token = ""

    lorraine.reader().post(f"{LOGIN}ended/", {"logout_token": token})

    assert is_signed_in(browser)


FORM = {
    "name": "Keycloak",
    "provider_id": "keycloak",
    "client_id": CLIENT,
    "secret": SECRET,
    "server_url": "https://keycloak.example/realms/region",
    "domains": "region.example, agency.example",
    "claim": "groups",
    "roles-TOTAL_FORMS": "1",
    "roles-INITIAL_FORMS": "0",
    "roles-0-value": "redaction",
    "roles-0-role": "editor",
}


def _add(lorraine, **facts: Any):
    client = newsroom_client(lorraine, make_member("network", is_superuser=True))
    sent = FORM | {"roles-0-site": lorraine.site.pk} | facts
    return client.post("/admin/office/sign-in/providers/add/", sent)


def test_administrator_of_the_network_sets_up_a_provider(lorraine, newsroom):
    _add(lorraine)

    app = SocialApp.objects.get()
    assert app.settings["domains"] == ["region.example", "agency.example"]
    assert ClaimedRole.objects.get().site == lorraine.site
    assert "Keycloak" in lorraine.reader().get("/admin/login/").content.decode()


def test_secret_of_a_provider_is_encrypted_and_never_shown(lorraine, newsroom):
    _add(lorraine)

    app = SocialApp.objects.get()
    assert SECRET not in app.secret
    client = newsroom_client(lorraine, get_user_model().objects.get(username="network"))
    assert SECRET not in client.get(f"/admin/office/sign-in/providers/{app.pk}/").content.decode()


def test_provider_with_key_zero_does_not_exist(lorraine, newsroom):
    _add(lorraine)
    client = newsroom_client(lorraine, get_user_model().objects.get(username="network"))

    assert client.get("/admin/office/sign-in/providers/0/").status_code == 404


def test_provider_that_was_set_up_in_the_newsroom_signs_in(provider, settings, lorraine, browser):
    settings.SIGN_IN_PROVIDERS = {}
    _add(lorraine, provider_id="region", server_url=provider.address)
    provider.userinfo["groups"] = ["redaction"]

    come_by(browser)

    assert is_signed_in(browser)
    assert roles_of() == {(lorraine.site.hostname, "editor")}


@pytest.mark.parametrize("role", [Role.EDITOR, Role.SITE_ADMINISTRATOR])
def test_provider_settings_are_closed_to_other_roles(lorraine, newsroom, role):
    client = newsroom_client(lorraine, newsroom[role])

    client.post("/admin/office/sign-in/providers/add/", FORM | {"roles-0-site": lorraine.site.pk})

    assert not SocialApp.objects.exists()
