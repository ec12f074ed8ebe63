"""Totals of views by page and day, with their hours, sources and devices; no data about readers."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Site

from portal.readership.counting.headers import INSIDE, NETWORK, NEWSLETTER, OTHER, PHONE, SEARCH, SOCIAL, TABLET

# The remaining views are direct, and on desktops.
SOURCES = (SEARCH, SOCIAL, NEWSLETTER, NETWORK, INSIDE, OTHER)
DEVICES = (PHONE, TABLET)
HOURS = tuple(f"hour_{hour:02}" for hour in range(24))
SUMS = ("views", *SOURCES, *DEVICES, *HOURS)


def sum_field() -> models.PositiveIntegerField:
    return models.PositiveIntegerField(default=0, db_default=0)


class Day(models.Model):
    """Counts of one day at a site, whose time zone decides what a day and an hour are.

    The database does not enforce the foreign keys: views that are written while a site, section or document is deleted
    would make its deletion fail. Such rows are not shown, and are deleted within a day.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    # `date.toordinal()`, since SQLite stores a date as text.
    day = models.PositiveIntegerField(_("day"))
    views = sum_field()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{date.fromordinal(self.day)}: {self.views}"


class DaySums(Day):
    """Views with their sources, devices and hours.

    The hours are columns: SQLite stores an empty one in a byte, and a row for each would take four times the space.
    """

    class Meta:
        abstract = True


# `inside` counts readers who come from another page of the same site.
for name in SUMS[1:]:
    sum_field().contribute_to_class(DaySums, name)


class PageDay(DaySums):
    """The views of one page.

    The only index begins with the site, so that the rows of a deleted page are not found by its key: they are not
    shown, and stay until their retention ends. Old days with few views are combined (`portal.readership.periodic`).
    """

    page = models.ForeignKey(Page, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "day", "page"], name="readership_page_once_a_day")]


class PlaceDay(DaySums):
    """The views of all pages in a place: a home page with everything below it, or a section."""

    place = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "place", "day"], name="readership_place_once_a_day")]
        indexes = [models.Index(fields=["place"], name="readership_of_place")]


class DownloadDay(Day):
    document = models.ForeignKey("media.Document", on_delete=models.CASCADE, related_name="+", db_constraint=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "day", "document"], name="readership_document_once_a_day"),
        ]


class SubjectKind(models.TextChoices):
    """Kinds of public URLs that are not pages of the tree."""

    TOPIC = "topic", _("Topic")
    AUTHOR = "author", _("Author")
    SEARCH = "search", _("Search")


class SubjectDay(Day):
    """The views of the page of a topic or an author, or of the search, which has the key 0."""

    kind = models.CharField(max_length=8, choices=SubjectKind)
    key = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "day", "kind", "key"], name="readership_subject_once_a_day"),
        ]


class ClickDay(Day):
    """Clicks on the links of a page to a host; an empty host is the registration form."""

    page = models.ForeignKey(Page, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False)
    host = models.CharField(max_length=253, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "day", "page", "host"], name="readership_host_once_a_day"),
        ]


class ReadershipChoices(models.Model):
    """The choices of a site; a site without a row counts its readers and sends no mail about them."""

    site = models.OneToOneField(Site, on_delete=models.CASCADE, related_name="+")
    is_counting = models.BooleanField(_("count views"), default=True, db_default=True)
    sends_month = models.BooleanField(_("send a report each month"), default=False, db_default=False)
    # The first day of the last reported month.
    sent_month = models.DateField(null=True, editable=False)

    def __str__(self) -> str:
        return str(self.site)
