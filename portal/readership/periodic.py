"""Periodic tasks of readership: combine old totals by month, delete them, and mail reports."""

from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Model, Q
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, Site

from portal.content.mail import Message, compose, enqueue
from portal.editorial.models import Role
from portal.editorial.people import language_of
from portal.media.models import Document
from portal.platform.tasks.periodic import periodic
from portal.readership.models import (
    SUMS,
    ClickDay,
    DownloadDay,
    MissingDay,
    PageDay,
    PlaceDay,
    ReadershipChoices,
    SubjectDay,
)
from portal.readership.newsroom.figures import today_at
from portal.readership.newsroom.missing import MISSING_DAYS
from portal.readership.newsroom.words import month_facts
from portal.readership.writing import additions

# The number of whole months before this one whose days are not combined.
MONTHS = 3
# Days with at least this many views are never combined.
ENOUGH = 10
SUMMED: tuple[type[Model], ...] = (PageDay, PlaceDay, DownloadDay, SubjectDay, ClickDay, MissingDay)


@periodic(every=timedelta(days=1))
def delete_old_sums(now: datetime) -> None:
    """Delete whole months, so that a month can be compared with the same one two years before."""
    if settings.READERSHIP_MONTHS:
        first: date = timezone.localdate(now).replace(day=1) - relativedelta(months=settings.READERSHIP_MONTHS)
        for model in SUMMED:
            model._default_manager.filter(day__lt=first.toordinal()).delete()


@periodic(every=timedelta(days=1))
def delete_old_missing_addresses(now: datetime) -> None:
    MissingDay.objects.filter(day__lt=timezone.localdate(now).toordinal() - MISSING_DAYS).delete()


@periodic(every=timedelta(days=1))
def delete_sums_of_what_is_gone(now: datetime) -> None:
    """Delete totals written while their site, section or document was being deleted."""
    for model in SUMMED:
        _delete_without(model, "site", Site)
    _delete_without(PlaceDay, "place", Page)
    _delete_without(DownloadDay, "document", Document)


def _delete_without(model: type[Model], name: str, owner: type[Model]) -> None:
    rows = model._default_manager.all()
    used = set(rows.order_by().values_list(f"{name}_id", flat=True).distinct())
    if gone := used - set(owner._default_manager.order_by().values_list("pk", flat=True)):
        rows.filter(**{f"{name}_id__in": gone}).delete()


@periodic(every=timedelta(days=1))
def add_up_old_sums(now: datetime) -> None:
    """Combine a page's old days with few views into one row per month.

    Most rows are of pages opened once or twice a day. The sums of sections and sites are not changed.
    """
    # The last two months due. Older ones were combined before, unless the scheduler did not run for a month.
    for months in (MONTHS + 1, MONTHS + 2):
        _combine(timezone.localdate(now).replace(day=1) - relativedelta(months=months))


@transaction.atomic
def _combine(first: date) -> None:
    table = connection.ops.quote_name(PageDay._meta.db_table)
    begin, end = first.toordinal(), (first + relativedelta(months=1)).toordinal()
    sums = ", ".join(f"SUM({name})" for name in SUMS)
    with connection.cursor() as cursor:
        # A month's row has the date of its first day.
        cursor.execute(
            f"INSERT INTO {table} (site_id, page_id, day, {', '.join(SUMS)})"  # noqa: S608
            f" SELECT site_id, page_id, %s, {sums} FROM {table} WHERE day > %s AND day < %s AND views < %s"
            f" GROUP BY site_id, page_id ON CONFLICT (site_id, day, page_id) DO UPDATE SET {additions(table, SUMS)}",
            [begin, begin, end, ENOUGH],
        )
        cursor.execute(
            f"DELETE FROM {table} WHERE day > %s AND day < %s AND views < %s",  # noqa: S608
            [begin, end, ENOUGH],
        )


@periodic(every=timedelta(hours=6))
def send_reports_of_the_month(now: datetime) -> None:
    """Email last month's report, once, to the administrators of sites that opted in."""
    for choices in ReadershipChoices.objects.filter(sends_month=True).select_related("site__root_page__locale"):
        month = (today_at(choices.site, now).replace(day=1) - timedelta(days=1)).replace(day=1)
        with transaction.atomic():
            unsent = ReadershipChoices.objects.filter(Q(sent_month=None) | Q(sent_month__lt=month), pk=choices.pk)
            # Several schedulers may run this; the first one sends it.
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
