"""People who sign in with SAML 2.0 get the roles in the table if the assertion is signed, new and for this portal."""

import base64
from collections.abc import Iterator

import pytest
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.contrib.auth import get_user_model
from django.test import Client

from portal.editorial.models import ClaimedRole, SignInRule
from portal.editorial.sign_in.providers import configured
from tests.builders import make_member, newsroom_client
from tests.editorial.sign_in.acts import ADDRESS, is_signed_in, roles_of
from tests.editorial.sign_in.saml_provider import (
    Person,
    SamlProvider,
    key_and_certificate,
    key_in_words,
    read_request,
    started,
)

LOGIN = "/admin/login/by/univ/"
CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
FORMAT = "urn:oasis:names:tc:SAML:{}:nameid-format:{}".format
AFFILIATION, MAIL = "urn:oid:1.3.6.1.4.1.5923.1.1.1.1", "urn:oid:0.9.2342.19200300.100.1.3"
# The name of the portal's own key.
OURS = "portal.example"
EPPN = "urn:oid:1.3.6.1.4.1.5923.1.1.1.6"


def in_group(*groups: str) -> Person:
    return Person({AFFILIATION: list(groups), MAIL: [ADDRESS]})


@pytest.fixture
def provider(settings, lorraine, newsrooms) -> SamlProvider:
    """The provider as configured: people with the affiliation `redaction` are editors of Lorraine."""
    provider = SamlProvider(person=in_group("redaction"))
    settings.SIGN_IN_PROVIDERS = {
        "univ": {
            "protocol": "saml",
            "name": "L’université",
            "idp": provider.facts(),
            "domains": ["region.example"],
            "claim": AFFILIATION,
            "roles": [{"value": "redaction", "host": lorraine.site.hostname, "role": "editor"}],
        }
    }
    return provider


def bring(client: Client, response: str):
    """Post a response as a browser does, from a form on the provider's page, and follow the redirect."""
    sent = client.post(f"{LOGIN}saml/", {"SAMLResponse": response})
    return client.get(sent["Location"]) if sent.status_code == 302 else sent


def come_by(client: Client, provider: SamlProvider, **changes):
    return bring(client, provider.response(client.get(LOGIN)["Location"], **changes))


