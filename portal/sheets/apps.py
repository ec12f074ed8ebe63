from django.apps import AppConfig


class SheetsConfig(AppConfig):
    """To remove the app, delete this folder and its lines in the settings, in the URLs and in `home.models`."""

    name = "portal.sheets"
    label = "sheets"
