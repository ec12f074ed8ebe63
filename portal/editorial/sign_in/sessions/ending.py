"""Ends all other sessions of an account when its factors change."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest

from portal.accounts.sessions import end_sessions


def factors_changed(request: HttpRequest, user: Any, **facts: Any) -> None:
    """Receiver of django-allauth's factor signals."""
    end_sessions([user])
    before = request.session.session_key
    update_session_auth_hash(request, user)
    UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)
