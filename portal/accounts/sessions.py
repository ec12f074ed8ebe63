"""Ends all sessions of accounts in all browsers."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import F


def end_sessions(accounts: Iterable[Any]) -> None:
    """End all sessions. `accounts` are primary keys or objects; objects also get the new generation."""
    accounts = list(accounts)
    keys = [getattr(account, "pk", account) for account in accounts]
    people = get_user_model()._default_manager.filter(pk__in=keys)
    people.update(session_generation=F("session_generation") + 1)
    for account in accounts:
        if hasattr(account, "pk"):
            account.refresh_from_db(fields=["session_generation"])
