"""The pages that a user may choose: those of the user's sites, and public pages that other sites offer for links."""

from typing import Any

from django.apps import apps
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from wagtail.models import Page
from wagtail.permissions import page_permission_policy

from portal.content.visibility import HOME_DEPTH, HOME_LENGTH, below, in_trash, unexpired
from portal.platform.per_request import per_request


def home_paths(user: Any) -> list[str]:
    """The tree paths of home pages, in every language, of sites where a user has any page permission."""
    return per_request(user, "home paths", lambda: _home_paths(user))


def _home_paths(user: Any) -> list[str]:
    rights = page_permission_policy.get_cached_permissions_for_user(user)
    near = {right.page.path[:HOME_LENGTH] for right in rights}
    keys = Page.objects.filter(path__in=near).values("translation_key")
    return list(Page.objects.filter(depth=HOME_DEPTH, translation_key__in=keys).values_list("path", flat=True))


def has_access_to_every_site(user: Any) -> bool:
    if user.is_superuser:
        return True
    rights = page_permission_policy.get_cached_permissions_for_user(user)
    return any(right.page.depth == 1 for right in rights)


def choosable_pages(user: Any) -> Q:
    """A condition: pages that a chooser may show to this user."""
    if has_access_to_every_site(user):
        return ~in_trash()
    own = Q(depth=1) | below(home_paths(user)) | per_request(user, "open pages", _offered_public_pages)
    return own & ~in_trash()


def offering_homes() -> QuerySet[Page]:
    """The home pages of sites that offer their public pages for links."""
    # Looked up by name, because the settings form imports this module.
    sites = apps.get_model("core", "SiteSettings").objects.filter(offers_its_pages=True)
    keys = Page.objects.filter(sites_rooted_here__in=sites.values("site")).values("translation_key")
    return Page.objects.filter(depth=HOME_DEPTH, translation_key__in=keys)


def _offered_public_pages() -> Q:
    homes = list(offering_homes().values_list("path", flat=True))
    if not homes:
        return Q(path__in=[])
    # A chooser shows the draft's title, which may not be public yet.
    public = Page.objects.live().public().filter(below(homes), unexpired(timezone.now()), draft_title=F("title"))
    return Q(pk__in=public.order_by().values("pk"))
