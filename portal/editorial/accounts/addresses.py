"""Changes an account's email address once its owner or another administrator has confirmed it."""

from datetime import timedelta
from typing import Any

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import LogContext, log

from portal.accounts.names import name_of, names_of
from portal.editorial.accounts import invitations, mails, proposals
from portal.editorial.accounts.circle import administrators_of
from portal.editorial.accounts.history import record
from portal.editorial.records.account_ties import AccountTies, Tie, account_ties
from portal.editorial.records.accounts import ADDRESS_SALT, AccountChange, AddressChange

DAYS_TO_CONFIRM = 7


@transaction.atomic
def ask_for_change(account: Any, address: str, actor: Any) -> AddressChange | None:
    """Ask the old mailbox and the other administrators to confirm a new address.

    If nobody has signed in to the account yet, send a new invitation to the new address and return None.
    """
    if invitations.is_invited(account):
        account.email = address
        account.save(update_fields=["email"])
        proposals.propose_again(account, actor)
        invitations.invite(account, actor)
        return None
    values = {"address": address, "asked_by": actor, "asked_at": timezone.now()}
    change, _is_new = AddressChange.objects.update_or_create(account=account, defaults=values)
    record(account, actor, AccountChange.Kind.ADDRESS_ASKED, f"{account.email} → {address}")
    mails.send_address_questions.enqueue(account.pk)
    return change


def reason_against_confirming(change: AddressChange, user: Any) -> str:
    """The reason why this administrator may not confirm the change, as a sentence; empty if they may."""
    if change.asked_by_id == user.pk:
        return _("You requested this change: the owner or another administrator must confirm it.")
    known = account_ties()
    if change.asked_by_id is None or known.tie(change.asked_by_id, user.pk) is Tie.NONE:
        return ""
    if change.asked_by_id in known.above(user.pk):
        reason = _(
            "%(name)s, who requested the change, has recently made or changed your account: somebody else must "
            "confirm it."
        )
    elif user.pk in known.above(change.asked_by_id):
        reason = _(
            "You have recently made or changed the account of %(name)s, who requested the change: somebody else "
            "must confirm it."
        )
    else:
        reason = _(
            "The same person has recently made or changed your account and that of %(name)s, who requested the "
            "change: somebody else must confirm it."
        )
    return f"{reason % {'name': name_of(change.asked_by)}} {_who_confirms(change, known)}"


def _who_confirms(change: AddressChange, known: AccountTies) -> str:
    others = [
        person
        for person in administrators_of(change.account)
        if change.asked_by_id is not None and known.tie(person.pk, change.asked_by_id) is Tie.NONE
    ]
    if others:
        return _("It can be confirmed from the old mailbox, or by: %(names)s.") % {"names": names_of(others)}
    return _("It can be confirmed from the old mailbox, or by an administrator of the network.")


@transaction.atomic
def confirm(change: AddressChange, actor: Any) -> None:
    """Change the address, which ends the account's sessions. `actor` is None if the owner confirmed.

    Otherwise the account becomes tied to the people who requested and confirmed the change.
    """
    account, old = change.account, change.account.email
    asked_by, address = change.asked_by, change.address
    change.delete()
    account.email = address
    with LogContext(user=None):
        account.save(update_fields=["email"])
    for person in {asked_by, actor} - {None} if actor else {account}:
        record(account, person, AccountChange.Kind.ADDRESS, f"{old} → {address}")
    log(instance=account, action="wagtail.edit", user=actor or asked_by)
    mails.send_address_news.enqueue(account.pk, old, asked_by.pk if asked_by else None)


def change_of(token: str) -> AddressChange | None:
    """The change of a link mailed to the old mailbox; None if it was decided or replaced, or has expired.

    The owner of a closed account cannot consent. Otherwise an administrator could close an account and take it over.
    """
    try:
        facts = signing.loads(token, salt=ADDRESS_SALT, max_age=timedelta(days=DAYS_TO_CONFIRM))
        changes = AddressChange.objects.filter(account__is_active=True).select_related("account", "asked_by")
        change = changes.filter(pk=facts[0]).first()
    except (signing.BadSignature, ValueError, TypeError, LookupError):
        return None
    return change if change and change.is_for(facts) else None
