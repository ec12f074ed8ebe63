"""The path from a draft to a published page: roles, workflow and approval."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class EditorialConfig(AppConfig):
    name = "portal.editorial"
    label = "editorial"

    def ready(self):
        from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
        from allauth.mfa.webauthn.internal import auth as webauthn
        from django.contrib.auth import get_user_model
        from django.db.models.signals import m2m_changed, post_delete, post_init, post_save, pre_delete, pre_save
        from wagtail.admin.viewsets.chooser import ChooserViewSet
        from wagtail.models import (
            GroupApprovalTask,
            ModelLogEntry,
            Page,
            PageLogEntry,
            PageViewRestriction,
            Revision,
            Task,
        )
        from wagtail.signals import init_new_page, page_published, post_page_move, pre_page_move
        from wagtail.workflows import get_task_types

        from portal.content.extension_points import lasting_log_actions
        from portal.content.files.access import access_grants
        from portal.content.publication import set_rules
        from portal.content.readers.form_guard import site_is_busy
        from portal.content.records.settings import SiteSettings
        from portal.content.records.trash import DeletedRecord
        from portal.editorial import roles
        from portal.editorial.accounts import (
            grants,
            history,
            personal_data as former_accounts,  # noqa: F401
            proposals,
        )
        from portal.editorial.approval import authorship, checklist, completeness, review_revisions
        from portal.editorial.approval.gate import DECISIVE, NewsroomRules, before_publishing, require_second_person
        from portal.editorial.approval.task_names import task_read
        from portal.editorial.editing.byline import sign_new_page
        from portal.editorial.editing.facts import register_facts

        # Imported to register their personal data.
        from portal.editorial.guests import personal_data  # noqa: F401
        from portal.editorial.guests.files import has_guest_token
        from portal.editorial.mails.busy_forms import notify_administrators
        from portal.editorial.mails.signal_connections import replace_wagtail_notifiers
        from portal.editorial.models import FourEyesTask
        from portal.editorial.pictures import licences
        from portal.editorial.public_records import notifications
        from portal.editorial.records.sign_in import SignInRule
        from portal.editorial.releases import calendar, deciding  # noqa: F401 - its source
        from portal.editorial.sharing import shares
        from portal.editorial.sign_in import personal_data as asked_passwords, rules as sign_in_rules  # noqa: F401
        from portal.editorial.sign_in.factors.passkeys import get_server
        from portal.editorial.sign_in.providers import configured  # noqa: F401 - its system check
        from portal.editorial.sign_in.sessions.ending import factors_changed
        from portal.editorial.site_checklist import hooks as site_checklist_hooks, recordings  # noqa: F401 - registers its hooks
        from portal.editorial.site_checklist.rules import LINES, rules_of
        from portal.editorial.system.lateness import PUBLICATIONS
        from portal.editorial.translations import tracking
        from portal.editorial.translations.passages import checks
        from portal.overrides.editor.chosen_pictures import name_credits
        from portal.overrides.editor.comparison import register_comparisons
        from portal.overrides.editor.headings import set_headings
        from portal.overrides.editor.starting import start_widgets_by_data
        from portal.overrides.editor.times import word_times
        from portal.overrides.files import delete_file_of_record, leave_files_in_trash
        from portal.overrides.requests.menus import build_menus_once
        from portal.overrides.separation.filters import narrow_filters
        from portal.platform.status.conditions import failure_kinds

        set_rules(NewsroomRules())
        lasting_log_actions.update(DECISIVE)
        webauthn.get_server = get_server
        completeness.register_checklist_rules()
        before_publishing.insert(before_publishing.index(require_second_person), deciding.require_no_approved_release)
        checklist.requirements.append(licences.licences_over)
        checklist.recommendations.append(licences.licences_ending_soon)
        checklist.lines += LINES
        checklist.rules_for.append(rules_of)
        checklist.requirements.append(checks.passages_to_translate)
        checklist.requirements.append(recordings.missing_texts)
        checklist.recommendations.append(checks.passages_to_look_at)
        failure_kinds.append(PUBLICATIONS)
        replace_wagtail_notifiers()
        register_comparisons()
        register_facts()
        start_widgets_by_data()
        name_credits()
        narrow_filters()
        build_menus_once()
        set_headings()
        word_times()
        leave_files_in_trash()
        post_delete.connect(delete_file_of_record, sender=DeletedRecord)
        site_is_busy.connect(notify_administrators)
        access_grants.append(has_guest_token)
        post_save.connect(checks.revision_saved, sender=Revision)
        post_save.connect(authorship.alias_saved)
        init_new_page.connect(sign_new_page)
        page_published.connect(authorship.alias_published)
        page_published.connect(tracking.page_published)
        pre_delete.connect(shares.source_deleted, sender=Page)
        pre_delete.connect(shares.alias_deleted, sender=Page)
        post_save.connect(shares.privacy_changed, sender=PageViewRestriction)
        post_page_move.connect(roles.page_moved)
        post_page_move.connect(shares.page_moved)
        pre_page_move.connect(review_revisions.page_is_moved)
        pre_save.connect(history.account_saved, sender=get_user_model())
        post_save.connect(history.account_created, sender=get_user_model())
        pre_delete.connect(history.account_deleted, sender=get_user_model())
        for receiver in (history.roles_changed, proposals.roles_changing):
            m2m_changed.connect(receiver, sender=get_user_model().groups.through)
        for task in (FourEyesTask, GroupApprovalTask):
            m2m_changed.connect(proposals.approvers_changing, sender=task.groups.through)
            m2m_changed.connect(grants.approvers_changed, sender=task.groups.through)
        pre_save.connect(grants.rule_saving, sender=SiteSettings)
        pre_save.connect(grants.demand_saving, sender=SignInRule)
        post_save.connect(grants.provider_logged, sender=ModelLogEntry)
        post_save.connect(notifications.change_logged, sender=ModelLogEntry)
        post_save.connect(notifications.privacy_logged, sender=PageLogEntry)
        for signal in (authenticator_added, authenticator_removed, authenticator_reset):
            signal.connect(factors_changed)
        post_save.connect(sign_in_rules.forget_rules, sender=SignInRule)
        post_delete.connect(sign_in_rules.forget_rules, sender=SignInRule)
        pre_save.connect(authorship.renaming_logged, sender=PageLogEntry)
        # Wagtail translates it only once, at startup.
        ChooserViewSet.search_tab_label = gettext_lazy("Search")
        for model in (Task, *get_task_types()):
            post_init.connect(task_read, sender=model)
