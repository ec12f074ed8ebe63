"""Adds the requests for sheets to the admin menu."""

from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from portal.editorial.reader_data import may_read_reader_data
from portal.sheets.admin_views import DeleteRequestView, RequestsView
from portal.sheets.processing import processing_by_sheets

hooks.register("portal_processing", processing_by_sheets, order=25)


@hooks.register("register_admin_urls")
def request_urls():
    views = [
        path("", RequestsView.as_view(), name="index"),
        path("results/", RequestsView.as_view(results_only=True), name="index_results"),
        path("<uuid:pk>/delete/", DeleteRequestView.as_view(), name="delete"),
    ]
    return [path("sheet-requests/", include((views, "sheet_requests")))]


class RequestsMenuItem(MenuItem):
    def is_shown(self, request):
        return may_read_reader_data(request.user)


@hooks.register("register_admin_menu_item")
def requests_menu_item():
    return RequestsMenuItem(
        _("Sheets by mail"), reverse("sheet_requests:index"), name="sheets-by-mail", icon_name="mail", order=710
    )
