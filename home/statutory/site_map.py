"""The site map page: sections, lists and plain pages of the current tree."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, get_page_models

from events.records.dates import OccurrencePlacement
from home.statutory.base import StatutoryPage
from portal.content.lists.subjects import topics_by_name
from portal.content.pages.pages import PortalPage
from portal.content.records.listing import Placement
from portal.content.records.people import Byline, Person
from portal.content.records.topics import PageTopic
from portal.content.serving.editions import Edition, edition_of
from portal.content.visibility import unexpired


@dataclass
class SiteMapEntry:
    title: str
    url: str
    path: str
    below: list["SiteMapEntry"] = field(default_factory=list)


def page_tree(edition: Edition, pages: Iterable[Page]) -> list[SiteMapEntry]:
    """An edition's public pages as a tree; `pages` are in tree order."""
    top: list[SiteMapEntry] = []
    trail: list[SiteMapEntry] = []
    for page in pages:
        if edition.is_private(page.path):
            continue
        entry = SiteMapEntry(page.title, edition.url_of(page), page.path)
        while trail and not page.path.startswith(trail[-1].path):
            trail.pop()
        (trail[-1].below if trail else top).append(entry)
        trail.append(entry)
    return top


def topics_of(edition: Edition) -> list[SiteMapEntry]:
    stories = Placement.objects.in_lists_of(edition.home.pk, timezone.now()).order_by().values("card_id")
    used = set(PageTopic.objects.filter(page__in=stories).values_list("topic", flat=True).distinct())
    return [SiteMapEntry(topic.name, edition.topic_url(topic), "") for topic in topics_by_name(edition, used)]


def has_authors(edition: Edition) -> bool:
    stories = Placement.objects.in_lists_of(edition.home.pk, timezone.now()).order_by().values("card_id")
    people = Person.objects.available_at(edition.site).filter(has_page=True)
    return Byline.objects.filter(page__in=stories, person__in=people).exists()


def has_venues(edition: Edition) -> bool:
    dates = OccurrencePlacement.objects.in_lists_of(edition.home.pk, timezone.now())
    return bool(dates.at_any_venue().exists())


class SiteMapPage(StatutoryPage):
    statutory = "site_map"

    template = "home/statutory/site_map.html"
    page_description = _("Sections, lists and lasting pages of the site; the portal generates it.")

    class Meta:
        verbose_name = _("site map")
        verbose_name_plural = _("site maps")

    def get_context(self, request, *args, **kwargs) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        edition = edition_of(request)
        lasting = [model for model in get_page_models() if issubclass(model, PortalPage) and not model.is_item]
        pages = (
            Page.objects.live()
            .filter(unexpired(timezone.now()))
            .type(*lasting)
            .descendant_of(edition.home)
            .exclude(pk=self.pk)
            .order_by("path")
            .only("pk", "path", "url_path", "title")
        )
        return context | {
            "plan": page_tree(edition, pages),
            "topics": topics_of(edition),
            "topics_url": edition.catalogue_index_url("topics"),
            "authors_url": edition.catalogue_index_url("people") if has_authors(edition) else "",
            "venues_url": edition.catalogue_index_url("venues") if has_venues(edition) else "",
            "lists": edition.list_urls,
        }
