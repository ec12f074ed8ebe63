"""Finds an account's sites, its roles as text, and its administrators."""

from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from wagtail.models import Site

from portal.editorial.models import Role, RoleGroup, RoleProposal


def roles_of(account: Any) -> list[RoleGroup]:
    roles = RoleGroup.objects.filter(group__user=account).select_related("site__root_page__locale", "section")
    return list(roles.order_by("site", "pk"))


def site_of(account: Any) -> Site | None:
    """The site whose name and look the account's emails use; None unless the account has roles at exactly one site."""
    sites = {role.site_id: role.site for role in roles_of(account)}
    return next(iter(sites.values())) if len(sites) == 1 else None


def administrators_of(account: Any) -> list[Any]:
    """The administrators of the account's sites.

    For network administrators and accounts without a site, these are the network's.
    """
    people = get_user_model().objects.filter(is_active=True).exclude(email="")
    sites = {role.site_id for role in roles_of(account)}
    if not sites or account.is_superuser:
        return list(people.filter(is_superuser=True).order_by("pk"))
    groups = RoleGroup.objects.filter(site__in=sites, role=Role.SITE_ADMINISTRATOR).values("group")
    return list(people.filter(groups__in=groups).distinct().order_by("pk"))


def awaits_first_role(account: Any) -> bool:
    """Whether all of an account's roles are still waiting for another administrator's confirmation."""
    proposals = RoleProposal.objects.open(timezone.now()).filter(account=account)
    return not account.groups.exists() and proposals.exists()
