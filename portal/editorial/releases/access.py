"""Who may see, build and decide on a release. Pages of other sites are counted, but never named."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import Exists, OuterRef, Q, QuerySet
from wagtail.models import Page, Site

from portal.content.visibility import below
from portal.editorial.records.releases import Release, ReleaseAction, ReleaseItem
from portal.editorial.work_area import WorkArea


def may_open_releases(user: Any) -> bool:
    """False for people who may only add pages, such as event organisers."""
    area = WorkArea.of(user)
    return area.everywhere or bool(area.full_paths)


def _covered(area: WorkArea, page: str = "page__") -> Q:
    """Items of the work area, also those in the trash. `page` is the lookup prefix."""
    if area.everywhere:
        return Q()
    return below(area.full_paths, page) | (below(area.own_paths, page) & Q(**{f"{page}owner": area.user}))


def releases_of(user: Any) -> QuerySet[Release]:
    """The releases with a page of the user's work area, and the user's own without pages."""
    if not may_open_releases(user):
        return Release.objects.none()
    area = WorkArea.of(user)
    if area.everywhere:
        return Release.objects.all()
    items = ReleaseItem.objects.filter(release=OuterRef("pk"))
    return Release.objects.filter(
        Exists(items.filter(_covered(area))) | Q(~Exists(items), created_by=user)
    ).select_related("created_by", "approved_by", "undone_by")


def items_of(release: Release) -> list[ReleaseItem]:
    """All items, in the order of the page tree."""
    found = release.items.select_related("page__locale", "page__content_type", "revision", "parent", "added_by")
    return list(found.order_by("page__path"))


def is_letter(item: ReleaseItem) -> bool:
    """Whether the item publishes a page that is sent by mail then."""
    model: Any = item.page.specific_class
    return item.action == ReleaseAction.PUBLISH and bool(getattr(model, "is_mailed_when_published", False))


@dataclass(frozen=True)
class OwnItems:
    """The items of the user's work area, and the number of others."""

    items: list[ReleaseItem]
    elsewhere: int

    @classmethod
    def of(cls, items: Iterable[ReleaseItem], user: Any) -> Self:
        area, every = WorkArea.of(user), list(items)
        own = [item for item in every if _is_covered(area, item.page)]
        return cls(own, len(every) - len(own))


def _is_covered(area: WorkArea, page: Page) -> bool:
    return (
        area.everywhere
        or page.path.startswith(area.full_paths)
        or (page.path.startswith(area.own_paths) and page.owner_id == area.user.pk)
    )


def covers(user: Any, page: Page) -> bool:
    return _is_covered(WorkArea.of(user), page)


def may_change(release: Release, items: Iterable[ReleaseItem], user: Any) -> bool:
    """Whether the user may change the title and the time, and delete the release."""
    return release.is_open and not OwnItems.of(items, user).elsewhere and not menus_elsewhere(release, user)


def menus_elsewhere(release: Release, user: Any) -> int:
    """The number of menus of sites outside the user's work area."""
    sites = Site.objects.filter(pk__in=list(release.menus)).select_related("root_page")
    return sum(not covers(user, site.root_page) for site in sites)


def may_withdraw(release: Release, items: Iterable[ReleaseItem], user: Any) -> bool:
    """Whether the user may cancel the approval: who made the release, or may publish one of its pages."""
    if not release.is_approved:
        return False
    return release.created_by_id == user.pk or any(may_publish(user, item.page) for item in items)


def may_publish(user: Any, page: Page) -> bool:
    return bool(page.specific_deferred.permissions_for_user(user).has_permission("publish"))
