"""Tells the administrators of a site that its forms get very many posts."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.translation import gettext, override
from wagtail.models import Site

from portal.content.mail import compose, enqueue
from portal.editorial.models import Role
from portal.editorial.people import language_of


def tell_administrators(sender: Any, site: Site, **kwargs: Any) -> None:
    """Mail the site's administrators, and the network's where it has none."""
    people = get_user_model().objects.filter(is_active=True).exclude(email="")
    own = people.filter(groups__newsroom_role__site=site, groups__newsroom_role__role=Role.SITE_ADMINISTRATOR)
    mailboxes = {user.email.casefold(): user for user in own or people.filter(is_superuser=True)}
    link = settings.ADMIN_BASE_URL.rstrip("/") + reverse("wagtailadmin_home")
    mails = []
    for user in mailboxes.values():
        language = language_of(user, site)
        with override(language):
            context = {"link": link, "link_label": gettext("To the newsroom"), "most": settings.FORMS_AN_HOUR}
            mails.append(compose("busy_forms", context, to=user.email, language=language, site=site))
    enqueue(mails)
