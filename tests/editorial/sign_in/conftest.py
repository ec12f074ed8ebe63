"""People with passwords and factors, at a time that tests set."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from portal.editorial.roles import Role
from tests.editorial.sign_in.acts import PASSWORD, SECRET


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
