"""People with passwords and factors, at a time that tests set."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from portal.editorial.roles import Role
from tests.editorial.sign_in.acts import ADDRESS, PASSWORD, SECRET
from tests.editorial.sign_in.openid_provider import CLIENT, SECRET as CLIENT_SECRET, OpenIDProvider, started


@pytest.fixture
def clock():
    with time_machine.travel("2026-11-24 12:01:00+00:00", tick=False) as clock:
        yield clock


def _with_password(user: Any) -> Any:
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def editor(newsroom):
    return _with_password(newsroom[Role.EDITOR])


@pytest.fixture
def approver(newsroom):
    return _with_password(newsroom[Role.APPROVER])


@pytest.fixture
def browser(lorraine) -> Client:
    return lorraine.reader(accept_language="en")


@pytest.fixture
def add_app() -> Callable[[Any], Authenticator]:
    return lambda user: TOTP.activate(user, SECRET).instance


@pytest.fixture
def with_app(editor, add_app):
    """The editor, with an app that shows codes and with recovery codes."""
    add_app(editor)
    RecoveryCodes.activate(editor)
    return editor


@pytest.fixture(scope="module")
def running() -> Iterator[OpenIDProvider]:
    with started() as provider:
        yield provider


@pytest.fixture
def provider(running, settings, lorraine, newsrooms) -> OpenIDProvider:
    """The provider as configured by the operator: people in the group `redaction` are editors of Lorraine."""
    running.signed_userinfo = False
    running.asked.clear()
    running.id_token = {"sub": "1"}
    running.userinfo = {"sub": "1", "email": ADDRESS, "email_verified": True, "groups": []}
    settings.SIGN_IN_PROVIDERS = {
        "region": {
            "name": "La région",
            "server_url": running.address,
            "client_id": CLIENT,
            "secret": CLIENT_SECRET,
            "domains": ["region.example"],
            "claim": "groups",
            "roles": [{"value": "redaction", "host": lorraine.site.hostname, "role": "editor"}],
        }
    }
    return running
