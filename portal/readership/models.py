"""Sums of views by page and day, with their hours, sources and devices; nothing about any reader."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Site

from portal.readership.counting.agents import PHONE, TABLET
from portal.readership.counting.referrals import INSIDE, NETWORK, NEWSLETTER, OTHER, SEARCH, SOCIAL

# Views of which nothing is said here came directly, and to a desktop.
SOURCES = (SEARCH, SOCIAL, NEWSLETTER, NETWORK, INSIDE, OTHER)
DEVICES = (PHONE, TABLET)
HOURS = tuple(f"hour_{hour:02}" for hour in range(24))
SUMS = ("views", *SOURCES, *DEVICES, *HOURS)


def summed() -> models.PositiveIntegerField:
    return models.PositiveIntegerField(default=0, db_default=0)


class DaySums(models.Model):
    """The views of one day at a site, whose time zone decides what a day and an hour are.

    The hours stand in one row: SQLite keeps an empty one in a byte, and a row for each would take four times the room.

    The database holds no sum to what it is of: views that are written while a site, section or document is deleted
    would make the deletion fail at its commit. What such views leave behind is shown nowhere, and deleted in a day.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    # `date.toordinal()`, since SQLite keeps a date as text.
    day = models.PositiveIntegerField(_("day"))
    views = summed()
    search = summed()
    social = summed()
    newsletter = summed()
    network = summed()
    # From another page of the same site.
    inside = summed()
    other = summed()
    phone = summed()
    tablet = summed()
    hour_00 = summed()
    hour_01 = summed()
    hour_02 = summed()
    hour_03 = summed()
    hour_04 = summed()
    hour_05 = summed()
    hour_06 = summed()
    hour_07 = summed()
    hour_08 = summed()
    hour_09 = summed()
    hour_10 = summed()
    hour_11 = summed()
    hour_12 = summed()
    hour_13 = summed()
    hour_14 = summed()
    hour_15 = summed()
    hour_16 = summed()
    hour_17 = summed()
    hour_18 = summed()
    hour_19 = summed()
    hour_20 = summed()
    hour_21 = summed()
    hour_22 = summed()
    hour_23 = summed()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{date.fromordinal(self.day)}: {self.views}"


class PageDay(DaySums):
    """The views of one page.

    The one index answers for a site and for a page of it. So nothing finds the rows of a deleted page, whose number no
    other page ever gets: they stay, unseen, until their time is over. After a while days with few views are added up to
    one row for their month, whose day is its first: `portal.readership.thinning`.
    """

    page = models.ForeignKey(Page, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "day", "page"], name="readership_page_once_a_day"),
        ]


class PlaceDay(DaySums):
    """The views of all pages in a place: a home page with everything below it, or a section."""

    place = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "place", "day"], name="readership_place_once_a_day"),
        ]
        indexes = [models.Index(fields=["place"], name="readership_of_place")]


class DownloadDay(models.Model):
    """How often readers of a site fetched a document on one day."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    day = models.PositiveIntegerField(_("day"))
    document = models.ForeignKey("media.Document", on_delete=models.CASCADE, related_name="+", db_constraint=False)
    views = summed()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "day", "document"], name="readership_document_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{date.fromordinal(self.day)}: {self.views}"


class SubjectKind(models.TextChoices):
    """The addresses that are no pages of the tree, and are counted beside them."""

    TOPIC = "topic", _("Topic")
    AUTHOR = "author", _("Author")
    SEARCH = "search", _("Search")


class SubjectDay(models.Model):
    """The views of the page of a topic or of an author, or of the search, which has the key 0, on one day."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    day = models.PositiveIntegerField(_("day"))
    kind = models.CharField(max_length=8, choices=SubjectKind)
    key = models.PositiveBigIntegerField()
    views = summed()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "day", "kind", "key"], name="readership_subject_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{date.fromordinal(self.day)}: {self.views}"


class ClickDay(models.Model):
    """How often readers of a page followed its links to a host on one day; an empty host is the form to register."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    day = models.PositiveIntegerField(_("day"))
    page = models.ForeignKey(Page, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False)
    host = models.CharField(max_length=253, blank=True)
    views = summed()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "day", "page", "host"], name="readership_host_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{date.fromordinal(self.day)}: {self.views}"


class ReadershipChoices(models.Model):
    """What a site has chosen; a site without a row counts its readers, and sends no mail about them."""

    site = models.OneToOneField(Site, on_delete=models.CASCADE, related_name="+")
    is_counting = models.BooleanField(_("count views"), default=True, db_default=True)
    sends_month = models.BooleanField(_("send a report each month"), default=False, db_default=False)
    # The first day of the last month that was reported.
    sent_month = models.DateField(null=True, editable=False)

    def __str__(self) -> str:
        return str(self.site)
