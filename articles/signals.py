"""Receivers that update the lists of stories when pages change; connected in `apps`."""

from typing import Any

from wagtail.models import Page

from articles.listing import update_listing, update_listings_below, update_listings_if_expiry_changed
from articles.stories import StoryPage


def page_changed(sender: type, instance: Page, **kwargs: Any) -> None:
    if isinstance(instance, StoryPage):
        update_listing(instance)
    elif not instance.is_leaf():
        update_listings_if_expiry_changed(instance)


def story_created(sender: type, instance: StoryPage, created: bool = False, **kwargs: Any) -> None:
    """Handle a page that is created live, such as an alias; Wagtail sends no signal of publication for it."""
    if created and instance.live:
        update_listing(instance)


def tree_changed(sender: type, instance: Page, **kwargs: Any) -> None:
    update_listings_below(instance)


def privacy_changed(sender: type, instance: Any, origin: Any = None, **kwargs: Any) -> None:
    """Handle a privacy rule that was saved or deleted; `origin` is what was deleted, such as the page of the rule."""
    if origin is None or getattr(origin, "model", type(origin)) is sender:
        update_listings_below(instance.page)


def page_shared(page: Page) -> None:
    if isinstance(page, StoryPage):
        update_listing(page)
