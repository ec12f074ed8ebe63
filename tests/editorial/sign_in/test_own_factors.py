"""Nobody sees, renames or removes the factors of another account."""

import pytest
from allauth.mfa.models import Authenticator

from tests.builders import make_member, newsroom_client

CREDENTIAL = {"id": "a", "rawId": "YQ", "type": "public-key", "response": {}}


@pytest.fixture
def passkey(approver) -> Authenticator:
    facts = {"name": "La clé de Nadia", "credential": CREDENTIAL}
    return Authenticator.objects.create(user=approver, type=Authenticator.Type.WEBAUTHN, data=facts)


@pytest.mark.parametrize("act", ["", "remove/"])
@pytest.mark.parametrize("who", ["editor", "network"])
def test_passkey_of_another_account_is_not_found(lorraine, editor, passkey, act, who):
    person = editor if who == "editor" else make_member("network", is_superuser=True)
    client = newsroom_client(lorraine, person)
    # Both pages require a recent authentication.
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 4e9}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    address = f"/admin/account/factors/passkeys/{passkey.pk}/{act}"

    assert client.get(address).status_code == 404
    assert client.post(address, {"name": "x"}).status_code == 404
    passkey.refresh_from_db()
    assert passkey.data["name"] == "La clé de Nadia"


def test_factors_of_another_account_are_not_listed(lorraine, editor, passkey):
    assert "Nadia" not in newsroom_client(lorraine, editor).get("/admin/account/factors/").content.decode()
