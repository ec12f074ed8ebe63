"""Which rights on a page an action needs, where Wagtail's own answer is too coarse."""

from wagtail.models import PagePermissionTester


class PortalPageTester(PagePermissionTester):
    """Tells the right to let pages go live from what Wagtail makes of it: privacy, schedules, aliases, addresses."""

    def holds(self, right: str) -> bool:
        """Whether this person has been given a right, such as `publish`, at this place or above it."""
        return self.user.is_active and (self.user.is_superuser or right in self.permissions)

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        # Wagtail asks of each page of a list whether anything below it is live, and refuses for the page itself.
        if self.page.live and not self.holds("publish"):
            return False
        return super().can_delete(ignore_bulk)

    def can_lock(self) -> bool:
        return self.user.is_active and super().can_lock()

    def can_unlock(self) -> bool:
        return self.user.is_active and super().can_unlock()

    def can_set_view_restrictions(self) -> bool:
        return not self.page_is_root and self.holds("publish")

    def can_unschedule(self) -> bool:
        return not self.page_is_root and self.holds("publish")

    def may_alias_below(self) -> bool:
        """Whether an alias, which shows at once what another page has published, may be put below this page."""
        return super().can_publish_subpage()

    def may_change_address(self) -> bool:
        """Whether the slug may change; readers know that of a live page."""
        return not self.page.live or self.holds("change") or self.holds("publish")
