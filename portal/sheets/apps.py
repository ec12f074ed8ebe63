from django.apps import AppConfig


class SheetsConfig(AppConfig):
    """To remove the app, delete this folder and its lines in the settings, in the URLs and in `home.models`."""

    name = "portal.sheets"
    label = "sheets"

    def ready(self) -> None:
        from django.utils.translation import ngettext_lazy

        from portal.content.extension_points import holds_reader_data
        from portal.editorial.assignments.registry import AssignedWork, assigned_work
        from portal.editorial.public_records.registry import NOT_PUBLIC
        from portal.sheets.handling import HANDLED, may_take
        from portal.sheets.records import SheetRequest, has_requests

        words = ngettext_lazy("%(number)d request for a sheet", "%(number)d requests for sheets", "number")
        assigned_work["requests"] = AssignedWork(SheetRequest, words, HANDLED, may_take)
        holds_reader_data.append(has_requests)
        NOT_PUBLIC["sheets"] = "readers' data; the pages that offer sheets are pages"
