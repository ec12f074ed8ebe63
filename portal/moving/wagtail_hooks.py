"""The import screens, their menu item, and their entries in page histories."""

from typing import Any

from django.urls import path, reverse_lazy
from django.utils.translation import gettext, gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogFormatter

from portal.editorial.menu import ConditionalItem
from portal.editorial.site_admin.scope import administers_any
from portal.moving.newsroom.reports import ItemView, ReportFile, ReportView
from portal.moving.newsroom.runs import BEGUN, BEGUN_LIVE
from portal.moving.newsroom.views import BeginImport, ImportList, RunView
from portal.moving.writing.drafts import IMPORTED, IMPORTED_LIVE
from portal.moving.writing.front import TAKEN_BACK
from portal.moving.writing.versions import EARLIER


@hooks.register("register_admin_urls")
def import_urls():
    return [
        path("office/moving/", ImportList.as_view(), name="moving"),
        path("office/moving/begin/", BeginImport.as_view(), name="moving_begin"),
        path("office/moving/<int:key>/", RunView.as_view(), name="moving_run"),
        path("office/moving/<int:key>/report/", ReportView.as_view(), name="moving_report"),
        path("office/moving/<int:key>/report/<int:item>/", ItemView.as_view(), name="moving_item"),
        path("office/moving/<int:key>/report.<slug:kind>", ReportFile.as_view(), name="moving_report_file"),
    ]


@hooks.register("register_settings_menu_item")
def moving_menu_item():
    return ConditionalItem(
        _("Moving in"),
        reverse_lazy("moving"),
        condition=lambda request: administers_any(request.user),
        name="moving-in",
        icon_name="download",
        order=820,
    )


@hooks.register("register_log_actions")
def register_import_actions(actions: Any) -> None:
    @actions.register_action(IMPORTED)
    class ImportedFormatter(LogFormatter):
        label = _("Import from another site")

        def format_message(self, log_entry: Any) -> str:
            return gettext("Imported from %(address)s: nobody here wrote it") % {
                "address": log_entry.data.get("address") or log_entry.data.get("source", "")
            }

    @actions.register_action(EARLIER)
    class EarlierFormatter(LogFormatter):
        label = _("Version of the old site")

        def format_message(self, log_entry: Any) -> str:
            return gettext("A version that the old site had: nobody here wrote it")

    @actions.register_action(IMPORTED_LIVE)
    class ImportedLiveFormatter(LogFormatter):
        label = _("Import without a review")

        def format_message(self, log_entry: Any) -> str:
            return gettext("Published as imported, without a review, as an administrator chose")

    for action, label, message in (
        (BEGUN, _("Import begun"), _("Began the import of %(from)s, as drafts")),
        (BEGUN_LIVE, _("Import without a review begun"), _("Began the import of %(from)s WITHOUT A REVIEW")),
        (TAKEN_BACK, _("Import taken back"), _("Took the import of %(from)s back")),
    ):
        actions.register_action(action)(type("RunFormatter", (_RunFormatter,), {"label": label, "message": message}))


class _RunFormatter(LogFormatter):
    def format_message(self, log_entry: Any) -> str:
        return str(self.message) % {"from": log_entry.data.get("from", "")}
