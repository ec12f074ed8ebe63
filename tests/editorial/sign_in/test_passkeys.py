"""A passkey works at all hosts of the network, and at no other."""

import pytest

from portal.content.models import SiteSettings
from tests.editorial.sign_in.acts import is_signed_in
from tests.editorial.sign_in.security_key import SecurityKey

LOGIN = "/admin/login/passkey/"
LIST = "/.well-known/webauthn"


@pytest.fixture
def hosts(settings, lorraine, saar):
    """The newsroom is at a site's host; the other site has a different domain."""
    settings.ALLOWED_HOSTS = ["*"]
    for ground, host in ((lorraine, "www.lorraine.example"), (saar, "saarland.example")):
        ground.site.hostname = host
        ground.site.save()
    settings.ADMIN_BASE_URL = "https://www.lorraine.example"
    return lorraine, saar


@pytest.mark.parametrize(
    "attempt", ["newsroom", "other site", "page of somebody else", "other site's page", "own passkey"]
)
def test_passkey_of_the_network_signs_in_at_its_hosts_only(hosts, editor, attempt):
    newsroom, other = hosts
    ground = newsroom if attempt == "newsroom" else other
    origins = {"page of somebody else": "http://evil.example", "other site's page": "http://www.lorraine.example"}
    relying_party = "saarland.example" if attempt == "own passkey" else "www.lorraine.example"
    key, browser = SecurityKey(editor, relying_party), ground.reader()

    options = browser.get(LOGIN, headers={"x-requested-with": "XMLHttpRequest"}).json()
    browser.post(LOGIN, {"credential": key.answer(options, origins.get(attempt, f"http://{ground.site.hostname}"))})

    assert options["request_options"]["publicKey"]["rpId"] == "www.lorraine.example"
    assert is_signed_in(browser) is (attempt in ("newsroom", "other site"))


@pytest.mark.parametrize("credential", ['{"id": null}', "[]", "1", '{"id": "x", "response": 1}', "{}"])
def test_malformed_credential_is_refused(lorraine, credential):
    browser = lorraine.reader()
    browser.get(LOGIN, headers={"x-requested-with": "XMLHttpRequest"})

    assert browser.post(LOGIN, {"credential": credential})["Location"] == "/admin/login/"


def test_browsers_get_the_hosts_of_open_sites(hosts):
    newsroom, other = hosts
    origins = newsroom.reader().get(LIST).json()["origins"]
    assert {"http://www.lorraine.example", "http://saarland.example"} <= set(origins)

    SiteSettings.objects.update_or_create(site=other.site, defaults={"is_unlisted": True})

    assert "http://saarland.example" not in newsroom.reader().get(LIST).json()["origins"]


def test_other_hosts_name_none(hosts):
    assert hosts[1].reader().get(LIST).status_code == 404
