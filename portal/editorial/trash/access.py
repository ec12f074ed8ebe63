"""Who may see, restore and delete the pages and records in the trash."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from wagtail.models import Page, Site
from wagtail.permission_policies.collections import CollectionPermissionPolicy
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.permissions import policy_registry

from portal.content.records.trash import DeletedRecord, TrashedPage
from portal.content.visibility import below
from portal.editorial.approval.permissions import NewsroomTester
from portal.editorial.roles import homes_of
from portal.editorial.site_admin.scope import sites_administered
from portal.editorial.trash.records import FILES, KINDS
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


def restorable_records(user: Any) -> QuerySet[DeletedRecord]:
    """The records in the trash that the user could delete, by the rules of their policies."""
    found = DeletedRecord.objects.select_related("site", "deleted_by").defer("content")
    if user.is_superuser:
        return found
    allowed = Q(pk__in=[])
    for model in KINDS:
        allowed |= Q(model=model._meta.label) & (_own_files if model in FILES else _own_catalogue)(user, model)
    rights = PagePermissionPolicy().get_cached_permissions_for_user(user)
    places = [each.page.path for each in rights if each.permission.codename == "publish_page"]
    # What readers saw is shown to them at once.
    may_show = Q(was_published=False) | below(places, "site__root_page__") | Q(site=None, collection=None)
    return found.filter(allowed, may_show)


def _own_files(user: Any, model: Any) -> Q:
    policy = CollectionPermissionPolicy(model)
    uploaded = Q(collection__in=policy.collections_user_has_permission_for(user, "add"), owner=user)
    return uploaded | Q(collection__in=policy.collections_user_has_permission_for(user, "change"))


def _own_catalogue(user: Any, model: Any) -> Q:
    policy: Any = policy_registry.get_by_type(model)
    of_sites = Q(site__in=policy.sites_user_has_permission_for(user, "delete"))
    return of_sites | Q(site=None) if policy.administers_network(user, ["delete"]) else of_sites


def endable_records(user: Any) -> QuerySet[DeletedRecord]:
    """The records in the trash of the sites that the user administers, for network administrators of all."""
    found = DeletedRecord.objects.defer("content")
    return found if user.is_superuser else found.filter(site__in=sites_administered(user))


def records_of_site(site: Site) -> QuerySet[DeletedRecord]:
    return DeletedRecord.objects.filter(site=site).defer("content").order_by("pk")
