"""Plans an idea: a planned item with a title, a day, a person and a note."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, override
from wagtail.admin import messages
from wagtail.models import Page

from portal.content.records.sharing import Share
from portal.editorial.dashboard.places import STEPLEN
from portal.editorial.ideas.registry import Idea, IdeaScope, WritableHome
from portal.editorial.planning.items import plan_new_page
from portal.editorial.records.ideas import IdeaDecision
from portal.editorial.sharing.shares import may_publish_somewhere, site_of, with_titles
from portal.formats.words import weekday_and_day

# Items are planned a week ahead; the day can be changed.
AHEAD = timedelta(days=7)
LONGEST_TITLE = 255


def usual_day() -> date:
    return timezone.localdate() + AHEAD


def decide(source: str, idea: Idea, user: Any) -> bool:
    """Remove the idea from the list, within the caller's transaction; return False if somebody else has done so."""
    facts = {"site_id": idea.site, "decided_by": user}
    return IdeaDecision.objects.get_or_create(source=source, key=idea.key, defaults=facts)[1]


def plan_story(
    request: HttpRequest, scope: IdeaScope, source: str, idea: Idea, home: WritableHome, note: str
) -> HttpResponse:
    """Plan a story with the idea's title in the place where the user wrote last, or else in the first one."""
    if scope.story is None:
        raise Http404
    title, day = idea.title[:LONGEST_TITLE], usual_day()
    with transaction.atomic():
        if not decide(source, idea, scope.user):
            messages.warning(request, _("Somebody else has decided on this idea meanwhile."))
            return redirect("ideas")
        facts = {"day": day, "person": scope.user, "note": note, "user": scope.user}
        item = plan_new_page(scope.story, _usual_place(scope.user, home), title, **facts)
    show_plan(request, item.page_id, title, day)
    return redirect("ideas")


def show_plan(request: HttpRequest, page: int, title: str, day: date) -> None:
    """Say what was planned, with buttons to open the draft and to change the plan."""
    buttons = [
        messages.button(reverse("wagtailadmin_pages:edit", args=[page]), _("Open the draft")),
        messages.button(reverse("planning_item", args=[page]), _("Change the plan")),
    ]
    words = {"title": title, "when": weekday_and_day(day)}
    messages.success(request, _("“%(title)s” is planned for %(when)s.") % words, buttons=buttons)


def _usual_place(user: Any, home: WritableHome) -> Page:
    written = Page.objects.filter(latest_revision__user=user, path__startswith=home.path)
    last = written.order_by("-latest_revision_created_at", "-pk").values_list("path", flat=True).first() or ""
    return next((place for place in home.places if place.path == last[:-STEPLEN]), home.places[0])


def offered_stories(scope: IdeaScope) -> Iterator[Idea]:
    """Yield the pages that other sites offer and nobody has answered."""
    sites = {home.site for home in scope.homes}
    may_answer = may_publish_somewhere(scope.user)
    offers = Share.objects.waiting().filter(site__in=sites).select_related("page", "site__root_page")
    for share in with_titles(offers.order_by("-offered_at")):
        home = _home_of(share, scope)
        if home is None:
            continue
        note = share.note or _("Offered by another site")
        url = reverse("answer_offer", args=[share.pk]) if may_answer else ""
        yield Idea(str(share.pk), share.site_id, share.title, note, share.offered_at, url)


def _home_of(share: Share, scope: IdeaScope) -> WritableHome | None:
    own = [home for home in scope.homes if home.site == share.site_id]
    return own[0] if own else None


def plan_offered_story(request: HttpRequest, idea: Idea, scope: IdeaScope) -> HttpResponse:
    share = Share.objects.select_related("page__locale").get(pk=idea.key)
    home = _home_of(share, scope)
    if home is None:
        raise Http404
    source = site_of(share.page)
    with override(home.language):
        words = {"site": source.site_name if source else "–", "url": share.page.full_url or ""}
        note = _("A story of %(site)s: %(url)s") % words
    return plan_story(request, scope, "shares", idea, home, note)
