from django.apps import AppConfig


class ReadershipConfig(AppConfig):
    """To remove the app, delete this folder and its lines in the settings and in `portal/wsgi.py`."""

    name = "portal.readership"
    label = "readership"

    def ready(self) -> None:
        from portal.editorial.public_records.registry import NOT_PUBLIC

        NOT_PUBLIC["readership"] = "sums of what readers were shown"
