from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "home"

    def ready(self) -> None:
        from portal.editorial.in_print.registry import NOT_IN_PRINT

        NOT_IN_PRINT["home.FormRecord"] = "readers' messages; forms are pages"
