"""Records who changed an account, on any page or form."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from wagtail.models import GroupPagePermission

from portal.accounts.names import name_of
from portal.accounts.sessions import end_sessions
from portal.editorial.accounts.grants import acting_user, notify
from portal.editorial.models import Role, RoleGroup
from portal.editorial.records.accounts import AccountChange

WATCHED = {
    "email": AccountChange.Kind.ADDRESS,
    "password": AccountChange.Kind.PASSWORD,
    "is_superuser": AccountChange.Kind.ROLES,
    "is_active": AccountChange.Kind.STATE,
}


def record(account: Any, actor: Any, kind: AccountChange.Kind, details: str = "", **facts: Any) -> None:
    AccountChange.objects.create(account=account, actor=actor, kind=kind, details=details[:600], **facts)


def account_saved(sender: Any, instance: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
    """`pre_save` receiver: record the coming change."""
    actor = acting_user()
    names = [name for name in WATCHED if update_fields is None or name in update_fields]
    if actor is None or instance.pk is None or not names:
        return
    before = get_user_model().objects.filter(pk=instance.pk).values(*WATCHED).first()
    for name in names if before else ():
        old, new = before[name], getattr(instance, name)  # type: ignore[index]
        if old != new:
            record(instance, actor, WATCHED[name], f"{old} → {new}" if name == "email" else "")
            if name == "is_superuser" and new:
                notify("network", actor, person=name_of(instance))
            # Changes of password and address end sessions anyway.
            if name in ("is_superuser", "is_active") and instance.pk != actor.pk:
                end_sessions([instance])


def states_changed(accounts: Iterable[Any], is_active: bool) -> None:
    """Called before Wagtail activates or deactivates several accounts in one query."""
    for account in accounts:
        if account.is_active != is_active:
            record(account, acting_user(), AccountChange.Kind.STATE)
            end_sessions([account])


def account_created(sender: Any, instance: Any, created: bool, **kwargs: Any) -> None:
    """`post_save` receiver."""
    if created and (actor := acting_user()):
        record(instance, actor, AccountChange.Kind.CREATED)


def account_deleted(sender: Any, instance: Any, **kwargs: Any) -> None:
    """`pre_delete` receiver: record the account's name. Its history remains under its primary key."""
    ended = GroupPagePermission.objects.filter(permission__codename="publish_page", group__user=instance).exists()
    details = f"{instance.get_username()} <{instance.email}>"
    facts = {"ended_approval": ended, "administration": administration(instance.groups.values("pk"), is_end=True)}
    record(instance, acting_user(), AccountChange.Kind.DELETED, details, **facts)


def roles_changed(
    sender: Any, instance: Any, action: str, reverse: bool, pk_set: set[int] | None = None, **kwargs: Any
) -> None:
    """`m2m_changed` receiver for the groups of accounts, from either side."""
    actor = acting_user()
    if actor is None or action not in ("post_add", "post_remove", "pre_clear"):
        return
    if action == "pre_clear":
        pk_set = set((instance.user_set if reverse else instance.groups).values_list("pk", flat=True))
    if not pk_set:
        return
    sign = "+" if action == "post_add" else "−"
    keys = [instance.pk] if reverse else pk_set
    accounts = get_user_model().objects.filter(pk__in=pk_set) if reverse else [instance]
    for site, names in _names(keys).items():
        is_end = action != "post_add"
        facts = {
            "site_id": site,
            "ended_approval": is_end and _publishes(keys, site),
            "administration": administration(keys, is_end=is_end, site=site),
        }
        for account in accounts:
            record(account, actor, AccountChange.Kind.ROLES, f"{sign} {', '.join(names)}", **facts)
    end_sessions(account for account in accounts if account.pk != actor.pk)


def _publishes(groups: Iterable[int], site: int | None) -> bool:
    """Whether one of these groups belongs to a role that may publish on this site."""
    granted = GroupPagePermission.objects.filter(permission__codename="publish_page", group__in=groups)
    return granted.filter(group__newsroom_role__site=site).exists()


def administration(groups: Any, *, is_end: bool, **at: Any) -> str:
    """Whether adding or removing these groups grants or revokes the administration of a site."""
    if not RoleGroup.objects.filter(group__in=groups, role=Role.SITE_ADMINISTRATOR, **at).exists():
        return ""
    return AccountChange.Administration.ENDED if is_end else AccountChange.Administration.BEGAN


def _names(keys: Iterable[int]) -> dict[int | None, list[str]]:
    """The names of the roles, by site. The names of other groups are under None."""
    keys = set(keys)
    names: dict[int | None, list[str]] = defaultdict(list)
    for role in RoleGroup.objects.filter(group__in=keys).select_related("site", "section"):
        names[role.site_id].append(str(role))
        keys.discard(role.group_id)
    if others := list(Group.objects.filter(pk__in=keys).values_list("name", flat=True)):
        names[None] = others
    return names
