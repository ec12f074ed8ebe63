"""Who may see, restore and delete the pages in the trash."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from wagtail.models import Page, Site
from wagtail.permission_policies.pages import PagePermissionPolicy

from portal.content.records.trash import TrashedPage
from portal.content.visibility import below
from portal.editorial.approval.permissions import NewsroomTester
from portal.editorial.roles import homes_of
from portal.editorial.site_admin.scope import sites_administered
from portal.editorial.work_area import WorkArea


class TrashTester(NewsroomTester):
    """The permissions at the place of a page in the trash."""

    applies_in_trash = True


def trash_of(user: Any) -> QuerySet[TrashedPage]:
    """The trash of the user's work area, latest first; each with `had_readers`."""
    area = WorkArea.of(user)
    own = Q(page__owner=user) & below(area.own_paths, "page__")
    here = Q() if area.everywhere else below(area.full_paths, "page__") | own
    hidden = TrashedPage.live_pages.through.objects.filter(trashedpage=OuterRef("pk"))
    found = TrashedPage.objects.filter(here).annotate(had_readers=Exists(hidden))
    return found.select_related("page__locale", "page__content_type", "deleted_by").order_by("-deleted_at", "-pk")


def may_restore(user: Any, trashed: Any) -> bool:
    """Whether the user may delete the page at its place: what readers saw comes back as it was.

    `trashed` comes from `trash_of`.
    """
    tester = TrashTester(user, trashed.page)
    if trashed.had_readers and not tester.has_permission("publish"):
        return False
    return tester.can_delete()


def restorable_by(user: Any) -> QuerySet[TrashedPage]:
    """The pages of `trash_of` that the user `may_restore`, found by the database. Nothing in the trash is live."""
    found = trash_of(user)
    if user.is_superuser:
        return found
    rights = PagePermissionPolicy().get_cached_permissions_for_user(user)

    def here(action: str) -> Q:
        return below([each.page.path for each in rights if each.permission.codename == f"{action}_page"], "page__")

    others = Page.objects.filter(path__startswith=OuterRef("page__path")).exclude(owner=user)
    return found.filter(
        here("bulk_delete") | Q(page__numchild=0),
        here("change") | (here("add") & ~Exists(others)),
        here("publish") | Q(had_readers=False),
    )


def trash_of_site(site: Site) -> QuerySet[TrashedPage]:
    paths = [home.path for home in homes_of(site)]
    return TrashedPage.objects.filter(below(paths, "page__")).select_related("page").order_by("page__path")


def may_delete_for_ever(user: Any, page: Page) -> bool:
    """Whether the user administers the page's site."""
    return any(page.path.startswith(home.path) for site in sites_administered(user) for home in homes_of(site))
