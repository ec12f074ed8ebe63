"""The sites a site administrator manages, with their accounts and redirects."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Site

from portal.editorial.models import AccountChange, Role, RoleProposal
from portal.overrides.separation.filters import roles_held


def sites_administered(user: Any) -> QuerySet[Site]:
    if not user.is_active:
        return Site.objects.none()
    if user.is_superuser:
        return Site.objects.all()
    groups = user.groups.filter(newsroom_role__role=Role.SITE_ADMINISTRATOR)
    return Site.objects.filter(pk__in=groups.values("newsroom_role__site"))


def administers_any(user: Any) -> bool:
    """Whether the user administers any site; cached per request, for menus."""
    if not user.is_active or user.is_superuser:
        return user.is_active
    return Role.SITE_ADMINISTRATOR in {role for _site, role in roles_held(user)}


def accounts_of(user: Any) -> QuerySet[Any]:
    """The accounts with a role or a proposed role at one of the user's sites; all accounts for a superuser.

    Other users do not see superusers.
    """
    if user.is_superuser:
        return get_user_model().objects.order_by("last_name", "first_name", "username")
    groups = Group.objects.filter(newsroom_role__site__in=sites_administered(user))
    has_role = Q(groups__in=groups) | Q(pk__in=proposals_at_sites_of(user).values("account"))
    people = get_user_model().objects.filter(has_role, is_superuser=False)
    return people.distinct().order_by("last_name", "first_name", "username")


def lost_roles(user: Any) -> QuerySet[AccountChange]:
    """The changes through which accounts lost roles at the user's sites."""
    kind = AccountChange.Kind.ROLES
    return AccountChange.objects.filter(kind=kind, site__in=sites_administered(user), details__startswith="− ")


def former_accounts(user: Any) -> QuerySet[Any]:
    """The accounts that have lost all roles at the user's sites; for a superuser, on all sites."""
    people = get_user_model().objects.filter(pk__in=lost_roles(user).values("account"), is_superuser=False)
    if user.is_superuser:
        return people.filter(groups=None).exclude(pk__in=proposals_at_sites_of(user).values("account"))
    return people.exclude(pk__in=accounts_of(user).order_by().values("pk"))


def former_account(address: str, user: Any) -> Any:
    """The account with this address that has lost all its roles, or None.

    An account must not be revealed if it ever had a role on another site.
    """
    if not address:
        return None
    sites = sites_administered(user)
    given = AccountChange.objects.filter(kind__in=[AccountChange.Kind.ROLES, AccountChange.Kind.PROPOSED])
    accounts = get_user_model().objects.filter(
        email__iexact=address, is_superuser=False, groups=None, user_permissions=None
    )
    own = accounts.filter(pk__in=given.filter(site__in=sites).values("account"))
    return own.exclude(pk__in=given.exclude(site__in=sites).values("account")).order_by("-pk").first()


def people_known_to(user: Any) -> QuerySet[Any]:
    """The accounts whose names the user may see: those of their own sites, and superusers."""
    if user.is_superuser:
        return get_user_model().objects.all()
    return get_user_model().objects.filter(Q(pk__in=accounts_of(user).values("pk")) | Q(is_superuser=True))


def changes_visible_to(user: Any) -> QuerySet[AccountChange]:
    """The account changes that concern the user's sites; all of them for a superuser."""
    if user.is_superuser:
        return AccountChange.objects.all()
    return AccountChange.objects.visible_at(sites_administered(user), people_known_to(user).values("pk"))


def redirects_of(user: Any) -> QuerySet[Redirect]:
    return Redirect.objects.filter(site__in=sites_administered(user)).order_by("site", "old_path")


def has_other_permissions(person: Any, user: Any) -> bool:
    """Whether a person has permissions besides the roles on the sites that the user administers."""
    if user.is_superuser:
        return False
    administered = Group.objects.filter(newsroom_role__site__in=sites_administered(user))
    other_groups = person.groups.exclude(pk__in=administered)
    return person.is_superuser or other_groups.exists() or person.user_permissions.exists()


def proposals_at_sites_of(user: Any) -> QuerySet[RoleProposal]:
    """The open role proposals on the sites that the user administers; all of them for a superuser."""
    proposals = RoleProposal.objects.open(timezone.now()).order_by("pk")
    if not user.is_superuser:
        proposals = proposals.filter(group__newsroom_role__site__in=sites_administered(user))
    return proposals.select_related(
        "account", "proposed_by", "group__newsroom_role__site__root_page", "group__newsroom_role__section"
    )
