"""Who gets mail about a page, and in which language."""

from collections.abc import Iterable
from typing import Any

from django.db.models import prefetch_related_objects
from wagtail.models import Page, Site

from portal.content.records.settings import SiteSettings


def recipients(users: Iterable[Any], page: Page, actor: Any, preference: str) -> list[Any]:
    """Return those among `users` who get a mail about an event on a page; each mailbox once, the actor never.

    They must be allowed to edit the page and not have switched such mails off. `preference` is `submitted`,
    `approved`, `rejected` or `updated_comments`; empty for mails that cannot be switched off.
    """
    people = {user.pk: user for user in users if user is not None and user != actor and user.is_active and user.email}
    prefetch_related_objects(list(people.values()), "wagtail_userprofile")
    chosen: dict[str, Any] = {}
    for user in people.values():
        profile = getattr(user, "wagtail_userprofile", None)
        wanted = profile is None or not preference or getattr(profile, f"{preference}_notifications")
        if wanted and may_edit_page(page, user):
            # Two accounts of one person are one mailbox.
            chosen.setdefault(user.email.casefold(), user)
    return list(chosen.values())


def may_edit_page(page: Page, user: Any) -> bool:
    return user.has_perm("wagtailadmin.access_admin") and page.permissions_for_user(user).can_edit()


def language_of(user: Any, site: Site | None, site_settings: SiteSettings | None = None) -> str:
    """Return the language that somebody has chosen for the administration, else the site's.

    `site_settings` are those of the site, if they were read already.
    """
    profile = getattr(user, "wagtail_userprofile", None)
    if profile and profile.preferred_language:
        return profile.preferred_language
    return language_of_site(site, site_settings)


def language_of_site(site: Site | None, site_settings: SiteSettings | None = None) -> str:
    if site is None:
        return ""
    return (site_settings or SiteSettings.for_site(site)).default_language or site.root_page.locale.language_code
