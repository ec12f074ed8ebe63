"""What the desk adds to Wagtail's administration."""

from django.urls import include, path, reverse
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

from portal.editorial.answering import answer
from portal.editorial.approval.authorship import SET_ASIDE
from portal.editorial.dashboard import waiting  # noqa: F401 - registers its lists
from portal.editorial.dashboard.lists import dashboard_lists
from portal.editorial.dashboard.panels import CalendarPanel, ListPanel, PlacesItem
from portal.editorial.guests import answers
from portal.editorial.guests.invitations import guests, may_invite, uninvite

# Their pages are on the desk, in few queries; Wagtail's panels ask several for each page. Locked pages have a report.
REPLACED = (WorkflowObjectsToModeratePanel, UserObjectsInWorkflowModerationPanel, RecentEditsPanel, LockedPagesPanel)


@hooks.register("register_admin_urls")
def dashboard_urls():
    addresses = [
        path("answer/<int:state_pk>/", answer, name="answer"),
        path("guests/<int:page_pk>/", guests, name="guests"),
        path("guests/<int:page_pk>/<int:pk>/end/", uninvite, name="uninvite"),
    ]
    return [path("newsroom/", include((addresses, "editorial")))]


@hooks.register("register_log_actions")
def say_that_a_text_was_set_aside(actions):
    @actions.register_action(SET_ASIDE)
    class SetAside(LogFormatter):
        label = _("Kept beside a newer version")
        message = _("Saved over a version that had changed meanwhile: kept as a version of its own")


@hooks.register("register_log_actions")
def say_what_guests_did(actions):
    def told(action, name, words):
        @actions.register_action(action)
        class OfGuests(LogFormatter):
            label = name

            def format_message(self, log_entry):
                return words % {"name": log_entry.data.get("guest", {}).get("name", "")}

    told(answers.INVITED, _("Review by link: invited"), _("Invited %(name)s to a review by link"))
    told(answers.UNINVITED, _("Review by link: ended"), _("Ended the review by link of %(name)s"))
    told(answers.REMARKED, _("Review by link: remark"), _("%(name)s left a remark by link"))
    told(answers.AGREED, _("Review by link: agreed"), _("%(name)s agreed by link; nothing was published by that"))


@hooks.register("register_page_header_buttons")
def lead_to_the_guests(page, user, next_url=None, view_name=None):
    if may_invite(page.specific_deferred, user):
        address = reverse("editorial:guests", args=[page.pk])
        yield Button(_("Review by link"), address, icon_name="mail", priority=80)


@hooks.register("construct_homepage_panels")
def add_dashboard_panels(request, panels):
    panels[:] = [panel for panel in panels if not isinstance(panel, REPLACED)]
    panels += [*(ListPanel(each) for each in dashboard_lists()), CalendarPanel()]


@hooks.register("construct_help_menu")
def help_with_the_newsroom_only(request, menu_items):
    """News of the software that the newsroom is made with are for who runs it, and would count as unread for all."""
    if not request.user.is_superuser:
        menu_items[:] = [item for item in menu_items if not isinstance(item, DismissibleMenuItem)]


@hooks.register("construct_homepage_summary_items", order=1000)
def count_no_other_sites(request, items):
    """The counts of a whole network are for those who administer it."""
    if not request.user.is_superuser:
        items[:] = [PlacesItem(request)]
