"""The ideas that come from readers' queries: those that found nothing."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.db.models import Max, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, ngettext, override, pgettext_lazy

from portal.editorial.ideas.planning import plan_story
from portal.editorial.ideas.registry import MOST_OF_SOURCE, Idea, IdeaScope, IdeaSource, idea_sources
from search.models import LoggedQuery

SINCE = timedelta(days=30)
# Everybody who may write sees these queries: a rare one may say something about a person, or be a slip.
LEAST_TIMES = 5


def without_result(scope: IdeaScope) -> Iterator[Idea]:
    """Yield the queries of the last month that found nothing on the user's sites, the most frequent first."""
    here = Q(pk=None)
    for home in scope.homes:
        here |= Q(site=home.site, language=home.language)
    recent = LoggedQuery.objects.filter(here, day__gte=timezone.localdate(scope.now) - SINCE)
    found = (
        recent.order_by()
        .values("site", "language", "text")
        .annotate(searches=Sum("times"), results=Max("result_count"), last_day=Max("day"))
    )
    found = found.filter(results=0, searches__gte=LEAST_TIMES).order_by("-searches", "text", "site", "language")
    # The margin makes up for decided ideas, which are left out afterwards.
    for row in found[: MOST_OF_SOURCE + len(scope.decided)]:
        key = f"{row['site']}:{row['language']}:{row['text']}"
        at = timezone.make_aware(datetime.combine(row["last_day"], time(12)))
        yield Idea(key, row["site"], row["text"].capitalize(), _note(row["searches"]), at)


def _note(searches: int) -> str:
    return ngettext("Searched %(number)d time", "Searched %(number)d times", searches) % {"number": searches}


def plan_answer(request: HttpRequest, idea: Idea, scope: IdeaScope) -> HttpResponse:
    site, language, _text = idea.key.split(":", 2)
    home = next((each for each in scope.homes if (str(each.site), each.language) == (site, language)), None)
    if home is None:
        raise Http404
    with override(language):
        note = gettext("Readers searched for “%(text)s” and found nothing.") % {"text": idea.title}
    return plan_story(request, scope, "searches", idea, home, note)


def register_ideas() -> None:
    label = gettext_lazy("Search without a result")
    idea_sources["searches"] = IdeaSource(label, without_result, plan_answer, pgettext_lazy("an idea", "Plan"))
