"""A person without a role in any newsroom gets none of its pages, with any HTTP method."""

from collections import defaultdict
from contextlib import suppress

import pytest
from django.urls import Resolver404, resolve

from tests.builders import make_member, newsroom_client
from tests.separation.routes import Route, newsroom_routes

METHODS = ("GET", "POST", "OPTIONS")
# Each parameter's converter accepts one of these values; no record has them.
VALUES = ("1", "a")
# Name prefixes of routes that are open to everybody: those for signing in and for one's own account, and two others.
OPEN = (
    *("account_", "mfa_", "socialaccount_", "usersessions_", "wagtailadmin_login", "wagtailadmin_password_reset"),
    # This only says whether a session has ended.
    "newsroom_session",
    # This redirects from a public page to the same path at the newsroom's host.
    "edit_shown_page",
)
# Wagtail's write API, which responds with 404 to everybody.
NOTHING_THERE = "admin/^api/main/"


def address_of(route: Route) -> str:
    for value in VALUES:
        address = route.filled(defaultdict(lambda value=value: value))
        with suppress(Resolver404):
            resolve(address)
            return address
    raise LookupError(f"No value in VALUES fits {route.pattern}.")


@pytest.mark.parametrize("name", ["", "reader"])
def test_newsroom_is_closed_to_people_without_a_role(lorraine, name):
    client = newsroom_client(lorraine, make_member(name)) if name else lorraine.reader()
    client.raise_request_exception = False
    opened = set()
    for route in newsroom_routes():
        if route.name.startswith(OPEN) or route.pattern.startswith(NOTHING_THERE):
            continue
        address = address_of(route)
        for method in METHODS:
            response = client.generic(method, address)
            if (response.status_code, response.get("Location", "").partition("?")[0]) != (302, "/admin/login/"):
                opened.add((route.name, method, response.status_code))

    assert opened == set()
