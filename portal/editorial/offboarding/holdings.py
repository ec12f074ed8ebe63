"""Finds the work that a person has on each site, and everything else that ends with their account."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, CharField, Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast
from django.utils import timezone
from wagtail.models import GroupPagePermission, Page, PageSubscription, Revision, Site, TaskState, WorkflowState

from portal.content.visibility import HOME_DEPTH, HOME_LENGTH, below
from portal.editorial.assignments.registry import assigned_work
from portal.editorial.dashboard.waiting import reviewed_by
from portal.editorial.models import RoleGroup
from portal.editorial.people import exclude_invited
from portal.editorial.records.invitations import ReviewInvitation
from portal.editorial.sign_in.factors.held import factors_of
from portal.editorial.work_area import WorkArea

# The kinds of pages. A page of several kinds counts as the first of them.
PAGES = ("scheduled", "in_review", "drafts", "own")


@dataclass
class SiteHoldings:
    """A person's work on one site. Primary keys of pages are grouped by their kind in `PAGES`."""

    site: Site
    homes: list[str] = field(default_factory=list)
    roles: list[RoleGroup] = field(default_factory=list)
    pages: dict[str, list[int]] = field(default_factory=dict)
    locked: list[int] = field(default_factory=list)
    # The tree paths of `pages` and `locked`.
    paths: list[str] = field(default_factory=list)
    locked_paths: list[str] = field(default_factory=list)
    # The number of open messages and requests that are assigned to the person, by their name in `assigned_work`.
    assigned: dict[str, int] = field(default_factory=dict)
    # The number of reviews waiting for the person, and of those that nobody else can approve.
    waiting: int = 0
    stranded: int = 0

    @property
    def handed_over(self) -> dict[str, int]:
        counts = {kind: len(self.pages.get(kind, ())) for kind in PAGES} | {"locked": len(self.locked), **self.assigned}
        return {kind: count for kind, count in counts.items() if count}

    @property
    def page_keys(self) -> list[int]:
        return [key for kind in PAGES for key in self.pages.get(kind, ())]

    def is_for(self, full: Iterable[str], own: Iterable[str]) -> bool:
        """Whether somebody who may change all pages below `full`, and their own below `own`, can take this over."""
        full = tuple(full)
        return all(path.startswith((*full, *own)) for path in self.paths) and all(
            path.startswith(full) for path in self.locked_paths
        )


def holdings_at(person: Any, sites: QuerySet[Site]) -> list[SiteHoldings]:
    """The person's work on each site where they have any, in few queries for any number of sites."""
    found = {site.pk: SiteHoldings(site) for site in sites.select_related("root_page").order_by("site_name", "pk")}
    by_key = {each.site.root_page.translation_key: each for each in found.values()}
    by_home: dict[str, SiteHoldings] = {}
    homes = Page.objects.filter(depth=HOME_DEPTH, translation_key__in=by_key)
    for path, key in homes.values_list("path", "translation_key"):
        by_key[key].homes.append(path)
        by_home[path] = by_key[key]
    for role in RoleGroup.objects.filter(group__user=person, site__in=found).select_related("section").order_by("pk"):
        role.site = found[role.site_id].site
        found[role.site_id].roles.append(role)
    for key, path, *states in _pages_of(person):
        if holdings := by_home.get(path[:HOME_LENGTH]):
            kind = next(kind for kind, is_so in zip(PAGES, [*states, True], strict=True) if is_so)
            holdings.pages.setdefault(kind, []).append(key)
            holdings.paths.append(path)
    for key, path in Page.objects.filter(locked=True, locked_by=person).order_by("pk").values_list("pk", "path"):
        if holdings := by_home.get(path[:HOME_LENGTH]):
            holdings.locked.append(key)
            holdings.locked_paths.append(path)
    for name, work in assigned_work.items():
        counts = work.open_of(person).filter(site__in=found).order_by().values_list("site").annotate(Count("pk"))
        for site, number in counts:
            found[site].assigned[name] = number
    for path in _waiting_for(person):
        if holdings := by_home.get(path[:HOME_LENGTH]):
            holdings.waiting += 1
    for path in _stranded_without(person):
        if holdings := by_home.get(path[:HOME_LENGTH]):
            holdings.stranded += 1
    return [each for each in found.values() if each.roles or each.handed_over]


