from importlib.util import find_spec

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsletterConfig(AppConfig):
    name = "portal.newsletter"
    label = "newsletter"
    verbose_name = _("Newsletter")

    def ready(self):
        from wagtail.signals import page_published, page_unpublished

        from portal.newsletter.issuing import issue_published, issue_unpublished
        from portal.newsletter.models import IssuePage
        from portal.newsletter.sending import providers

        page_published.connect(issue_published, sender=IssuePage)
        page_unpublished.connect(issue_unpublished, sender=IssuePage)
        if find_spec("anymail"):
            from anymail.signals import tracking

            tracking.connect(providers.record_event)
