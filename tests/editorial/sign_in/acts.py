"""Sign-in actions of people."""

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth import get_user_model
from django.test import Client

PASSWORD = "un mot de passe"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODE = "/admin/login/code/"
# The person named by the provider, and the URL at which the sign-in begins.
ADDRESS = "jeanne.colin@region.example"
LOGIN = "/admin/login/by/region/"


def sign_in(client: Client, username: str, password: str = PASSWORD, **facts: Any):
    return client.post("/admin/login/", {"username": username, "password": password, **facts})


def app_code(secret: str = SECRET, later: int = 0) -> str:
    """The code that the app shows now, or after this many half minutes."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


def recovery_codes(user: Any) -> list[str]:
    return RecoveryCodes.activate(user).get_unused_codes()


def sign_in_with_code(client: Client, user: Any, trust: bool = False):
    sign_in(client, user.username)
    client.post(CODE, {"code": app_code()})
    return client.post("/admin/login/trust/", {"action": "trust" if trust else "skip"})


def is_signed_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def come_by(client: Client, **query: str):
    """Sign in through the provider, as a browser does."""
    sent = client.get(LOGIN, query)
    state = parse_qs(urlsplit(sent["Location"]).query)["state"][0]
    return client.get(f"{LOGIN}back/", {"code": "once", "state": state})


def roles_of(address: str = ADDRESS) -> set[tuple[str, str]]:
    account = get_user_model().objects.get(email=address)
    return set(account.groups.values_list("newsroom_role__site__hostname", "newsroom_role__role"))
