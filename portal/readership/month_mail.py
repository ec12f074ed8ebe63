"""Sends the report of the last month to the administrators of the sites that have chosen it, once."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from wagtail.models import Site

from portal.content.mail import Message, compose, enqueue
from portal.editorial.models import Role
from portal.editorial.people import language_of
from portal.readership.models import ReadershipChoices
from portal.readership.newsroom.figures import today_at
from portal.readership.newsroom.reports import month_facts


def send_months(now: datetime) -> None:
    for choices in ReadershipChoices.objects.filter(sends_month=True).select_related("site__root_page__locale"):
        month = (today_at(choices.site, now).replace(day=1) - timedelta(days=1)).replace(day=1)
        with transaction.atomic():
            unsent = ReadershipChoices.objects.filter(Q(sent_month=None) | Q(sent_month__lt=month), pk=choices.pk)
            # Several schedulers may run this: the first one sends it.
            if unsent.update(sent_month=month):
                enqueue(_mails(choices.site, month))


def _mails(site: Site, month: date) -> list[Message]:
    url = f"{settings.WAGTAILADMIN_BASE_URL}{reverse('readership_month', args=[site.pk])}?month={month:%Y-%m}"
    context = month_facts(site, month) | {"url": url}
    administrators = get_user_model().objects.filter(
        is_active=True, groups__newsroom_role__site=site, groups__newsroom_role__role=Role.SITE_ADMINISTRATOR
    )
    return [
        compose("readership_month", context, to=person.email, language=language_of(person, site), site=site)
        for person in administrators.exclude(email="").distinct().order_by("pk")
    ]
