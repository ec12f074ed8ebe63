"""How a draft becomes a published page: roles, workflow and approval."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class EditorialConfig(AppConfig):
    name = "portal.editorial"
    label = "editorial"

    def ready(self):
        from django.db.models.signals import post_delete, post_init, post_save, pre_delete
        from wagtail.admin.viewsets.chooser import ChooserViewSet
        from wagtail.models import Page, PageViewRestriction, Revision, Task, get_page_models
        from wagtail.signals import page_published, page_unpublished
        from wagtail.workflows import get_task_types

        from portal.core.publication import set_rules
        from portal.editorial.approval import checklist, completeness
        from portal.editorial.approval.gate import NewsroomRules
        from portal.editorial.approval.task_names import task_read
        from portal.editorial.guests.files import has_guest_token
        from portal.editorial.mails.signal_connections import replace_wagtail_notifiers
        from portal.editorial.pictures import licences
        from portal.editorial.schedule import embargo
        from portal.editorial.sharing.shares import source_deleted
        from portal.editorial.translations import tracking
        from portal.editorial.translations.passages import checks
        from portal.media.embargo_access import access_grants

        set_rules(NewsroomRules())
        completeness.register_checklist_rules()
        checklist.requirements.append(licences.licences_over)
        checklist.recommendations.append(licences.licences_ending_soon)
        checklist.requirements.append(checks.passages_to_translate)
        checklist.recommendations.append(checks.passages_to_look_at)
        replace_wagtail_notifiers()
        access_grants.append(has_guest_token)
        post_save.connect(embargo.revision_saved, sender=Revision)
        post_save.connect(checks.revision_saved, sender=Revision)
        for published_or_not in (page_published, page_unpublished):
            published_or_not.connect(embargo.page_changed, dispatch_uid=f"embargo-{id(published_or_not)}")
        page_published.connect(tracking.page_published)
        post_save.connect(embargo.access_changed, sender=PageViewRestriction)
        for model in (PageViewRestriction, *get_page_models()):
            post_delete.connect(embargo.access_changed, sender=model)
        pre_delete.connect(source_deleted, sender=Page)
        # Wagtail translates it once, when it starts.
        ChooserViewSet.search_tab_label = gettext_lazy("Search")
        for model in (Task, *get_task_types()):
            post_init.connect(task_read, sender=model)
