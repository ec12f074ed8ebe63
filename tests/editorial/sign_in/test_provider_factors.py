"""If a role needs a second factor, the provider's factor counts. Without it, one of ours is required."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model

from portal.editorial.models import SignInRule
from tests.editorial.sign_in.acts import ADDRESS, CODE, app_code, come_by, is_signed_in

FACTORS = "/admin/account/factors/"
# The provider's claims about a sign-in, and whether it used a second factor.
SAID = [
    ({}, False),
    ({"amr": ["pwd"], "acr": "1"}, False),
    ({"amr": ["pwd", "mfa"]}, True),
    # ProConnect's values, as in its documentation for services, and their former names.
    ({"acr": "eidas0"}, False),
    ({"acr": "eidas1", "amr": ["pwd"]}, False),
    ({"acr": "eidas0-mfa"}, True),
    ({"acr": "eidas1-mfa", "amr": ["mail"]}, True),
    ({"acr": "eidas2"}, True),
    ({"acr": "eidas3"}, True),
    ({"acr": "https://proconnect.gouv.fr/assurance/self-asserted-2fa"}, True),
    ({"acr": "https://proconnect.gouv.fr/assurance/consistency-checked-2fa"}, True),
    ({"acr": "https://proconnect.gouv.fr/assurance/certification-dirigeant"}, False),
]


@pytest.fixture
def demanding(provider, settings, lorraine):
    """The provider of a site where editors need a second factor."""
    provider.userinfo["groups"] = ["redaction"]
    SignInRule.objects.create(site=lorraine.site, role="editor", demanded_from=date(2026, 1, 1))
    return provider


@pytest.mark.parametrize(("reported", "is_enough"), SAID)
def test_factor_reported_by_the_provider_is_enough(demanding, browser, reported, is_enough):
    demanding.id_token |= reported

    come_by(browser)

    assert is_signed_in(browser) is is_enough
    assert is_enough or browser.get("/admin/")["Location"] == FACTORS


def test_provider_trusted_to_demand_a_factor_is_enough(demanding, settings, browser):
    settings.SIGN_IN_PROVIDERS["region"]["demands_factor"] = True

    come_by(browser)

    assert is_signed_in(browser)


@pytest.mark.parametrize("is_trusted", [True, False])
def test_own_code_is_required_unless_the_provider_demanded_one(
    demanding, settings, lorraine, browser, add_app, clock, is_trusted
):
    come_by(browser)
    add_app(get_user_model().objects.get(email=ADDRESS))
    settings.SIGN_IN_PROVIDERS["region"]["demands_factor"] = is_trusted
    other = lorraine.reader()

    assert come_by(other)["Location"] == ("/admin/" if is_trusted else CODE)
    assert is_signed_in(other) is is_trusted
    other.post(CODE, {"code": app_code()})
    assert is_trusted or other.post("/admin/login/trust/", {"action": "skip"})["Location"] == "/admin/"


def test_factor_counts_only_in_the_session_for_which_the_provider_demanded_it(demanding, lorraine, browser):
    demanding.id_token |= {"amr": ["mfa"]}
    come_by(browser)
    demanding.id_token = {"sub": "1"}
    other = lorraine.reader()

    come_by(other)

    assert is_signed_in(browser)
    assert other.get("/admin/")["Location"] == FACTORS
    # After a new sign-in through the provider, the former factor does not count.
    come_by(browser)
    assert browser.get("/admin/")["Location"] == FACTORS
