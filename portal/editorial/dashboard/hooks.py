"""Wagtail hooks of the dashboard and of reviews by link."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import DismissibleMenuItem
from wagtail.admin.views.home import (
    LockedPagesPanel,
    RecentEditsPanel,
    UserObjectsInWorkflowModerationPanel,
    WorkflowObjectsToModeratePanel,
)
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogFormatter
from wagtail.models import Page

from portal.editorial.approval.authorship import VERSION_KEPT
from portal.editorial.dashboard import (
    calendar_sources,  # noqa: F401 - registers its sources
    waiting,  # noqa: F401 - registers its lists
)
from portal.editorial.dashboard.lists import dashboard_lists
from portal.editorial.dashboard.panels import ListPanel, TodayPanel, WorkAreaItem
from portal.editorial.dashboard.write import offered_types
from portal.editorial.guests import answers
from portal.editorial.guests.invitations import may_invite

# The dashboard lists these pages with few queries; Wagtail's panels need several per page. Locked pages have a report.
REPLACED = (WorkflowObjectsToModeratePanel, UserObjectsInWorkflowModerationPanel, RecentEditsPanel, LockedPagesPanel)


@hooks.register("after_move_page")
def continue_writing(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Return to the editor after a draft was moved from there, instead of a list of pages."""
    is_draft = not page.live and page.specific_class in offered_types()
    may_edit = is_draft and page.permissions_for_user(request.user).can_edit()
    return redirect("wagtailadmin_pages:edit", page.pk) if may_edit else None


@hooks.register("register_log_actions")
def register_version_actions(actions):
    @actions.register_action(VERSION_KEPT)
    class ConflictingVersion(LogFormatter):
        label = _("Kept beside a newer version")
        message = _("Saved over a version that had since changed: kept as a separate version")


@hooks.register("register_log_actions")
def register_guest_actions(actions):
    def register(action, action_label, message):
        @actions.register_action(action)
        class GuestAction(LogFormatter):
            label = action_label

            def format_message(self, log_entry):
                return message % {"name": log_entry.data.get("guest", {}).get("name", "")}

    register(answers.INVITED, _("Review by link: invited"), _("Invited %(name)s to a review by link"))
    register(answers.REVOKED, _("Review by link: ended"), _("Ended the review by link of %(name)s"))
    register(answers.REMARKED, _("Review by link: remark"), _("%(name)s left a remark by link"))
    register(answers.AGREED, _("Review by link: agreed"), _("%(name)s agreed by link; nothing was published by that"))


@hooks.register("register_page_header_buttons")
def guest_review_button(page, user, next_url=None, view_name=None):
    if may_invite(page.specific_deferred, user):
        address = reverse("editorial:guests", args=[page.pk])
        yield Button(_("Review by link"), address, icon_name="mail", priority=80)


@hooks.register("construct_homepage_panels")
def add_dashboard_panels(request, panels):
    panels[:] = [panel for panel in panels if not isinstance(panel, REPLACED)]
    panels += [TodayPanel(), *(ListPanel(each) for each in dashboard_lists())]


@hooks.register("construct_help_menu")
def hide_software_news(request, menu_items):
    """Remove Wagtail's release notes and guide, which are in English. The manual stays."""
    menu_items[:] = [item for item in menu_items if not isinstance(item, DismissibleMenuItem)]


@hooks.register("construct_homepage_summary_items", order=1000)
def replace_summary_items(request, items):
    """Restrict the network-wide counts to the user's sites, except for superusers."""
    if not request.user.is_superuser:
        items[:] = [WorkAreaItem(request)]
