"""Finds or creates the account for a person who signs in through a provider, and sets its roles."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from portal.accounts.sessions import end_sessions
from portal.editorial.models import AccountChange, AccountInvitation, Role, RoleGroup
from portal.editorial.records.providers import ProvidedRole
from portal.editorial.sign_in.providers.configured import Provider

LONGEST_NAME = 150


def account_for(provider: Provider, address: str) -> Any:
    """The account for this verified address that the provider may sign in, or None.

    Never a network administrator's account, nor one with roles on sites that the provider does not serve.
    """
    people = get_user_model()._default_manager.filter(email__iexact=address, is_superuser=False) if address else []
    accounts = [person for person in people if not _is_expired(person)]
    if len(accounts) != 1 or not provider.vouches_for(address):
        return None
    hosts = RoleGroup.objects.filter(group__user=accounts[0]).values_list("site__hostname", flat=True)
    return accounts[0] if all(provider.is_for(host) for host in hosts) else None


def _is_expired(account: Any) -> bool:
    """Whether the account's invitation expired without being used."""
    invitation = AccountInvitation.objects.filter(account=account).first()
    return bool(invitation) and account.last_login is None and not invitation.is_open(timezone.now())  # type: ignore[union-attr]


def granted_groups(provider: Provider, values: Iterable[str]) -> list[Group]:
    """The groups that the provider's table assigns to these claim values, on the sites it serves."""
    held = set(values)
    wanted = {(line.host, line.role) for line in provider.lines if line.value in held and provider.is_for(line.host)}
    roles = RoleGroup.objects.filter(section=None).select_related("group", "site")
    return [role.group for role in roles if (role.site.hostname, role.role) in wanted]


@transaction.atomic
def set_provided_roles(account: Any, provider: Provider, groups: Iterable[Group]) -> None:
    """Grant the roles of the current claims and revoke those of former claims. A change ends all sessions.

    Roles granted by an administrator stay.
    """
    before = {row.group_id: row for row in ProvidedRole.objects.filter(account=account, provider=provider.slug)}
    now, held = {group.pk for group in groups}, set(account.groups.values_list("pk", flat=True))
    taken, given = before.keys() - now, now - held
    account.groups.remove(*taken)
    account.groups.add(*given)
    ProvidedRole.objects.filter(pk__in=[before[key].pk for key in taken]).delete()
    ProvidedRole.objects.bulk_create(
        ProvidedRole(account=account, group_id=key, provider=provider.slug) for key in given - before.keys()
    )
    for sign, keys in (("+", given), ("−", taken)):
        for role in RoleGroup.objects.filter(group__in=keys).select_related("site", "section"):
            AccountChange.objects.create(
                account=account,
                actor=None,
                kind=AccountChange.Kind.ROLES,
                details=f"{sign} {role} ({provider.name})"[:600],
                site=role.site,
                ended_approval=sign == "−" and role.role == Role.APPROVER,
            )
    if taken or given:
        end_sessions([account])


def new_account(name: str, address: str, first_name: str, last_name: str) -> Any:
    """A new account without a password. Its unique username begins with `name`."""
    model = get_user_model()
    base = name[: LONGEST_NAME - 10]
    alike = model._default_manager.filter(username__istartswith=base).values_list("username", flat=True)
    taken, chosen, number = {each.casefold() for each in alike}, base, 1
    while chosen.casefold() in taken:
        number += 1
        chosen = f"{base}-{number}"
    account = model(username=chosen, email=address, first_name=first_name[:150], last_name=last_name[:150])
    account.set_unusable_password()
    account.save()
    return account