def _pages_of(person: Any) -> Iterator[tuple[Any, ...]]:
    """Pages that somebody must take over: primary key, tree path, and whether scheduled, in review, or a draft.

    These pages have unpublished text. The person owns them, or wrote the last version if the owner has left. Where
    people may only edit their own pages, every page they own is included.
    """
    is_theirs = Q(owner=person) | Q(latest_revision__user=person) & (Q(owner=None) | Q(owner__is_active=False))
    scheduled = Revision.page_revisions.filter(
        approved_go_live_at__isnull=False, object_id=Cast(OuterRef("pk"), CharField())
    )
    reviews = WorkflowState.objects.active().filter(
        base_content_type=ContentType.objects.get_for_model(Page), object_id=Cast(OuterRef("pk"), CharField())
    )
    pages = Page.objects.filter(is_theirs, alias_of=None).annotate(
        is_scheduled=Exists(scheduled), is_in_review=Exists(reviews)
    )
    alone = Q(owner=person) & below(WorkArea.of(person).own_paths)
    pages = pages.filter(Q(has_unpublished_changes=True) | Q(is_scheduled=True) | Q(is_in_review=True) | alone)
    return pages.order_by("pk").values_list("pk", "path", "is_scheduled", "is_in_review", "has_unpublished_changes")


def _steps() -> QuerySet[TaskState]:
    page = Page.objects.filter(pk=Cast(OuterRef("revision__object_id"), BigIntegerField()))
    steps = TaskState.objects.filter(
        status=TaskState.STATUS_IN_PROGRESS, workflow_state__status=WorkflowState.STATUS_IN_PROGRESS
    )
    return steps.annotate(path=Subquery(page.values("path")[:1])).exclude(path=None).order_by()


def _waiting_for(person: Any) -> QuerySet[Any, str]:
    steps = _steps().filter(reviewed_by(person.groups.all()))
    return (
        steps.exclude(workflow_state__requested_by=person).exclude(revision__user=person).values_list("path", flat=True)
    )


def _stranded_without(person: Any) -> QuerySet[Any, str]:
    people = exclude_invited(get_user_model().objects.filter(is_active=True)).exclude(pk=person.pk)
    others = Group.objects.filter(user__in=people)
    steps = _steps().filter(reviewed_by(person.groups.all()))
    return steps.exclude(pk__in=_steps().filter(reviewed_by(others)).values("pk")).values_list("path", flat=True)


def candidates(person: Any, holdings: Iterable[SiteHoldings]) -> dict[int, list[Any]]:
    """The people with a role to whom everything on a site can be handed over, by site."""
    needed = {each.site.pk: each for each in holdings if each.handed_over}
    granted = GroupPagePermission.objects.filter(
        group__newsroom_role__site__in=needed,
        group__user__is_active=True,
        permission__codename__in=["add_page", "change_page"],
    )
    rows = granted.values_list("group__newsroom_role__site", "group__user", "permission__codename", "page__path")
    places: dict[tuple[int, int], dict[str, set[str]]] = {}
    for site, key, codename, path in rows.distinct():
        place = places.setdefault((site, key), {"change_page": set(), "add_page": set()})
        place[codename].add(path)
    able = [
        (site, key)
        for (site, key), place in places.items()
        if key != person.pk and needed[site].is_for(place["change_page"], place["add_page"])
    ]
    people = get_user_model().objects.filter(pk__in={key for _site, key in able})
    found = list(exclude_invited(people).order_by("last_name", "username"))
    assigned = {site: _assigned_to(person, holdings) for site, holdings in needed.items()}
    return {
        site: [each for each in found if (site, each.pk) in able and _may_take(each, assigned[site])] for site in needed
    }


def _assigned_to(person: Any, holdings: SiteHoldings) -> dict[str, list[Any]]:
    names = holdings.assigned
    return {name: list(assigned_work[name].open_of(person).filter(site=holdings.site)) for name in names}


def _may_take(person: Any, assigned: dict[str, list[Any]]) -> bool:
    return all(assigned_work[name].may_take(person, records) for name, records in assigned.items())


def guest_links_of(person: Any, paths: Iterable[str] | None) -> QuerySet[ReviewInvitation]:
    """The open links to drafts that the person sent or received.

    `paths` are tree paths of home pages; None for all.
    """
    found = ReviewInvitation.objects.open(timezone.now()).filter(
        Q(created_by=person) | (Q(email__iexact=person.email) if person.email else Q(pk__in=[]))
    )
    return found if paths is None else found.filter(below(paths, "page__"))


def subscriptions_of(person: Any, paths: Iterable[str] | None) -> QuerySet[PageSubscription]:
    """The pages whose comments are emailed to the person."""
    found = PageSubscription.objects.filter(user=person, comment_notifications=True)
    return found if paths is None else found.filter(below(paths, "page__"))


def endings_of(person: Any, paths: Iterable[str] | None) -> dict[str, int]:
    """The number of things that end, by kind. Without `paths`, this includes those that end with the account itself."""
    counts = {
        "sessions": UserSession.objects.filter(user=person).count(),
        "guest_links": guest_links_of(person, paths).count(),
        "subscriptions": subscriptions_of(person, paths).count(),
    }
    if paths is None:
        counts |= {
            "factors": sum(factors_of([person])[person.pk].values()),
            "providers": person.socialaccount_set.count(),
            "tokens": person.api_tokens.count(),
        }
    return {kind: count for kind, count in counts.items() if count}
