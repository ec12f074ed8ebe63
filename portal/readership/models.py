"""Daily view totals per page, with hours, sources and devices. No data about readers."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Site

from portal.readership.counting.headers import INSIDE, NETWORK, NEWSLETTER, OTHER, PHONE, SEARCH, SOCIAL, TABLET

# The remaining views are direct and on desktops.
SOURCES = (SEARCH, SOCIAL, NEWSLETTER, NETWORK, INSIDE, OTHER)
DEVICES = (PHONE, TABLET)
HOURS = tuple(f"hour_{hour:02}" for hour in range(24))
SUMS = ("views", *SOURCES, *DEVICES, *HOURS)


def sum_field() -> models.PositiveIntegerField:
    return models.PositiveIntegerField(default=0, db_default=0)


class Day(models.Model):
    """Counts of one day on a site, whose time zone defines days and hours.

    The database does not enforce the foreign keys. Otherwise the deletion of a site, section or document would fail if
    views were written at the same time. Such rows are not shown, and are deleted within a day.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    # `date.toordinal()`, because SQLite stores dates as text.
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

    The only index starts with the site, so a deleted page's rows cannot be found by its key. They are not shown, and
    stay until the end of their retention period. Old days with few views are combined (`portal.readership.periodic`).
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
    """Kinds of public URLs that are not pages in the tree."""

    TOPIC = "topic", _("Topic")
    AUTHOR = "author", _("Author")
    SEARCH = "search", _("Search")


class SubjectDay(Day):
    """Views of a topic's or author's page, or of the search, whose key is 0."""

    kind = models.CharField(max_length=8, choices=SubjectKind)
    key = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "day", "kind", "key"], name="readership_subject_once_a_day"),
        ]


class ClickDay(Day):
    """Clicks on a page's links to a host. An empty host stands for the registration form."""

    page = models.ForeignKey(Page, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False)
    host = models.CharField(max_length=253, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "day", "page", "host"], name="readership_host_once_a_day"),
        ]


class MissingDay(Day):
    """The number of times readers found no page at a path of the site. Query strings are not stored."""

    path = models.CharField(max_length=255)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "day", "path"], name="readership_missing_once_a_day"),
        ]


class ReadershipChoices(models.Model):
    """A site's choices. A site without a row counts its readers and sends no email about them."""

    site = models.OneToOneField(Site, on_delete=models.CASCADE, related_name="+")
    is_counting = models.BooleanField(_("count views"), default=True, db_default=True)
    sends_month = models.BooleanField(_("send a report each month"), default=False, db_default=False)
    # The first day of the last month reported.
    sent_month = models.DateField(null=True, editable=False)

    def __str__(self) -> str:
        return str(self.site)
