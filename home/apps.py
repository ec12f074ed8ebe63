from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "home"

    def ready(self) -> None:
        from home.statutory.requirements import missing_in_statutory_page
        from portal.editorial.approval.checklist import requirements
        from portal.editorial.in_print.registry import NOT_IN_PRINT

        requirements.append(missing_in_statutory_page)
        NOT_IN_PRINT["home.FormRecord"] = "readers' messages; forms are pages"
        NOT_IN_PRINT["home.MostReadStory"] = "an order of published pages, by what was read"
