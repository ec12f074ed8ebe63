"""Ends all sessions of accounts, in whatever browsers."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import F


def end_sessions(accounts: Iterable[Any]) -> None:
    """`accounts` are accounts or their keys. An account that is loaded already has the former generation."""
    keys = [getattr(account, "pk", account) for account in accounts]
    people = get_user_model()._default_manager.filter(pk__in=keys)
    people.update(session_generation=F("session_generation") + 1)
