"""Determines the site to which an act belongs, and the sites whose acts a user may read."""

from typing import Any

from django.db.models import Model, QuerySet
from wagtail.models import Collection, Page, Site
from wagtail.permission_policies.sites import SitePermissionPolicy

from portal.audit.models import AuditEntry
from portal.content.records.settings import SiteSettings


def sites_read_by(user: Any) -> QuerySet[Site]:
    """Return the sites that the user administers; all sites for a network administrator."""
    sites: QuerySet[Site] = SitePermissionPolicy(SiteSettings).sites_user_has_permission_for(user, "change")
    return sites


def may_read(user: Any) -> bool:
    """Whether the user may read the log of any site. It uses the permissions that Wagtail caches for menus."""
    if not user.is_active or user.is_superuser:
        return bool(user.is_active)
    granted = SitePermissionPolicy(SiteSettings).get_cached_permissions_for_user(user)
    return any(each.permission.codename == "change_sitesettings" for each in granted)


def entries_read_by(user: Any) -> QuerySet[AuditEntry]:
    """All entries for a network administrator, else those of the user's own sites."""
    if not user.is_active:
        return AuditEntry.objects.none()
    if user.is_superuser:
        return AuditEntry.objects.all()
    return AuditEntry.objects.filter(site_key__in=list(sites_read_by(user).values_list("pk", flat=True)))


def site_of_path(url_path: str) -> int | None:
    """The key of the site to which a page belongs; None for a page of no site."""
    return next((each.site_id for each in Site.get_site_root_paths() if url_path.startswith(each.root_path)), None)


def site_of_record(model: type[Model], key: Any) -> int | None:
    """The key of a record's site: its own, its page's, or its file folder's; None for the network."""
    names = {field.name for field in model._meta.concrete_fields}
    if model is Site:
        return int(key)
    if issubclass(model, Page) or "page" in names:
        place = "url_path" if issubclass(model, Page) else "page__url_path"
        path = model._base_manager.filter(pk=key).values_list(place, flat=True).first()
        return site_of_path(path) if path else None
    if "site" in names:
        return model._base_manager.filter(pk=key).values_list("site", flat=True).first()
    if "collection" in names:
        folder = Collection.objects.filter(pk__in=model._base_manager.filter(pk=key).values("collection")).first()
        folders = folder.get_ancestors(inclusive=True) if folder else Collection.objects.none()
        return SiteSettings.objects.filter(media_collection__in=folders).values_list("site", flat=True).first()
    return None
