"""Wagtail hooks of releases: their addresses, their menu item, a page's button, and the words of the history."""

from collections.abc import Iterator
from typing import Any

from django.urls import path, re_path, reverse, reverse_lazy
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy
from django.views.decorators.csrf import csrf_exempt
from wagtail import hooks
from wagtail.admin.widgets import Button
from wagtail.log_actions import LogFormatter
from wagtail.models import Page

from portal.editorial.menu import ConditionalItem
from portal.editorial.releases import acting, menu_views, preview_views, views
from portal.editorial.releases.access import may_open_releases
from portal.editorial.releases.building import ADDED, REMOVED
from portal.editorial.releases.carrying_out import PUBLISHED
from portal.editorial.releases.deciding import APPROVED, WITHDRAWN
from portal.editorial.releases.undoing import UNDONE


@hooks.register("register_admin_urls")
def release_urls() -> list[Any]:
    return [
        path("releases/", views.ReleaseListView.as_view(), name="releases"),
        path("releases/add/", views.NewReleaseView.as_view(), name="release_add"),
        path("releases/<int:key>/", views.ReleaseView.as_view(), name="release"),
        path("releases/<int:key>/preview/", preview_views.PreviewStartView.as_view(), name="release_preview"),
        re_path(
            r"^releases/(?P<key>[0-9]+)/preview/(?P<site>[0-9]+)/(?P<path>.*)$",
            # Forms of readers have no token of the newsroom. Nothing is done with what they send.
            csrf_exempt(preview_views.PreviewView.as_view()),
            name="release_preview_page",
        ),
        path("releases/<int:key>/edit/", views.ReleaseEditView.as_view(), name="release_edit"),
        path("releases/<int:key>/pages/", acting.add_view, name="release_add_page"),
        path("releases/<int:key>/pages/<int:item>/newest/", acting.newest_view, name="release_newest"),
        path("releases/<int:key>/pages/<int:item>/remove/", acting.remove_view, name="release_remove"),
        path("releases/<int:key>/menu/<int:site>/", menu_views.MenuOfReleaseView.as_view(), name="release_menu"),
        path("releases/<int:key>/menu/<int:site>/remove/", menu_views.remove_menu_view, name="release_menu_remove"),
        path("releases/<int:key>/approve/", acting.approve_view, name="release_approve"),
        path("releases/<int:key>/withdraw/", acting.withdraw_view, name="release_withdraw"),
        path("releases/<int:key>/undo/", acting.undo_view, name="release_undo"),
        path("releases/<int:key>/delete/", acting.delete_view, name="release_delete"),
        path("pages/<int:page_id>/release/", acting.AddToReleaseView.as_view(), name="release_page"),
    ]


@hooks.register("register_admin_menu_item")
def releases_menu_item() -> ConditionalItem:
    return ConditionalItem(
        pgettext_lazy("menu", "Releases"),
        reverse_lazy("releases"),
        condition=lambda request: may_open_releases(request.user),
        name="releases",
        icon_name="calendar-check",
        order=25,
    )


@hooks.register("register_page_header_buttons")
def release_button(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    if page.alias_of_id or page.is_root() or not may_open_releases(user):
        return
    if page.permissions_for_user(user).can_edit():
        # It leads to the page's release, if there is one; asking here would cost every screen of a page a query.
        url = reverse("release_page", args=[page.pk])
        yield Button(gettext("Release"), url, icon_name="calendar-check", priority=86)


LABELS: dict[str, tuple[Any, Any]] = {
    ADDED: (gettext_lazy("Added to a release"), gettext_lazy("Added to the release “%(title)s”")),
    REMOVED: (gettext_lazy("Removed from a release"), gettext_lazy("Removed from the release “%(title)s”")),
    APPROVED: (gettext_lazy("Release approved"), gettext_lazy("Approved with the release “%(title)s”")),
    WITHDRAWN: (
        gettext_lazy("Release no longer approved"),
        gettext_lazy("The approval of the release “%(title)s” was withdrawn"),
    ),
    PUBLISHED: (gettext_lazy("Release published"), gettext_lazy("Published with the release “%(title)s”")),
    UNDONE: (gettext_lazy("Release undone"), gettext_lazy("The release “%(title)s” was undone")),
}


@hooks.register("register_log_actions")
def release_log_actions(actions: Any) -> None:
    for action, (label, sentence) in LABELS.items():
        actions.register_action(action)(_formatter(label, sentence))


def _formatter(of_action: Any, sentence: Any) -> type[LogFormatter]:
    class ReleaseLogFormatter(LogFormatter):
        label = of_action

        def format_message(self, log_entry: Any) -> str:
            return str(sentence) % {"title": log_entry.data.get("title", "")}

    return ReleaseLogFormatter
