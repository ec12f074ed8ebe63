"""Invites the owner of a new account by email, repeats the invitation, or withdraws it."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils import timezone

from portal.editorial.accounts import mails
from portal.editorial.accounts.circle import awaits_first_role
from portal.editorial.accounts.history import record
from portal.editorial.records.accounts import INVITATION_SALT, AccountChange, AccountInvitation


@transaction.atomic
def invite(account: Any, actor: Any) -> AccountInvitation:
    """Send an invitation and invalidate earlier links.

    If all of the account's roles are only proposed, the email is sent once one of them is confirmed.
    """
    now = timezone.now()
    expires = now + timedelta(days=settings.INVITATION_DAYS)
    values = {"invited_by": actor, "sent_at": now, "expires_at": expires, "withdrawn_at": None}
    invitation, _is_new = AccountInvitation.objects.update_or_create(account=account, defaults=values)
    if not account.is_active:
        account.is_active = True
        account.save(update_fields=["is_active"])
    if not awaits_first_role(account):
        record(account, actor, AccountChange.Kind.LINK, account.email)
        mails.send_account_invitation.enqueue(account.pk)
    return invitation


@transaction.atomic
def withdraw(account: Any, actor: Any) -> None:
    """Invalidate the link and close the account: otherwise its owner could request a new password."""
    AccountInvitation.objects.filter(account=account).update(withdrawn_at=timezone.now())
    account.is_active = False
    account.save(update_fields=["is_active"])
    record(account, actor, AccountChange.Kind.WITHDRAWN)


@transaction.atomic
def send_password_link(account: Any, actor: Any) -> None:
    record(account, actor, AccountChange.Kind.LINK, account.email)
    mails.send_password_link.enqueue(account.pk, actor.pk)


def is_invited(account: Any) -> bool:
    """Whether the account was invited and nobody has signed in to it yet."""
    return account.last_login is None and AccountInvitation.objects.filter(account=account).exists()


def invitation_of(token: str) -> tuple[AccountInvitation | None, bool]:
    """The invitation of a link (None if the link is forged), and whether the link is the newest and unused."""
    try:
        key, fingerprint = signing.loads(token, salt=INVITATION_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None, False
    invitation = AccountInvitation.objects.select_related("account", "invited_by").filter(pk=key).first()
    return invitation, invitation is not None and invitation.is_for(fingerprint)
