from importlib.util import find_spec

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsletterConfig(AppConfig):
    name = "portal.newsletter"
    label = "newsletter"
    verbose_name = _("Newsletter")

    def ready(self):
        from wagtail.signals import page_published, page_unpublished

        from portal.content import extension_points
        from portal.editorial.approval import confirmation, gate
        from portal.editorial.dashboard.calendar import calendar_sources, other_categories
        from portal.editorial.public_records.registry import NOT_PUBLIC
        from portal.newsletter.issuing import issue_published, issue_unpublished, pause_hidden_issues
        from portal.newsletter.models import IssuePage
        from portal.newsletter.newsroom import calendar
        from portal.newsletter.newsroom.confirming import confirmation_of_issue, require_confirmation
        from portal.newsletter.sending import actions, providers
        from portal.newsletter.subscribers.subscription import with_own_hash
        from portal.platform.status.conditions import failure_kinds
        from portal.platform.tasks import pause

        page_published.connect(issue_published, sender=IssuePage)
        page_unpublished.connect(issue_unpublished, sender=IssuePage)
        extension_points.after_visibility_below.append(pause_hidden_issues)
        calendar_sources.extend([calendar.sendings, calendar.weekly_digests])
        other_categories[calendar.CATEGORY] = calendar.DESCRIPTION
        confirmation.confirmations.append(confirmation_of_issue)
        gate.before_publishing.append(require_confirmation)
        NOT_PUBLIC["newsletter"] = "mails and those who get them; what is in a mail is a page, or made of public pages"
        failure_kinds.append(actions.NEWSLETTERS)
        pause.withheld.append(actions.pause_all)
        extension_points.imported_rows["newsletter.Subscriber"] = with_own_hash
        extension_points.imported_rows["newsletter.Sending"] = actions.as_paused
        extension_points.imported_rows["wagtailcore.Revision"] = actions.as_unscheduled
        if find_spec("anymail"):
            from anymail.signals import tracking

            tracking.connect(providers.record_event)
