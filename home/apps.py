from django.apps import AppConfig
from django.db.models.signals import post_delete


class HomeConfig(AppConfig):
    name = "home"

    def ready(self) -> None:
        from django.utils.translation import ngettext_lazy

        from articles.dossiers import sources
        from home.dossiers.pages import dossiers_in
        from home.expiry import expiry_of_shelves
        from home.forms.handling import HANDLED, may_take
        from home.forms.records import FormRecord, SentFile, delete_stored_file, has_messages
        from home.models import DossierPage, SectionPage, StandardPage
        from home.statutory.requirements import missing_in_statutory_page
        from home.venues import venue_locations
        from portal.content.extension_points import holds_reader_data
        from portal.content.kinds import register_kind
        from portal.content.sitemaps.catalogue import further_records
        from portal.editorial.approval.checklist import requirements
        from portal.editorial.assignments.registry import AssignedWork, assigned_work
        from portal.editorial.public_records.registry import NOT_PUBLIC
        from portal.platform.caching import expiry

        post_delete.connect(delete_stored_file, sender=SentFile)
        register_kind(SectionPage)
        register_kind(StandardPage)
        register_kind(DossierPage)
        sources.append(dossiers_in)
        expiry.sources.append(expiry_of_shelves)
        further_records.append(venue_locations)
        holds_reader_data.append(has_messages)
        requirements.append(missing_in_statutory_page)
        words = ngettext_lazy("%(number)d message of a form", "%(number)d messages of forms", "number")
        assigned_work["messages"] = AssignedWork(FormRecord, words, HANDLED, may_take)
        NOT_PUBLIC["home.FormRecord"] = "readers' messages; forms are pages"
        NOT_PUBLIC["home.SentFile"] = "readers' files; forms are pages"
        NOT_PUBLIC["home.MostReadStory"] = "published pages, by how often they were read"
