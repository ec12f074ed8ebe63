"""The periodic tasks of readership: old sums are combined by month and later deleted, months are mailed."""

from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db.models import Model
from wagtail.models import Page, Site

from portal.media.models import Document
from portal.platform.tasks.periodic import periodic
from portal.readership.models import ClickDay, DownloadDay, PageDay, PlaceDay, SubjectDay
from portal.readership.month_mail import send_months
from portal.readership.thinning import thin_out

SUMMED: tuple[type[Model], ...] = (PageDay, PlaceDay, DownloadDay, SubjectDay, ClickDay)


@periodic(every=timedelta(days=1))
def delete_old_sums(now: datetime) -> None:
    """Delete whole months, so that a month can be compared with the same one two years before."""
    if settings.READERSHIP_MONTHS:
        first: date = now.date().replace(day=1) - relativedelta(months=settings.READERSHIP_MONTHS)
        for model in SUMMED:
            model._default_manager.filter(day__lt=first.toordinal()).delete()


@periodic(every=timedelta(days=1))
def delete_sums_of_what_is_gone(now: datetime) -> None:
    """Delete the sums that were written while their site, section or document was being deleted."""
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
    thin_out(now)


@periodic(every=timedelta(hours=6))
def send_reports_of_the_month(now: datetime) -> None:
    send_months(now)
