from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    name = "articles"

    def ready(self):
        from django.db.models.signals import post_delete, post_save
        from wagtail.models import PageViewRestriction
        from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

        from articles import signals
        from articles.checking import check_stories
        from articles.checklist import BYLINE, missing_byline
        from articles.expiry import expiry_of_stories
        from articles.listing import story_types, update_listings_below
        from articles.models import ArticlePage, LivePage, PortraitPage
        from portal.content.extension_points import after_records_return, after_sharing, after_visibility_below
        from portal.content.kinds import register_kind
        from portal.content.lists.checking import list_checks
        from portal.content.records.people import Byline, Person
        from portal.editorial.approval import checklist
        from portal.editorial.public_records.registry import NOT_PUBLIC
        from portal.media.models import Document
        from portal.platform.caching import expiry

        register_kind(ArticlePage)
        register_kind(PortraitPage)
        register_kind(LivePage)
        expiry.sources.append(expiry_of_stories)
        NOT_PUBLIC["articles.LiveEntry"] = NOT_PUBLIC["articles.LiveText"] = "entries, each approved by a second person"
        checklist.lines.append(BYLINE)
        checklist.recommendations.append(missing_byline)
        list_checks["stories"] = check_stories
        after_sharing.append(signals.page_shared)
        after_records_return.append(signals.records_returned)
        after_visibility_below.append(update_listings_below)
        for signal in (page_published, page_unpublished):
            signal.connect(signals.page_changed, dispatch_uid=f"articles-{id(signal)}")
        for signal in (post_page_move, page_slug_changed):
            signal.connect(signals.tree_changed, dispatch_uid=f"articles-{id(signal)}")
        for signal in (post_save, post_delete):
            signal.connect(signals.privacy_changed, sender=PageViewRestriction)
        post_save.connect(signals.person_saved, sender=Person)
        post_delete.connect(signals.byline_deleted, sender=Byline)
        post_save.connect(signals.document_saved, sender=Document)
        for model in story_types():
            post_save.connect(signals.story_created, sender=model)