SHAPES = {
    # Signs the document, and sends each role as a separate attribute.
    "Keycloak": (
        "Role",
        ("Response",),
        Person(
            {
                "Role": ["view-profile", "redaction"],
                "urn:oid:1.2.840.113549.1.9.1": [ADDRESS],
                "urn:oid:2.5.4.42": ["Jeanne"],
                "urn:oid:2.5.4.4": ["Colin"],
            },
            name="G-a7e1",
        ),
    ),
    # Signs only the assertion; the NameID is the name with which people sign in.
    "Microsoft Entra": (
        "http://schemas.microsoft.com/ws/2008/06/identity/claims/role",
        ("Assertion",),
        Person(
            {
                "http://schemas.microsoft.com/identity/claims/tenantid": ["c0ffee00-0000"],
                "http://schemas.microsoft.com/identity/claims/objectidentifier": ["1b5e-4f"],
                "http://schemas.microsoft.com/claims/authnmethodsreferences": [
                    "http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password"
                ],
                f"{CLAIMS}givenname": ["Jeanne"],
                f"{CLAIMS}surname": ["Colin"],
                f"{CLAIMS}emailaddress": [ADDRESS],
                "http://schemas.microsoft.com/ws/2008/06/identity/claims/role": ["redaction"],
            },
            name="jcolin@region.onmicrosoft.example",
            format=FORMAT("1.1", "emailAddress"),
        ),
    ),
    # Shibboleth in the federation of Renater: both are signed, and the NameID differs at each sign-in.
    "Shibboleth": (
        AFFILIATION,
        ("Assertion", "Response"),
        Person(
            {
                AFFILIATION: ["member", "employee", "redaction"],
                "urn:oid:1.3.6.1.4.1.5923.1.1.1.9": ["employee@region.example"],
                EPPN: ["jcolin@region.example"],
                MAIL: [ADDRESS],
                "urn:oid:2.5.4.42": ["Jeanne"],
                "urn:oid:2.5.4.4": ["Colin"],
                "urn:oid:1.3.6.1.4.1.7135.1.2.1.14": ["{UAI}0542493S"],
            },
            name="_5d2f",
            format=FORMAT("2.0", "transient"),
        ),
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_attribute_of_each_shape_gives_the_role(provider, settings, lorraine, browser, shape):
    settings.SIGN_IN_PROVIDERS["univ"]["claim"], provider.signs, provider.person = SHAPES[shape]

    come_by(browser, provider, repeats=shape == "Keycloak")

    assert is_signed_in(browser)
    assert roles_of() == {(lorraine.site.hostname, "editor")}
    assert get_user_model().objects.get(email=ADDRESS).get_full_name() == "Jeanne Colin"


@pytest.mark.parametrize("value", ["redaction2", "Redaction", "redaction@region.example"])
def test_other_value_grants_no_role(provider, browser, value):
    provider.person = in_group(value)

    assert come_by(browser, provider).status_code == 403
    assert not get_user_model().objects.filter(email=ADDRESS).exists()


def test_person_is_the_same_at_the_next_sign_in_and_loses_the_role_with_the_attribute(provider, lorraine, browser):
    come_by(browser, provider)
    provider.person = in_group("member")

    come_by(lorraine.reader(), provider)

    assert roles_of() == set()
    assert not is_signed_in(browser)
    assert SocialAccount.objects.get().extra_data == {}


def test_person_without_a_lasting_name_is_refused(provider, browser):
    provider.person.format = FORMAT("2.0", "transient")

    response = come_by(browser, provider)

    assert "did not answer as it should" in response.content.decode()
    assert not SocialAccount.objects.exists()


WRONG = {
    "no request in the assertion": {"request": None},
    "request of somebody else in the assertion": {"request": "_1"},
    "request of somebody else": {"request": "_1", "around": "_1"},
    "no request at all": {"request": None, "around": None},
    "other audience": {"audience": "https://elsewhere.example/metadata"},
    "no audience": {"audience": None},
    "other address": {"back": "https://elsewhere.example/acs"},
    "other issuer": {"issuer": "https://other.example/entity"},
    "other key": {"key": "other.example"},
    "old": {"minutes": -5},
}


@pytest.mark.parametrize("lack", WRONG)
def test_assertion_that_is_not_for_this_sign_in_is_refused(provider, browser, lack):
    response = come_by(browser, provider, **WRONG[lack])

    assert response.status_code in (401, 403)
    assert not is_signed_in(browser)
    assert not get_user_model().objects.filter(email=ADDRESS).exists()


@pytest.fixture
def encrypting(provider, settings):
    """The provider encrypts for the portal's key; the operator has configured and requires this."""
    provider.encrypts_for = OURS
    facts = {"x509cert": key_and_certificate(OURS)[1], "private_key": key_in_words(OURS)}
    settings.SIGN_IN_PROVIDERS["univ"]["advanced"] = {**facts, "want_assertion_encrypted": True}
    return provider


@pytest.mark.parametrize("signs", [("Assertion",), ("Response",)])
def test_encrypted_assertion_signs_in(encrypting, lorraine, browser, signs):
    encrypting.signs = signs

    come_by(browser, encrypting)

    assert is_signed_in(browser)
    assert roles_of() == {(lorraine.site.hostname, "editor")}


@pytest.mark.parametrize("lack", WRONG)
def test_encrypted_assertion_that_is_not_for_this_sign_in_is_refused(encrypting, browser, lack):
    response = come_by(browser, encrypting, **WRONG[lack])

    assert response.status_code in (401, 403)
    assert not is_signed_in(browser)


@pytest.mark.parametrize("key", ["", "other.example"])
def test_assertion_that_is_not_encrypted_for_this_key_is_refused(encrypting, browser, key):
    encrypting.encrypts_for = key

    assert come_by(browser, encrypting).status_code == 401
    assert not is_signed_in(browser)


def test_metadata_have_the_key_for_encryption(encrypting, browser):
    metadata = browser.get(f"{LOGIN}saml/metadata/").content.decode()

    assert 'use="encryption"' in metadata
    assert "".join(key_and_certificate(OURS)[1].splitlines()[1:-1]) in "".join(metadata.split())


def test_unsigned_assertion_is_refused(provider, browser):
    provider.signs = ()

    assert come_by(browser, provider).status_code == 401
    assert not is_signed_in(browser)


@pytest.mark.parametrize("signed", ["Assertion", "Response"])
def test_assertion_that_was_changed_is_refused(provider, browser, signed):
    provider.signs, provider.person = (signed,), in_group("member")
    response = base64.b64decode(provider.response(browser.get(LOGIN)["Location"]))

    changed = base64.b64encode(response.replace(b">member<", b">redaction<")).decode()

    assert bring(browser, changed).status_code == 401
    assert not is_signed_in(browser)


def test_response_is_accepted_only_once(provider, lorraine, browser):
    response = provider.response(browser.get(LOGIN)["Location"])
    bring(browser, response)
    assert is_signed_in(browser)
    browser.post("/admin/logout/")
    thief = lorraine.reader()
    thief.get(LOGIN)

    for client in (browser, thief):
        assert bring(client, response).status_code == 403
        assert not is_signed_in(client)


@pytest.mark.parametrize("sent", ["", "x", "PHg+", "PCFET0NUWVBFIGE+", base64.b64encode(b"\xff" * 99).decode()])
def test_invalid_response_is_refused(provider, browser, sent):
    assert bring(browser, sent).status_code == 401


@pytest.mark.parametrize("act", ["back/", "ended/"])
def test_addresses_of_the_other_protocol_are_missing(provider, browser, act):
    request = read_request(browser.get(LOGIN)["Location"]).get("ID")

    sent = browser.post if act == "ended/" else browser.get
    assert sent(f"{LOGIN}{act}", {"code": "1", "state": request}).status_code == 404


def test_large_response_is_not_stored(provider, browser):
    assert bring(browser, "x" * 600_000).status_code == 400


def test_provider_of_one_site_signs_nobody_in_at_another(provider, settings, lorraine, saar):
    settings.SIGN_IN_PROVIDERS["univ"]["hosts"] = [lorraine.site.hostname]
    stranger = saar.reader()

    assert "L’université" not in stranger.get("/admin/login/").content.decode()
    assert stranger.get(LOGIN).status_code == 404
    assert stranger.get(f"{LOGIN}saml/metadata/").status_code == 404
    assert stranger.post(f"{LOGIN}saml/", {"SAMLResponse": "x"}).status_code == 404


def test_metadata_have_the_address_of_the_host(provider, lorraine, saar):
    for site in (lorraine, saar):
        metadata = site.reader().get(f"{LOGIN}saml/metadata/").content.decode()
        assert f"http://{site.site.hostname}{LOGIN}saml/" in metadata


@pytest.mark.parametrize("again", [False, True])
def test_proof_lets_the_provider_ask_the_person_again(provider, browser, again):
    location = browser.get(f"{LOGIN}again/" if again else LOGIN)["Location"]

    assert read_request(location).get("ForceAuthn") == ("true" if again else None)


@pytest.mark.parametrize("signed", [True, False])
def test_person_signed_out_by_the_provider_is_signed_out_here(provider, lorraine, browser, signed):
    come_by(browser, provider)
    address = f"{LOGIN}saml/ended/"

    browser.get(address, provider.logout(f"http://{lorraine.site.hostname}{address}", signed))

    assert is_signed_in(browser) is not signed


@pytest.mark.parametrize(
    "context", ["https://refeds.org/profile/mfa", "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"]
)
def test_authentication_context_says_whether_there_was_a_factor(provider, lorraine, browser, context):
    SignInRule.objects.create(site=lorraine.site, role="editor", demanded_from="2026-01-01")
    provider.person.context = context

    come_by(browser, provider)

    assert is_signed_in(browser) is ("mfa" in context)


@pytest.fixture(scope="module")
def running() -> Iterator[SamlProvider]:
    with started() as provider:
        yield provider


FORM = {
    "name": "L’université",
    "provider_id": "univ",
    "domains": "region.example",
    "claim": AFFILIATION,
    "roles-TOTAL_FORMS": "1",
    "roles-INITIAL_FORMS": "0",
    "roles-0-value": "redaction",
    "roles-0-role": "editor",
}


def test_provider_that_was_set_up_in_the_newsroom_signs_in(running, lorraine, newsrooms, browser):
    facts = {"entity_id": f"{running.address}/entity", "metadata_url": f"{running.address}/metadata"}
    client = newsroom_client(lorraine, make_member("network", is_superuser=True))
    client.post("/admin/office/sign-in/providers/add/saml/", FORM | facts | {"roles-0-site": lorraine.site.pk})
    running.person = in_group("redaction")

    come_by(browser, running)

    assert ClaimedRole.objects.get().site == lorraine.site
    assert roles_of() == {(lorraine.site.hostname, "editor")}


def test_provider_without_metadata_is_reported(provider, settings, browser):
    settings.SIGN_IN_PROVIDERS["univ"]["idp"] = {"entity_id": "x", "metadata_url": "http://127.0.0.1:9/"}

    response = browser.get(LOGIN)

    assert response.status_code == 502
    assert "did not answer as it should" in response.content.decode()


def test_installation_without_the_extra_says_so_and_offers_nothing(provider, lorraine, browser, monkeypatch):
    monkeypatch.setattr(configured, "HAS_SAML", False)
    client = newsroom_client(lorraine, make_member("network", is_superuser=True))

    assert "L’université" not in browser.get("/admin/login/").content.decode()
    assert browser.get(LOGIN).status_code == 404
    assert "--extra saml" in client.get("/admin/office/sign-in/").content.decode()
    assert [found.hint for found in configured.check_extra()] == ["sh portal/bootstrap.sh --no-dev --extra saml"]


def test_stored_provider_has_no_secret_and_is_deleted(lorraine, newsrooms):
    client = newsroom_client(lorraine, make_member("network", is_superuser=True))
    facts = {"entity_id": "https://idp.example/", "metadata_url": "https://idp.example/metadata"}
    client.post("/admin/office/sign-in/providers/add/saml/", FORM | facts | {"roles-0-site": lorraine.site.pk})
    page = f"/admin/office/sign-in/providers/{SocialApp.objects.get().pk}/"

    assert "https://idp.example/metadata" in client.get(page).content.decode()
    client.post(page, {"delete": "1"})
    assert not SocialApp.objects.exists()
