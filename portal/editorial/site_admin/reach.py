"""How far a site administrator reaches: the sites, and what belongs to them."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Site

from portal.editorial.models import Role
from portal.editorial.separation.filters import roles_held


def sites_administered(user: Any) -> QuerySet[Site]:
    if not user.is_active:
        return Site.objects.none()
    if user.is_superuser:
        return Site.objects.all()
    held = user.groups.filter(newsroom_role__role=Role.SITE_ADMINISTRATOR)
    return Site.objects.filter(pk__in=held.values("newsroom_role__site"))


def administers_any(user: Any) -> bool:
    """Asked for each entry of the newsroom's menu."""
    if not user.is_active or user.is_superuser:
        return user.is_active
    return Role.SITE_ADMINISTRATOR in {role for _site, role in roles_held(user)}


def people_of(user: Any) -> QuerySet[Any]:
    """Who has a role at one of this person's sites; never an administrator of the whole network."""
    groups = Group.objects.filter(newsroom_role__site__in=sites_administered(user))
    people = get_user_model().objects.filter(groups__in=groups, is_superuser=False)
    return people.distinct().order_by("last_name", "first_name", "username")


def redirects_of(user: Any) -> QuerySet[Redirect]:
    return Redirect.objects.filter(site__in=sites_administered(user)).order_by("site", "old_path")


def reaches_further(person: Any, user: Any) -> bool:
    """Whether a person has a right that this administrator does not give: elsewhere, or by other means than a role."""
    own = Group.objects.filter(newsroom_role__site__in=sites_administered(user))
    others = person.groups.exclude(pk__in=own)
    return person.is_superuser or others.exists() or person.user_permissions.exists()
