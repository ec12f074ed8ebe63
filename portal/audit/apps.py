from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """To remove the app, delete this folder, the AUDIT_ settings, and its lines in the settings and `manage.py`."""

    name = "portal.audit"
    label = "audit"
    verbose_name = _("Audit log")

    def ready(self) -> None:
        from django.contrib.auth import signals as sessions
        from django.db.models.signals import post_delete, post_save, pre_save
        from wagtail.models import ModelLogEntry, PageLogEntry

        from portal.audit import receivers, status, triggers
        from portal.content.extension_points import in_backups
        from portal.platform.status.conditions import details

        triggers.connect_triggers(self)
        sessions.user_logged_in.connect(receivers.signed_in)
        sessions.user_logged_out.connect(receivers.signed_out)
        sessions.user_login_failed.connect(receivers.sign_in_failed)
        post_save.connect(receivers.page_logged, sender=PageLogEntry)
        post_save.connect(receivers.record_logged, sender=ModelLogEntry)
        post_save.connect(receivers.account_changed, sender="editorial.AccountChange")
        for model in receivers.watched():
            pre_save.connect(receivers.settings_saving, sender=model)
            post_save.connect(receivers.settings_saved, sender=model)
            post_delete.connect(receivers.settings_deleted, sender=model)
        if apps.is_installed("allauth.mfa"):
            from allauth.account.signals import password_changed, password_reset
            from allauth.mfa import signals as factors

            for signal, change in (
                (factors.authenticator_added, "add"),
                (factors.authenticator_removed, "remove"),
                (factors.authenticator_reset, "reset"),
                (factors.authentication_failed, "fail"),
                (password_changed, "password"),
                (password_reset, "password"),
            ):
                signal.connect(receivers.factor_changed(change), weak=False)
        details["audit"] = status.audit_log
        in_backups["audit_head"] = status.head_in_backup
