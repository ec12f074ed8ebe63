from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"

    def ready(self):
        from django.db.models.signals import post_delete, post_save, pre_delete
        from wagtail.models import Page, PageViewRestriction, ReferenceIndex
        from wagtail.signals import page_published, page_unpublished, post_page_move

        from events import signals
        from events.checking import check_events
        from events.expiry import expiry_times_of_events
        from events.models import OccurrencePlacement
        from events.newsroom.calendar import dates_of_events
        from events.newsroom.dates_view import changes_without_effect, untranslated_exceptions
        from events.newsroom.public_records import register_public_records
        from events.newsroom.recap_mails import recap_published
        from events.newsroom.recaps import recommended_findings, required_findings
        from events.pages import EventPage, RecapPage
        from events.proposals.mails import proposal_published
        from events.records import EventSettings, ProposalPicture, Venue
        from events.records.proposals import delete_picture_file, has_proposals
        from events.registration.letters import as_sent, withhold_letters
        from events.registration.reminders import withhold_reminders
        from events.registration.sync import alias_converted, event_deleted, has_registrations, registered_people
        from portal.content.extension_points import (
            after_visibility_below,
            holds_reader_data,
            imported_rows,
            notes_on_deletion,
        )
        from portal.content.kinds import register_kind
        from portal.content.lists.checking import list_checks, listed_rows
        from portal.editorial.approval import checklist
        from portal.editorial.dashboard.calendar import calendar_sources
        from portal.platform.caching import expiry
        from portal.platform.tasks import pause

        register_kind(EventPage)
        register_kind(RecapPage)
        # Venues refer to a map image, which is public on event pages.
        ReferenceIndex.register_model(Venue)
        page_published.connect(recap_published, sender=RecapPage)
        for sender in (EventPage, RecapPage):
            page_published.connect(proposal_published, sender=sender)
        post_delete.connect(delete_picture_file, sender=ProposalPicture)
        for signal in (page_published, page_unpublished):
            signal.connect(signals.event_changed, dispatch_uid=f"events-{id(signal)}")
        post_page_move.connect(signals.tree_changed, dispatch_uid="events-moved")
        post_save.connect(signals.event_created, sender=EventPage)
        pre_delete.connect(event_deleted, sender=EventPage)
        for sender in (Page, EventPage):
            post_save.connect(alias_converted, sender=sender)
        for signal in (post_save, post_delete):
            signal.connect(signals.privacy_changed, sender=PageViewRestriction)
        after_visibility_below.append(signals.visibility_changed)
        notes_on_deletion.append(registered_people)
        holds_reader_data += [has_registrations, has_proposals]
        post_save.connect(signals.venue_changed, sender=Venue)
        post_save.connect(signals.night_end_changed, sender=EventSettings)
        checklist.requirements.append(required_findings)
        checklist.recommendations += [recommended_findings, changes_without_effect, untranslated_exceptions]
        expiry.sources.append(expiry_times_of_events)
        list_checks["events"] = check_events
        listed_rows.append((OccurrencePlacement, "event"))
        calendar_sources.append(dates_of_events)
        pause.withheld += [withhold_reminders, withhold_letters]
        imported_rows["events.EventLetter"] = as_sent
        register_public_records()
