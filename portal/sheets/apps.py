from django.apps import AppConfig


class SheetsConfig(AppConfig):
    """To do without it, delete this folder, its line in settings, in urls, and in the two lists of `home.models`."""

    name = "portal.sheets"
    label = "sheets"
