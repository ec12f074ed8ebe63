"""The requests for sheets in the admin menu, and the entry of the privacy notice about sheets."""

from collections.abc import Iterator
from typing import Any

from django.urls import include, path, reverse
from django.utils.translation import gettext, gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from portal.content.blocks.sheets import KEEPING
from portal.content.readers.processing import LegalGround, Processing
from portal.content.serving.editions import Edition
from portal.editorial.reader_data import may_read_reader_data
from portal.sheets.admin_views import DeleteRequestView, RequestsView, SeveralRequestsView
from portal.sheets.handling import HANDLED, RequestHandled


@hooks.register("register_admin_urls")
def request_urls():
    views = [
        path("", RequestsView.as_view(), name="index"),
        path("results/", RequestsView.as_view(results_only=True), name="index_results"),
        path("change/", SeveralRequestsView.as_view(), name="change"),
        path("<uuid:pk>/delete/", DeleteRequestView.as_view(), name="delete"),
    ]
    return [path("sheet-requests/", include((views, "sheet_requests")))]


@hooks.register("register_log_actions")
def request_handled(actions: Any) -> None:
    actions.register_action(HANDLED)(RequestHandled)


class RequestsMenuItem(MenuItem):
    def is_shown(self, request):
        return may_read_reader_data(request.user)


@hooks.register("register_admin_menu_item")
def requests_menu_item():
    return RequestsMenuItem(
        _("Sheets by mail"), reverse("sheet_requests:index"), name="sheets-by-mail", icon_name="mail", order=710
    )


@hooks.register("portal_processing", order=25)
def processing_by_sheets(edition: Edition) -> Iterator[Processing]:
    yield Processing(
        gettext("To send you a document that you have requested"),
        gettext(
            "Your e-mail address and your answers to the questions of the form, where a page offers such a document."
        ),
        LegalGround.REQUEST,
        gettext("For as long as the form says, at most %(days)d days.")
        % {"days": max(int(days) for days, _name in KEEPING)},
    )
