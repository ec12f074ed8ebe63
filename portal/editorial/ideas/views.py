"""The newsroom's list of ideas, and its buttons."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.log_actions import log
from wagtail.models import Site

from portal.editorial.dashboard.write import parents
from portal.editorial.ideas.planning import decide
from portal.editorial.ideas.registry import IDEAS, MOST_OF_SOURCE, Idea, IdeaScope, IdeaSource, idea_sources
from portal.platform.newsroom_views import NewsroomView

PAGE_SIZE = 50
# Log action in the site's history.
DISMISSED = "portal.idea.dismiss"


def may_open_ideas(user: Any) -> bool:
    return any(parents(user).values())


class IdeasView(NewsroomView, TemplateView):
    template_name = "editorial/ideas/list.html"
    page_title = IDEAS
    header_icon = "pick"
    http_method_names = ["get", "head", "options"]

    def test_func(self) -> bool:
        return may_open_ideas(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        scope = IdeaScope(self.request.user, timezone.now())
        rows = [(idea, name) for name in idea_sources for idea in ideas_of(name, scope)]
        rows.sort(key=lambda row: _order(idea_sources[row[1]], row[0]))
        sites = {idea.site for idea, _name in rows}
        listed = [
            {
                "idea": idea,
                "source": name,
                "label": idea_sources[name].label,
                "action": idea_sources[name].action,
                "site": scope.site_names[idea.site] if len(sites) > 1 else "",
            }
            for idea, name in rows
        ]
        return super().get_context_data(**kwargs) | {
            "page_obj": Paginator(listed, PAGE_SIZE).get_page(self.request.GET.get("p"))
        }


def _order(source: IdeaSource, idea: Idea) -> tuple[bool, float]:
    at = idea.at.timestamp()
    return not source.has_people_waiting, at if source.has_people_waiting else -at


def ideas_of(name: str, scope: IdeaScope) -> list[Idea]:
    found: list[Idea] = []
    source = idea_sources[name]
    for idea in source.read(scope):
        if (name, idea.key) not in scope.decided:
            found.append(idea)
        if len(found) == MOST_OF_SOURCE and not source.has_people_waiting:
            break
    return found


@require_POST
def plan_idea(request: HttpRequest) -> HttpResponse:
    source, idea, scope = _posted(request)
    if idea is None:
        return _gone(request)
    return source.plan(request, idea, scope)


@require_POST
def dismiss_idea(request: HttpRequest) -> HttpResponse:
    _source, idea, scope = _posted(request)
    if idea is None:
        return _gone(request)
    if idea.dismiss_url:
        return redirect(idea.dismiss_url)
    site = Site.objects.get(pk=idea.site)
    with transaction.atomic():
        if decide(request.POST["source"], idea, scope.user):
            log(instance=site, action=DISMISSED, user=scope.user, data={"title": idea.title})
    messages.success(request, _("“%(title)s” is no longer in the list.") % {"title": idea.title})
    return redirect("ideas")


def _posted(request: HttpRequest) -> tuple[IdeaSource, Idea | None, IdeaScope]:
    """The posted source and idea; None as the idea if it is not in the user's list.

    Raises PermissionDenied for users who may not open the list.
    """
    if not may_open_ideas(request.user):
        raise PermissionDenied
    name, key = request.POST.get("source", ""), request.POST.get("key", "")
    if name not in idea_sources:
        raise Http404
    scope = IdeaScope(request.user, timezone.now())
    return idea_sources[name], next((idea for idea in ideas_of(name, scope) if idea.key == key), None), scope


def _gone(request: HttpRequest) -> HttpResponse:
    messages.warning(request, _("This idea is no longer in the list."))
    return redirect("ideas")
