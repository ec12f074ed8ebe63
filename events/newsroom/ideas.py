"""The ideas that come from events: proposals of readers, and past events without a recap."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.models import Page, Site

from events.newsroom.proposals import proposals_for, take_up_and_open
from events.newsroom.recaps import open_recap
from events.pages import RecapPage
from events.records import Occurrence
from portal.content.records.clocks import SiteClocks
from portal.content.visibility import HOME_LENGTH
from portal.editorial.dashboard.links import edit_url
from portal.editorial.dashboard.write import parents_for
from portal.editorial.ideas.planning import decide, show_plan, usual_day
from portal.editorial.ideas.registry import MOST_OF_SOURCE, Idea, IdeaScope, IdeaSource, idea_sources
from portal.editorial.planning.items import change_plan
from portal.editorial.records.planning import PlannedItem


def proposed(scope: IdeaScope) -> Iterator[Idea]:
    """Yield the confirmed proposals for calendars in which the user may write."""
    shown = ("site", "title", "organisation", "confirmed_at")
    for proposal in proposals_for(scope.user).open().only(*shown).order_by("confirmed_at", "pk"):
        url = reverse("proposal", args=[proposal.pk])
        # The reader's name is shown only on the proposal's page, to those who may see it.
        facts = (str(proposal.pk), proposal.site_id, proposal.title, proposal.organisation, proposal.confirmed_at)
        yield Idea(*facts, url=url, dismiss_url=f"{url}#decline")


def take_up_idea(request: HttpRequest, idea: Idea, scope: IdeaScope) -> HttpResponse:
    return take_up_and_open(
        request, proposals_for(scope.user).select_related("site", "calendar", "date").get(pk=idea.key)
    )


def without_recap(scope: IdeaScope) -> Iterator[Idea]:
    """Yield the dates of the last months whose recap is due."""
    permitted = scope.area.page_condition(path="event__path", owner="event__owner")
    below = Q(pk=None)
    for calendar in parents_for(scope.user, RecapPage):
        below |= Q(event__path__startswith=calendar.path, event__depth=calendar.depth + 1)
    dates = Occurrence.objects.awaiting_recap(scope.now).filter(permitted, below).for_rows()
    # The margin makes up for decided ideas, which are left out afterwards.
    found = list(dates[: MOST_OF_SOURCE + len(scope.decided)])
    clocks, sites = SiteClocks([date.event.path for date in found]), _sites_of_homes(found)
    for date in found:
        if site := sites.get(date.event.path[:HOME_LENGTH]):
            note = clocks.when(date, date.event.path)
            yield Idea(str(date.pk), site, date.shown_title, note, date.end, url=edit_url(date.event_id))


def _sites_of_homes(dates: list[Occurrence]) -> dict[str, int]:
    """The site of each home page above these dates, by tree path."""
    paths = {date.event.path[:HOME_LENGTH] for date in dates}
    homes = dict(Page.objects.filter(path__in=paths).values_list("path", "translation_key"))
    found = Site.objects.filter(root_page__translation_key__in=homes.values())
    sites = dict(found.values_list("root_page__translation_key", "pk"))
    return {path: sites[key] for path, key in homes.items() if key in sites}


def plan_recap(request: HttpRequest, idea: Idea, scope: IdeaScope) -> HttpResponse:
    """Begin the recap, and plan it for the user."""
    date = Occurrence.objects.select_related("venue").get(pk=idea.key)
    try:
        with transaction.atomic():
            page: Any = open_recap(date, scope.user)
            if not page.permissions_for_user(scope.user).can_edit():
                raise PermissionDenied
            decide("recaps", idea, scope.user)
            item = PlannedItem.objects.filter(page=page.pk).first() or PlannedItem(
                page_id=page.pk, created_by=scope.user
            )
            day = usual_day()
            change_plan(page, item, day=day, person=scope.user, note=item.note, user=scope.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("ideas")
    show_plan(request, page.pk, page.draft_title, day)
    return redirect("ideas")


PROPOSALS = IdeaSource(
    gettext_lazy("Proposed by a reader"),
    proposed,
    take_up_idea,
    pgettext_lazy("a proposal", "Take up"),
    has_people_waiting=True,
)
RECAPS = IdeaSource(gettext_lazy("Recap of a past event"), without_recap, plan_recap, pgettext_lazy("an idea", "Plan"))


def register_ideas() -> None:
    idea_sources["proposals"] = PROPOSALS
    idea_sources["recaps"] = RECAPS
