"""Reports → System: `manage.py status` for network administrators, a site's failures for its administrators."""

from typing import Any, NamedTuple

from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from django.views.generic import TemplateView
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import Site

from portal.editorial.menu import ConditionalItem
from portal.editorial.site_admin.scope import administers_any, sites_administered
from portal.platform.newsroom_views import NewsroomView, titled
from portal.platform.status.conditions import failure_kinds, number
from portal.platform.status.failed_pages import FailedPage, failed_pages
from portal.platform.status.health import findings

LABELS = {
    "database": _("Database"),
    "cache": _("Cache"),
    "disk": _("Disk"),
    "static": _("Static files"),
    "migrations": _("Migrations"),
    "scheduler": _("Scheduler"),
    "queue": _("Queue"),
    "writes": _("Saving"),
    "tasks": pgettext_lazy("in the background", "Tasks"),
    "backup": _("Backup"),
    "audit": _("Audit log"),
    "rehearsal": _("Rehearsal of a restore"),
    "files": _("Uploaded files"),
    "sites": _("Addresses of the sites"),
    "storage": _("Storage"),
    "versions": _("Versions"),
    "lists": _("Lists"),
    "search": _("Search index"),
}


class SiteFailures(NamedTuple):
    site: Site
    texts: list[str]
    pages: list[FailedPage]


class SystemView(NewsroomView, TemplateView):
    template_name = "editorial/system.html"
    page_title = _("System")
    header_icon = "cogs"

    def test_func(self) -> bool:
        return administers_any(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, now = self.request.user, timezone.now()
        labels = LABELS | {kind.name: kind.label for kind in failure_kinds}
        rows = list(findings(now, in_detail=True)) if user.is_superuser else []
        counts = [(kind, kind.by_site(now)) for kind in failure_kinds]
        sites = [
            SiteFailures(
                site,
                [titled(kind.label, _said(kind, found[site.pk])) for kind, found in counts if site.pk in found],
                failed_pages(site.pk, now),
            )
            for site in sites_administered(user).order_by("site_name", "pk")
        ]
        rows_with_labels = [(labels.get(row.name, row.name), row) for row in rows]
        return super().get_context_data(**kwargs) | {"rows": rows_with_labels, "sites": sites}


def _said(kind: Any, count: int) -> str:
    return str(kind.some) % {"count": number(count)}


@hooks.register("register_admin_urls")
def system_urls() -> list[Any]:
    return [path("reports/system/", SystemView.as_view(), name="system")]


@hooks.register("register_reports_menu_item")
def system_item() -> MenuItem:
    return ConditionalItem(
        _("System"),
        reverse("system"),
        condition=lambda request: administers_any(request.user),
        icon_name="cogs",
        order=1290,
    )
