"""Records a new session for the user's list of sessions; its length comes from the rules of the user's roles."""

import time
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from portal.editorial.sign_in.rules import rules_for

# Sessions older than this list are not in it and need no query.
TRACKED = "portal_tracked"
# The session's end, its maximum idle time in seconds, and its last use (seconds since 1970).
UNTIL, IDLE, SEEN = "portal_until", "portal_idle", "portal_seen"


def session_began(request: HttpRequest, user: Any) -> None:
    """Called after a sign-in. django-allauth has recorded the sign-in by then."""
    rules, now = rules_for(user), time.time()
    request.session[TRACKED] = True
    if hours := min((rule.session_hours for rule in rules if rule.session_hours), default=None):
        request.session[UNTIL] = now + hours * 3600
    if minutes := min((rule.idle_minutes for rule in rules if rule.idle_minutes), default=None):
        request.session[IDLE], request.session[SEEN] = minutes * 60, now


def first_session_began(request: HttpRequest, user: Any) -> None:
    """Called after the choice of a first password, which signs in without django-allauth."""
    record_authentication(request, user, "password")
    UserSession.objects.create_from_request(request, user=user)
    session_began(request, user)


def is_over(session: Any) -> bool:
    now = time.time()
    return now > session.get(UNTIL, now) or now - session.get(SEEN, now) > session.get(IDLE, now)
