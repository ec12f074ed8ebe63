"""The recipients of emails about a page, and their languages."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet, prefetch_related_objects
from wagtail.models import GroupPagePermission, Page, Site

from portal.content.records.settings import SiteSettings


def may_edit_page(page: Page, user: Any) -> bool:
    return user.has_perm("wagtailadmin.access_admin") and page.permissions_for_user(user).can_edit()


def may_add_below(page: Page, user: Any) -> bool:
    return user.has_perm("wagtailadmin.access_admin") and page.permissions_for_user(user).can_add_subpage()


def recipients(
    users: Iterable[Any],
    page: Page,
    actor: Any,
    preference: str,
    may: Callable[[Page, Any], bool] = may_edit_page,
) -> list[Any]:
    """Those of `users` who get an email about an event on a page: each mailbox once, and never the actor.

    They may edit the page, or what `may` checks, and have not turned off such emails. `preference` is `submitted`,
    `approved`, `rejected` or `updated_comments`; empty for emails that cannot be turned off.
    """
    people = {user.pk: user for user in users if user is not None and user != actor and user.is_active and user.email}
    prefetch_related_objects(list(people.values()), "wagtail_userprofile")
    return one_per_mailbox(user for user in people.values() if _wants(user, preference) and may(page, user))


def _wants(user: Any, preference: str) -> bool:
    profile = getattr(user, "wagtail_userprofile", None)
    return profile is None or not preference or getattr(profile, f"{preference}_notifications")


def holders_of(site: Site | None, role: str) -> QuerySet[Any]:
    """The active accounts with a role on a site."""
    held = {"groups__newsroom_role__site": site, "groups__newsroom_role__role": role}
    return get_user_model().objects.filter(is_active=True, **held).distinct().order_by("pk")


def may_add_here(page: Page) -> QuerySet[Any]:
    """The active accounts whose groups may add pages at or below this page; without superusers."""
    above = [page.path[: length + page.steplen] for length in range(0, len(page.path), page.steplen)]
    granted = GroupPagePermission.objects.filter(page__path__in=above, permission__codename="add_page")
    people = get_user_model().objects.filter(is_active=True, groups__in=granted.values("group"))
    return people.distinct().order_by("pk")


def exclude_invited(people: QuerySet[Any]) -> QuerySet[Any]:
    """Exclude people who have not yet accepted their invitation, because they cannot help anybody."""
    return people.exclude(last_login=None, account_invitation__isnull=False)


def one_per_mailbox(people: Iterable[Any]) -> list[Any]:
    """The first account for each address. Accounts without an address are omitted."""
    found: dict[str, Any] = {}
    for person in people:
        if person.email:
            found.setdefault(person.email.casefold(), person)
    return list(found.values())


def language_of(user: Any, site: Site | None, site_settings: SiteSettings | None = None) -> str:
    """The newsroom language a user has chosen, or else the site's.

    Passing `site_settings` saves a query.
    """
    profile = getattr(user, "wagtail_userprofile", None)
    if profile and profile.preferred_language:
        return profile.preferred_language
    return language_of_site(site, site_settings)


def language_of_site(site: Site | None, site_settings: SiteSettings | None = None) -> str:
    if site is None:
        return ""
    return (site_settings or SiteSettings.for_site(site)).default_language or site.root_page.locale.language_code
