"""Who may see and run imports: the administrators of their site."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from wagtail.models import Site

from portal.editorial.site_admin.scope import sites_administered
from portal.moving.models import ImportRun


def permitted_runs(user: Any) -> QuerySet[ImportRun]:
    return ImportRun.objects.filter(site__in=sites_administered(user))


def require_administrator(user: Any, site: Site) -> None:
    """Raise PermissionDenied unless the user administers the site; there is no user if the account was deleted."""
    if user is None or not sites_administered(user).filter(pk=site.pk).exists():
        raise PermissionDenied
