"""Hooks of stories: the newsroom's screens of live coverages, their button, log actions and dashboard list."""

from collections.abc import Iterator
from typing import Any

from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy, pgettext
from wagtail import hooks
from wagtail.admin.ui.menus import MenuItem
from wagtail.log_actions import LogFormatter
from wagtail.models import Page

from articles.live import (
    approving,
    dashboard,  # noqa: F401 - registers its list
)
from articles.live.demo import load_demo
from articles.live.newsroom import LiveAct, LiveEntryAct, LiveEntryForm, LiveScreen
from articles.live.pages import LivePage

hooks.register("portal_demo", load_demo)


@hooks.register("register_admin_urls")
def live_urls() -> list[Any]:
    urls = [
        path("<int:page_id>/", LiveScreen.as_view(), name="entries"),
        path("<int:page_id>/<slug:action>/", LiveAct.as_view(), name="act"),
        path("entries/<int:key>/", LiveEntryForm.as_view(), name="entry"),
        path("entries/<int:key>/<slug:action>/", LiveEntryAct.as_view(), name="entry_act"),
    ]
    return [path("live/", include((urls, "live")))]


@hooks.register("register_page_header_buttons")
def live_button(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[MenuItem]:
    if isinstance(page, LivePage) and page.pk and approving.may_open(page, user):
        label = pgettext("of a live coverage", "Entries")
        yield MenuItem(label, reverse("live:entries", args=[page.pk]), icon_name="history", priority=15)


# The label of each action, and its sentence in the history, for which the entry's title is known.
ACTIONS = {
    approving.SUBMITTED: (gettext_lazy("Submit a live entry"), gettext_lazy("Live entry submitted: “%(title)s”")),
    approving.APPROVED: (gettext_lazy("Approve a live entry"), gettext_lazy("Live entry approved: “%(title)s”")),
    approving.WITHDRAWN: (gettext_lazy("Withdraw a live entry"), gettext_lazy("Live entry withdrawn: “%(title)s”")),
    approving.PINNED: (gettext_lazy("Pin a live entry"), gettext_lazy("Live entry pinned: “%(title)s”")),
    approving.UNPINNED: (gettext_lazy("Unpin a live entry"), gettext_lazy("Live entry unpinned: “%(title)s”")),
    approving.ENDED: (gettext_lazy("End a live coverage"), gettext_lazy("Live coverage ended")),
    approving.RESUMED: (gettext_lazy("Resume a live coverage"), gettext_lazy("Live coverage resumed")),
}


@hooks.register("register_log_actions")
def live_actions(actions: Any) -> None:
    for name, (action_label, sentence) in ACTIONS.items():
        actions.register_action(name)(_formatter(action_label, sentence))


def _formatter(action_label: Any, sentence: Any) -> type[LogFormatter]:
    class LiveFormatter(LogFormatter):
        label = action_label

        def format_message(self, log_entry: Any) -> str:
            return str(sentence % log_entry.data if log_entry.data else sentence)

    return LiveFormatter
