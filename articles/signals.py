"""Receivers that update story lists when pages change; connected in `apps`."""

from collections.abc import Collection
from itertools import batched
from typing import Any

from wagtail.models import Page

from articles.listing import (
    BATCH,
    story_types,
    update_cards_of,
    update_cards_with,
    update_listings,
    update_listings_below,
    update_listings_if_expiry_changed,
    update_signed_cards,
)
from articles.stories import StoryPage
from portal.content.records.people import Byline, Person
from portal.media.models import Document


def page_changed(sender: type, instance: Page, **kwargs: Any) -> None:
    if isinstance(instance, StoryPage):
        update_listings([instance])
    elif not instance.is_leaf():
        update_listings_if_expiry_changed(instance)


def story_created(sender: type, instance: StoryPage, created: bool = False, **kwargs: Any) -> None:
    """Handle a page created live, such as an alias, for which Wagtail does not send `page_published`."""
    if created and instance.live:
        update_listings([instance])


def tree_changed(sender: type, instance: Page, **kwargs: Any) -> None:
    update_listings_below(instance)


def privacy_changed(sender: type, instance: Any, origin: Any = None, **kwargs: Any) -> None:
    """Handle a saved or deleted privacy rule, unless it was deleted with its page (`origin`)."""
    if origin is None or getattr(origin, "model", type(origin)) is sender:
        update_listings_below(instance.page)


def person_saved(sender: type, instance: Person, created: bool = False, **kwargs: Any) -> None:
    if not created:
        update_cards_of(instance)


def document_saved(sender: type, instance: Document, created: bool = False, **kwargs: Any) -> None:
    """Handle a new file, whose length may differ."""
    if not created and instance.recorded_as:
        update_cards_with(instance)


def byline_deleted(sender: type, instance: Byline, origin: Any = None, **kwargs: Any) -> None:
    """Handle a byline that was deleted together with its person."""
    if getattr(origin, "model", type(origin)) is Person:
        update_signed_cards([instance.page_id])


def records_returned(pages: Collection[int]) -> None:
    for model in story_types():
        for keys in batched(pages, BATCH):
            update_listings(model.objects.filter(pk__in=keys).select_related("locale"))


def page_shared(page: Page) -> None:
    if isinstance(page, StoryPage):
        update_listings([page])
