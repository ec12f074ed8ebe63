"""The sources of ideas, which apps register, and the places for which a user may plan."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from wagtail.models import Page, Site

from portal.content.kinds import Listed
from portal.content.pages.pages import PortalPage
from portal.content.visibility import HOME_LENGTH
from portal.editorial.dashboard.write import offered_types, parents
from portal.editorial.records.ideas import IdeaDecision
from portal.editorial.work_area import WorkArea

IDEAS = gettext_lazy("Ideas")
# The limit of ideas listed per source, unless people wait for an answer.
MOST_OF_SOURCE = 50


class WritableHome(NamedTuple):
    """A site in one language for which the user may write stories, and the places for them."""

    path: str
    site: int
    site_name: str
    language: str
    places: list[Page]


@dataclass(frozen=True)
class Idea:
    """`key` identifies the idea within its source; `url` is its details page."""

    key: str
    site: int
    title: str
    note: str
    at: datetime
    url: str = ""
    # The page on which it is dismissed; empty if the list has a button for it.
    dismiss_url: str = ""


class IdeaScope:
    """What a user may plan. Each query is made once."""

    def __init__(self, user: Any, now: datetime):
        self.user, self.now = user, now

    @cached_property
    def area(self) -> WorkArea:
        return WorkArea.of(self.user)

    @cached_property
    def decided(self) -> set[tuple[str, str]]:
        return set(IdeaDecision.objects.values_list("source", "key"))

    @cached_property
    def story(self) -> type[PortalPage] | None:
        """The first kind of story that the user may write on any subject."""
        offered = parents(self.user)
        stories = (each for each in offered_types() if each.kind and each.kind.listed is Listed.STORIES)
        return next((each for each in stories if offered[each] and not each.written_about), None)

    @cached_property
    def homes(self) -> list[WritableHome]:
        places: dict[str, list[Page]] = {}
        for page in parents(self.user)[self.story] if self.story else ():
            places.setdefault(page.path[:HOME_LENGTH], []).append(page)
        pages = list(Page.objects.filter(path__in=places).select_related("locale").order_by("path"))
        rooted = Q(root_page__translation_key__in={page.translation_key for page in pages})
        sites = Site.objects.filter(rooted).select_related("root_page") if pages else ()
        by_key = {site.root_page.translation_key: site for site in sites}
        return [
            WritableHome(page.path, site.pk, site.site_name, page.locale.language_code, places[page.path])
            for page in pages
            if (site := by_key.get(page.translation_key))
        ]

    @cached_property
    def site_names(self) -> dict[int, str]:
        return dict(Site.objects.values_list("pk", "site_name"))


@dataclass(frozen=True)
class IdeaSource:
    """`read` yields the ideas that the user may plan; `plan` carries it out and returns the response."""

    label: Any
    read: Callable[[IdeaScope], Iterable[Idea]]
    plan: Callable[[HttpRequest, Idea, IdeaScope], HttpResponse]
    action: Any
    # Then all of its ideas are listed, oldest first, before the other sources.
    has_people_waiting: bool = False


idea_sources: dict[str, IdeaSource] = {}
