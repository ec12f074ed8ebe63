from functools import partial

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "portal.content"
    label = "core"

    def ready(self):
        from django.conf import settings
        from django.db import models
        from django.db.models.signals import pre_delete, pre_save
        from django.tasks.signals import task_finished
        from wagtail.admin import widgets
        from wagtail.admin.forms.models import register_form_field_override
        from wagtail.models import (
            CollectionViewRestriction,
            Page,
            PageViewRestriction,
            ReferenceIndex,
            Revision,
        )
        from wagtail.permissions import register_permission_policy
        from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

        from portal.allowed_hosts import SiteHosts

        # Importing `housekeeping`, `misspelt` and `failed_pages` registers tasks, a system check and a kind of failure.
        from portal.content import (
            housekeeping,  # noqa: F401
            signals,
            upstream,
        )
        from portal.content.expiry import expiry_of_days, expiry_of_notice, expiry_of_pages
        from portal.content.extension_points import hidden_targets, preview_of_settings
        from portal.content.files.views import is_hidden_file
        from portal.content.permissions import PortalPagePolicy
        from portal.content.readers import shared_passwords
        from portal.content.records.hosts import network_hosts
        from portal.content.records.settings import SiteSettings
        from portal.content.serving.views import preview_settings
        from portal.formats.fields import TypedDateField, TypedDateTimeField, TypedTimeField
        from portal.platform.caching import expiry
        from portal.platform.operation import misspelt  # noqa: F401
        from portal.platform.operation.changes import connect_triggers
        from portal.platform.operation.error_reports import report_errors
        from portal.platform.operation.traces import start_tracing
        from portal.platform.status import failed_pages  # noqa: F401
        from portal.platform.status.conditions import details, last_check
        from portal.platform.tasks.durable import retry_failed_task

        for kind, field, widget in (
            (models.DateField, TypedDateField, widgets.AdminDateInput),
            (models.TimeField, TypedTimeField, widgets.AdminTimeInput),
            (models.DateTimeField, TypedDateTimeField, widgets.AdminDateTimeInput),
        ):
            register_form_field_override(kind, override={"form_class": field, "widget": widget})
        register_permission_policy(Page, PortalPagePolicy())
        SiteHosts.query = staticmethod(network_hosts)
        upstream.compare_shared_passwords_by(shared_passwords.is_right)
        for rule in (PageViewRestriction, CollectionViewRestriction):
            pre_save.connect(shared_passwords.hash_password, sender=rule)
        # Wagtail only indexes references from pages and snippets. A site's menu and logo are references, too.
        ReferenceIndex.register_model(SiteSettings)
        report_errors(settings.SENTRY_DSN)
        start_tracing(settings.TRACES)
        connect_triggers(self)
        task_finished.connect(retry_failed_task)
        expiry.sources += [expiry_of_pages, expiry_of_notice, expiry_of_days]
        preview_of_settings.append(preview_settings)
        hidden_targets.append(is_hidden_file)
        details["lists"] = partial(last_check, "lists")
        pre_save.connect(signals.revision_saving, sender=Revision)
        for published_or_not in (page_published, page_unpublished):
            published_or_not.connect(signals.page_changed, dispatch_uid=f"core-{id(published_or_not)}")
        for moved in (post_page_move, page_slug_changed):
            moved.connect(signals.tree_changed, dispatch_uid=f"core-{id(moved)}")
        pre_delete.connect(signals.page_deleting, sender=Page)
