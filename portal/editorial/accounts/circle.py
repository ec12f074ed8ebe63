"""The sites of an account, its roles in words, and its administrators."""

from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from wagtail.models import Site

from portal.editorial.models import Role, RoleGroup, RoleProposal


def roles_of(account: Any) -> list[RoleGroup]:
    roles = RoleGroup.objects.filter(group__user=account).select_related("site__root_page__locale", "section")
    return list(roles.order_by("site", "pk"))


def site_of(account: Any) -> Site | None:
    """The site that brands the account's mails; None with roles at several sites or at none."""
    sites = {role.site_id: role.site for role in roles_of(account)}
    return next(iter(sites.values())) if len(sites) == 1 else None


def administrators_of(account: Any) -> list[Any]:
    """The administrators of the account's sites; those of the network if it has no site or is one of these."""
    people = get_user_model().objects.filter(is_active=True).exclude(email="")
    sites = {role.site_id for role in roles_of(account)}
    if not sites or account.is_superuser:
        return list(people.filter(is_superuser=True).order_by("pk"))
    groups = RoleGroup.objects.filter(site__in=sites, role=Role.SITE_ADMINISTRATOR).values("group")
    return list(people.filter(groups__in=groups).distinct().order_by("pk"))


def awaits_first_role(account: Any) -> bool:
    """Whether an account has no role yet but those that another administrator has to confirm."""
    proposals = RoleProposal.objects.open(timezone.now()).filter(account=account)
    return not account.groups.exists() and proposals.exists()
