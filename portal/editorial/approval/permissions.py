"""What people may do with a page: the rights of their roles, less what the four-eyes rule takes from them."""

from functools import cached_property
from typing import Any

from django.db.models import F
from wagtail.models import Page, PageLogEntry

from portal.core.models import SiteSettings
from portal.core.permissions import PortalPageTester
from portal.editorial.approval.authorship import wrote_since_approval

# What the history says where one person wrote a text and let it go.
ONE_PAIR = "portal.one_pair_of_eyes"


def requires_four_eyes(page: Page) -> bool:
    """Whether the site of this page wants two people; it does unless someone has switched that off."""
    site = page.get_site()
    return site is None or not SiteSettings.objects.filter(site=site, four_eyes=False).exists()


def is_bound(page: Page, user: Any) -> bool:
    """Whether someone else must let this page go, since this person wrote what is waiting."""
    return wrote_since_approval(page, user) and requires_four_eyes(page)


def bypasses_four_eyes(page: Page, user: Any, place: Page) -> bool:
    """Whether `place` would show readers what this person let go alone, where another site waives the rule of two."""
    if page.get_site() == place.get_site() or not requires_four_eyes(place):
        return False
    live = page.get_descendants(inclusive=True).live()
    alone = PageLogEntry.objects.filter(action=ONE_PAIR, user=user, page__in=live.values("pk"))
    return alone.filter(revision=F("page__live_revision")).exists()


class NewsroomTester(PortalPageTester):
    """Nobody publishes what they wrote themselves, administrators included."""

    @cached_property
    def is_bound(self) -> bool:
        return is_bound(self.page, self.user)

    def can_publish(self) -> bool:
        return super().can_publish() and not self.is_bound

    def can_publish_subpage(self) -> bool:
        """Whoever adds or copies a page here is its author."""
        return super().can_publish_subpage() and not requires_four_eyes(self.page)

    def can_move_to(self, destination: Page) -> bool:
        return super().can_move_to(destination) and not bypasses_four_eyes(self.page, self.user, destination)
