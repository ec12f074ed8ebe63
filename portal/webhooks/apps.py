from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """To remove the app, delete this folder and its lines in the settings."""

    name = "portal.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        from django.db.models.signals import post_delete, post_save, pre_save
        from wagtail.models import PageViewRestriction
        from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

        from portal.content.extension_points import after_reader_act, after_sharing, after_visibility_below
        from portal.content.records.settings import SiteSettings
        from portal.editorial.public_records.registry import NOT_PUBLIC
        from portal.webhooks import signals
        from portal.webhooks.acts import act_made

        NOT_PUBLIC["webhooks"] = "where the newsroom sends messages, and the log of those messages"
        after_reader_act.append(act_made)
        after_sharing.append(signals.page_shared)
        after_visibility_below.append(signals.compare_below_later)
        page_published.connect(signals.page_published)
        for signal in (page_unpublished, page_slug_changed, post_page_move):
            signal.connect(signals.subtree_changed, dispatch_uid=f"webhooks-{id(signal)}")
        for signal in (post_save, post_delete):
            signal.connect(signals.privacy_changed, sender=PageViewRestriction)
        # Before it is saved, the table still says whether the site was open.
        pre_save.connect(signals.settings_changed, sender=SiteSettings)
