from functools import partial

from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"

    def ready(self) -> None:
        from django.db.models.signals import post_delete, post_save
        from wagtail.documents import get_document_model
        from wagtail.models import CollectionViewRestriction, PageViewRestriction, Revision, WorkflowState
        from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

        from articles.live.records import LiveText
        from events.models import Venue
        from portal.content.extension_points import (
            after_bulk_drafts,
            after_records_return,
            after_upgrade,
            after_visibility_below,
            chooser_search,
        )
        from portal.content.records.people import Person
        from portal.content.records.sharing import Share
        from portal.content.records.topics import Topic
        from portal.editorial.public_records import registry
        from portal.platform.status.conditions import details, last_check
        from search import signals
        from search.indexing.checking import upgrade_notice
        from search.indexing.entries import indexable_types
        from search.indexing.index import index_drafts_later
        from search.newsroom.find import search_choosable

        after_upgrade.append(upgrade_notice)
        after_bulk_drafts.append(index_drafts_later)
        chooser_search.append(search_choosable)
        details["search"] = partial(last_check, "search")
        registry.PUBLIC_RECORDS.append(
            registry.PublicRecord(
                "search.SearchSettings",
                "what a search shows first, and synonyms",
                registry.ADMINISTRATORS,
                registry.own_site,
            )
        )
        registry.NOT_PUBLIC["search"] = "indexes of pages, and the queries of readers"
        for signal in (page_published, page_unpublished):
            signal.connect(signals.page_changed, dispatch_uid=f"search-{id(signal)}")
            signal.connect(signals.ancestor_changed, dispatch_uid=f"search-ancestor-{id(signal)}")
        for signal in (post_page_move, page_slug_changed):
            signal.connect(signals.tree_changed, dispatch_uid=f"search-{id(signal)}")
        post_page_move.connect(signals.page_moved)
        after_visibility_below.append(signals.visibility_changed)
        after_records_return.append(signals.index_both)
        for model, receiver in [
            (PageViewRestriction, signals.privacy_changed),
            (CollectionViewRestriction, signals.collection_privacy_changed),
            (Topic, signals.record_changed),
        ]:
            post_save.connect(receiver, sender=model)
            post_delete.connect(receiver, sender=model)
        post_save.connect(signals.page_shared, sender=Share)
        post_save.connect(signals.entry_changed, sender=LiveText)
        for model in (Revision, WorkflowState):
            post_save.connect(signals.draft_changed, sender=model)
        for model in (Venue, Person):
            post_save.connect(signals.record_changed, sender=model)
        post_delete.connect(signals.person_deleted, sender=Person)
        post_save.connect(signals.document_changed, sender=get_document_model())
        for model in indexable_types():
            post_save.connect(signals.page_created, sender=model)
            post_save.connect(signals.page_saved, sender=model)
            post_delete.connect(signals.page_deleted, sender=model)
