"""Who in the newsroom may see, take away and erase what readers sent to a site."""

from typing import Any

from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from wagtail.models import GroupSitePermission, Page, Site
from wagtail.permission_policies import BasePermissionPolicy
from wagtail.permission_policies.sites import SitePermissionPolicy

from portal.core.models import SiteSettings

KEEPERS_HOLD = "change_sitesettings"


def keeps_any(user: Any) -> bool:
    """Whether the newsroom's menu has the lists of readers' data for this user: from rights that Wagtail has read."""
    if not user.is_active or user.is_anonymous or user.is_superuser:
        return user.is_active and user.is_superuser
    given = SitePermissionPolicy(SiteSettings).get_cached_permissions_for_user(user)
    return any(right.permission.codename == KEEPERS_HOLD for right in given)


def sites_kept_by(user: Any) -> QuerySet[Site]:
    """The sites whose readers' data the user may see: those that they administer, and all for the network's own.

    Names and addresses of readers are no business of those who write and approve. This is the only place that says so.
    """
    if not user.is_active or user.is_anonymous:
        return Site.objects.none()
    if user.is_superuser:
        return Site.objects.all()
    right = Permission.objects.filter(content_type__app_label="core", codename=KEEPERS_HOLD)
    given = GroupSitePermission.objects.filter(group__user=user, permission__in=right)
    return Site.objects.filter(pk__in=given.values("site_id"))


def check_keeper(request: HttpRequest) -> QuerySet[Site]:
    """The sites of a user who has any; raises PermissionDenied otherwise."""
    sites = sites_kept_by(request.user)
    if not sites.exists():
        raise PermissionDenied
    return sites


def pages_of(sites: QuerySet[Site]) -> QuerySet[Page]:
    """All pages of these sites, in every language."""
    keys = Page.objects.filter(sites_rooted_here__in=sites).values("translation_key")
    below = Q(pk=None)
    for path in Page.objects.filter(translation_key__in=keys).values_list("path", flat=True):
        below |= Q(path__startswith=path)
    return Page.objects.filter(below)


class KeepersPolicy(BasePermissionPolicy):
    """The same for Wagtail's views of a model with a `site`: to look and to erase, never to write."""

    actions = {"view", "delete"}

    def user_has_permission(self, user, action):
        return action in self.actions and sites_kept_by(user).exists()

    def user_has_permission_for_instance(self, user, action, instance):
        return action in self.actions and sites_kept_by(user).filter(pk=instance.site_id).exists()

    def instances_user_has_any_permission_for(self, user, actions):
        if not self.actions & set(actions):
            return self.model._default_manager.none()
        return self.model._default_manager.filter(site__in=sites_kept_by(user))
