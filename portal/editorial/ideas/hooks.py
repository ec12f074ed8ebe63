"""Wagtail hooks of ideas: their addresses and their menu item; and the source of offered pages."""

from typing import Any

from django.urls import path, reverse_lazy
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry, LogFormatter
from wagtail.models import ModelLogEntry

from portal.editorial.ideas.planning import offered_stories, plan_offered_story
from portal.editorial.ideas.registry import IDEAS, IdeaSource, idea_sources
from portal.editorial.ideas.views import DISMISSED, IdeasView, dismiss_idea, may_open_ideas, plan_idea
from portal.editorial.menu import ConditionalItem

PLAN = pgettext_lazy("an idea", "Plan")
idea_sources["shares"] = IdeaSource(gettext_lazy("Offered by another site"), offered_stories, plan_offered_story, PLAN)


@hooks.register("register_admin_urls")
def idea_urls() -> list[Any]:
    return [
        path("ideas/", IdeasView.as_view(), name="ideas"),
        path("ideas/plan/", plan_idea, name="plan_idea"),
        path("ideas/dismiss/", dismiss_idea, name="dismiss_idea"),
    ]


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    @actions.register_action(DISMISSED)
    class Dismissed(LogFormatter):
        label = gettext_lazy("Dismiss an idea")

        def format_message(self, log_entry: ModelLogEntry) -> str:
            return gettext("Idea dismissed: “%(title)s”") % {"title": log_entry.data["title"]}


@hooks.register("register_admin_menu_item")
def ideas_menu_item() -> ConditionalItem:
    return ConditionalItem(
        IDEAS,
        reverse_lazy("ideas"),
        condition=lambda request: may_open_ideas(request.user),
        name="ideas",
        icon_name="pick",
        order=22,
    )
