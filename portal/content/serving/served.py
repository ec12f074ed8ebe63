"""How a page is served: its place in an edition, and whether readers may see it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Self

from django.http import Http404
from wagtail.models import Page, PageManager, PageQuerySet

from portal.content.serving.editions import Edition, TrailStep, is_visible
from portal.content.visibility import below, unexpired


class PortalPageQuerySet(PageQuerySet):
    def visible_in(self, edition: Edition, now: datetime) -> Self:
        """The pages of one edition that readers may see at `now`: live, public and not expired.

        A page under embargo is not live, so lists that start here never contain one.
        """
        return self.visible_below(edition.home.path, edition.private_paths, now)

    def visible_below(self, home: str, private: Iterable[str], now: datetime) -> Self:
        """Like `visible_in`, for an edition given by the tree path of its home page and by private paths."""
        return self.live().filter(unexpired(now), path__startswith=home).exclude(below(private))

    def below(self, page: Page) -> Self:
        return self.filter(path__startswith=page.path, depth__gt=page.depth)


class GoneError(Http404):
    """The page was deliberately unpublished, manually or by expiry (RFC 9110, section 15.5.11)."""


PortalPageManager = PageManager.from_queryset(PortalPageQuerySet)


class ServedPage(Page):
    """A page that the router serves within an edition.

    The router sets three attributes: `trail`, the pages from the home page down to this one; `translations`, the
    visible translations of these pages in the site's other languages; and `is_known_public`, if no privacy rule
    applies.
    """

    trail: tuple[TrailStep | Page, ...] = ()
    translations: Sequence[TrailStep] = ()
    is_known_public = False
    # The default menu lists sections, and a section's title labels the stories below it.
    is_section = False
    # The key of a legally required page in `portal.content.serving.editions.STATUTORY`; the footer links to it.
    statutory = ""
    # Relations that the router loads with the page; see `portal.content.serving.routing`.
    served_select_related: tuple[str, ...] = ("locale",)

    objects = PortalPageManager()

    class Meta:
        abstract = True

    @property
    def footer_label(self) -> Any:
        """The footer's label for a statutory page, possibly lazy."""
        return self.title

    @classmethod
    def has_route_below(cls, steps: list[str], edition: Edition) -> bool:
        """Whether pages of this type have a route for these URL steps, to which no page belongs."""
        return False

    def is_visible_in(self, edition: Edition, now: datetime) -> bool:
        """The condition of `PortalPageQuerySet.visible_in` for one page, without a query."""
        return self.live and is_visible(self.path, self.expire_at, edition, now)

    def check_served_in(self, edition: Edition, now: datetime) -> None:
        """Raise Http404 if readers must not be served this page at `now`, or GoneError if it was published before.

        Privacy rules are not checked. A private page never raises GoneError, so that readers do not learn that it was
        taken down. A home page never raises it either, because the home page will come back.
        """
        if not self.live or (self.expire_at and self.expire_at <= now):
            may_tell = self.path != edition.home.path and not edition.is_restricted(self.path)
            raise GoneError if may_tell and (self.live or self.first_published_at) else Http404
        if edition.is_expired(self.path):
            # A section above it has expired, and no privacy rule applies.
            raise Http404
