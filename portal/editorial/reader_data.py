"""Permissions to view, export and erase personal data that readers have sent to a site."""

from typing import Any

from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from wagtail.models import GroupSitePermission, Page, Site
from wagtail.permission_policies import BasePermissionPolicy
from wagtail.permission_policies.sites import SitePermissionPolicy

from portal.content.records.settings import SiteSettings

READER_DATA_PERMISSION = "change_sitesettings"


def may_read_reader_data(user: Any) -> bool:
    """Whether the user may view readers' data of any site. For menus: uses permissions that Wagtail has cached."""
    if not user.is_active or user.is_anonymous or user.is_superuser:
        return user.is_active and user.is_superuser
    granted = SitePermissionPolicy(SiteSettings).get_cached_permissions_for_user(user)
    return any(each.permission.codename == READER_DATA_PERMISSION for each in granted)


def reader_data_sites(user: Any) -> QuerySet[Site]:
    """The sites whose readers' data the user may view: those they administer, or all for a superuser.

    Editors and approvers see no names or addresses of readers. Every other check calls this function.
    """
    if not user.is_active or user.is_anonymous:
        return Site.objects.none()
    if user.is_superuser:
        return Site.objects.all()
    permission = Permission.objects.filter(content_type__app_label="core", codename=READER_DATA_PERMISSION)
    granted = GroupSitePermission.objects.filter(group__user=user, permission__in=permission)
    return Site.objects.filter(pk__in=granted.values("site_id"))


def require_reader_data_sites(request: HttpRequest) -> QuerySet[Site]:
    """Return `reader_data_sites` of the user. Raises PermissionDenied if there are none."""
    sites = reader_data_sites(request.user)
    if not sites.exists():
        raise PermissionDenied
    return sites


def pages_of_sites(sites: QuerySet[Site]) -> QuerySet[Page]:
    """All pages of these sites in every language."""
    return Page.objects.filter(in_sites(sites))


def in_sites(sites: QuerySet[Site]) -> Q:
    """A condition: pages of these sites in every language."""
    keys = Page.objects.filter(sites_rooted_here__in=sites).values("translation_key")
    below = Q(pk=None)
    for path in Page.objects.filter(translation_key__in=keys).values_list("path", flat=True):
        below |= Q(path__startswith=path)
    return below


class ReaderDataPolicy(BasePermissionPolicy):
    """Permissions for Wagtail's views of a model with a `site`: view and delete, but never add or change."""

    actions = {"view", "delete"}

    def user_has_permission(self, user, action):
        return action in self.actions and reader_data_sites(user).exists()

    def user_has_permission_for_instance(self, user, action, instance):
        return action in self.actions and reader_data_sites(user).filter(pk=instance.site_id).exists()

    def instances_user_has_any_permission_for(self, user, actions):
        if not self.actions & set(actions):
            return self.model._default_manager.none()
        return self.model._default_manager.filter(site__in=reader_data_sites(user))
