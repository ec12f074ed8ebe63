"""Lets an administrator remove the second factors of someone who has lost them."""

from typing import Any

from django.db import transaction

from portal.accounts.sessions import end_sessions
from portal.editorial.accounts import mails
from portal.editorial.accounts.history import record
from portal.editorial.records.accounts import AccountChange
from portal.editorial.sign_in.factors.held import in_words, remove_factors


@transaction.atomic
def reset_factors(account: Any, actor: Any) -> None:
    """Remove all factors and recovery codes, end the sessions, and email the owner."""
    removed = remove_factors(account)
    record(account, actor, AccountChange.Kind.FACTORS, f"− {in_words(removed)}")
    end_sessions([account])
    mails.send_factors_news.enqueue(account.pk, actor.pk, removed)
