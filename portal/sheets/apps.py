from django.apps import AppConfig


class SheetsConfig(AppConfig):
    """To remove the app, delete this folder and its lines in the settings, in the URLs and in `home.models`."""

    name = "portal.sheets"
    label = "sheets"

    def ready(self) -> None:
        from portal.content.extension_points import holds_reader_data
        from portal.editorial.public_records.registry import NOT_PUBLIC
        from portal.sheets.records import has_requests

        holds_reader_data.append(has_requests)
        NOT_PUBLIC["sheets"] = "readers' data; the pages that offer sheets are pages"
