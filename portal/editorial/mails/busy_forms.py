"""Warns a site's administrators by email of a flood of form posts."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.translation import gettext, override
from wagtail.models import Site

from portal.content.mail import compose, enqueue
from portal.editorial.mails.page_mails import admin_url
from portal.editorial.models import Role
from portal.editorial.people import holders_of, language_of, one_per_mailbox


def notify_administrators(sender: Any, site: Site, **kwargs: Any) -> None:
    """Email the site's administrators, or else the network's."""
    people = one_per_mailbox(holders_of(site, Role.SITE_ADMINISTRATOR))
    network = get_user_model().objects.filter(is_active=True, is_superuser=True)
    link = admin_url(reverse("wagtailadmin_home"))
    mails = []
    for user in people or one_per_mailbox(network):
        language = language_of(user, site)
        with override(language):
            context = {"link": link, "link_label": gettext("To the newsroom"), "most": settings.FORMS_AN_HOUR}
            mails.append(compose("busy_forms", context, to=user.email, language=language, site=site))
    enqueue(mails)
