from django.apps import AppConfig


class ReadershipConfig(AppConfig):
    """To remove the app, delete this folder and its lines in the settings and in `portal/wsgi.py`."""

    name = "portal.readership"
    label = "readership"

    def ready(self) -> None:
        from portal.editorial.in_print.registry import NOT_IN_PRINT

        NOT_IN_PRINT["readership"] = "sums of what readers were shown"
