from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "home"

    def ready(self) -> None:
        from home.expiry import expiry_of_shelves
        from home.forms.records import has_messages
        from home.models import SectionPage, StandardPage
        from home.statutory.requirements import missing_in_statutory_page
        from portal.content.extension_points import holds_reader_data
        from portal.content.kinds import register_kind
        from portal.editorial.approval.checklist import requirements
        from portal.editorial.public_records.registry import NOT_PUBLIC
        from portal.platform.caching import expiry

        register_kind(SectionPage)
        register_kind(StandardPage)
        expiry.sources.append(expiry_of_shelves)
        holds_reader_data.append(has_messages)
        requirements.append(missing_in_statutory_page)
        NOT_PUBLIC["home.FormRecord"] = "readers' messages; forms are pages"
        NOT_PUBLIC["home.MostReadStory"] = "published pages, by how often they were read"
