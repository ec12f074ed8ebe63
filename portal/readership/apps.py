from django.apps import AppConfig


class ReadershipConfig(AppConfig):
    """To remove the app, delete this folder and its lines in the settings and in `portal/wsgi.py`."""

    name = "portal.readership"
    label = "readership"

    def ready(self) -> None:
        from portal.content.extension_points import site_figures
        from portal.editorial.public_records.registry import NOT_PUBLIC
        from portal.readership.newsroom.figures import VIEWS_OF_SITE

        NOT_PUBLIC["readership"] = "sums of what readers were shown"
        site_figures.append(VIEWS_OF_SITE)
