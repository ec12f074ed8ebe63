"""Somebody who is logged in, for the pages that nobody else sees."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

# Seconds that the session lasts; the bench takes less.
LASTS = 3600


def cookie_of(user: Any) -> str:
    """The header of a browser in which this person has just logged in."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.set_expiry(LASTS)
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
