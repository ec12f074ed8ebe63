from django.apps import AppConfig


class SheetsConfig(AppConfig):
    """To remove the app, delete this folder and its lines in the settings, in the URLs and in `home.models`."""

    name = "portal.sheets"
    label = "sheets"

    def ready(self) -> None:
        from portal.editorial.in_print.registry import NOT_IN_PRINT

        NOT_IN_PRINT["sheets"] = "readers' data; the pages that offer sheets are pages"
