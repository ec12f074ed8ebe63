"""The entries of imports in the histories of pages."""

from typing import Any

from django.utils.translation import gettext, gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogFormatter

from portal.moving.writing.drafts import IMPORTED, IMPORTED_LIVE


@hooks.register("register_log_actions")
def register_import_actions(actions: Any) -> None:
    @actions.register_action(IMPORTED)
    class ImportedFormatter(LogFormatter):
        label = _("Import from another site")

        def format_message(self, log_entry: Any) -> str:
            return gettext("Imported from %(address)s: nobody here wrote it") % {
                "address": log_entry.data.get("address") or log_entry.data.get("source", "")
            }

    @actions.register_action(IMPORTED_LIVE)
    class ImportedLiveFormatter(LogFormatter):
        label = _("Import without a review")

        def format_message(self, log_entry: Any) -> str:
            return gettext("Published as imported, without a review, as an administrator chose")
