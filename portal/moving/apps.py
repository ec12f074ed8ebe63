from django.apps import AppConfig


class MovingConfig(AppConfig):
    """To remove the app, delete this folder and its line in the settings."""

    name = "portal.moving"
    label = "moving"

    def ready(self) -> None:
        from portal.editorial.public_records.registry import NOT_PUBLIC

        NOT_PUBLIC["moving"] = "where pages came from; what readers see of them is pages"
