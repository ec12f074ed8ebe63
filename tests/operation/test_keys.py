"""After a change of SECRET_KEY, mailed links still work and suppressed addresses stay suppressed."""

import pytest
from django.contrib.auth import get_user
from django.core.signing import Signer
from django.http import HttpRequest

from events.registration.links import LINK as REGISTRATION_LINK
from portal.content.sitemaps.indexnow import indexnow_key
from portal.editorial.records.invitations import _signer as invitation_signer
from portal.newsletter.sending.bounces import delivery_of, delivery_token
from portal.newsletter.subscribers.links import _signer as newsletter_signer
from portal.newsletter.subscribers.subscription import hash_of_address
from portal.platform.operation.keys import lasting_signer
from portal.sheets.requests import signer as sheet_signer

SIGNERS = {
    "registration": lambda: REGISTRATION_LINK._signer,
    "document": lambda: sheet_signer,
    "invitation": invitation_signer,
    "unsubscribe": lambda: newsletter_signer("unsubscribe"),
    "confirm": lambda: newsletter_signer("confirm"),
}


@pytest.mark.parametrize("kind", SIGNERS)
def test_mailed_link_outlives_the_key(settings, kind):
    token = SIGNERS[kind]().sign("42")
    settings.SECRET_KEY = "another-key-" * 4

    assert SIGNERS[kind]().unsign(token) == "42"


def test_bounce_is_recognised_after_a_change_of_the_key(settings):
    token = delivery_token(42)
    settings.SECRET_KEY = "another-key-" * 4

    assert delivery_of(token) == 42


@pytest.mark.parametrize(
    "find",
    [
        lambda: hash_of_address("anna@example.org"),
        lambda: indexnow_key("www.example.org"),
    ],
    ids=["suppressed address", "host for search engines"],
)
def test_suppressed_address_is_recognised_after_a_change_of_the_key(settings, find):
    before = find()
    settings.SECRET_KEY = "another-key-" * 4

    assert find() == before


def test_link_signed_before_the_lasting_key_is_valid(settings):
    token = Signer(key=settings.SECRET_KEY, salt="newsletter.unsubscribe").sign("42")
    settings.LASTING_KEY = "a-lasting-key-" * 4

    assert lasting_signer("newsletter.unsubscribe").unsign(token) == "42"


@pytest.mark.django_db
def test_session_outlives_the_key_with_a_fallback(settings, client, admin_user):
    client.force_login(admin_user)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key-" * 4, [settings.SECRET_KEY]

    request = HttpRequest()
    request.session = client.session
    assert get_user(request) == admin_user
