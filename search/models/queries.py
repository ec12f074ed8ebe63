"""The log of readers' queries, without personal data."""

import re
from datetime import date

from django.db import connection, models
from django.db.models import F
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from wagtail.models import Site

MAX_LOGGED_LENGTH = 80
# Email addresses, and numbers that may be telephone or account numbers.
_PERSONAL = re.compile(r"@|(?:\d[\s./-]?){7,}")


def _counting_key(text: str) -> str:
    """The form in which equal queries are counted together."""
    return " ".join(text.casefold().split())


class LoggedQueryManager(models.Manager["LoggedQuery"]):
    def count_opened(self, site: Site, language: str, text: str, place: int, day: date, *, is_first: bool) -> None:
        """Count an opened result of a logged query by its place. `is_first` means that it is the first one opened."""
        query = self.filter(site=site, language=language, text=_counting_key(text), day=day).first()
        if query is None:
            return
        OpenedPlace.objects.get_or_create(query=query, place=place)
        OpenedPlace.objects.filter(query=query, place=place).update(times=F("times") + 1)
        if is_first:
            self.filter(pk=query.pk, opened__lt=F("times")).update(opened=F("opened") + 1)

    def log(self, site: Site, language: str, text: str, result_count: int, day: date) -> None:
        """Count a query, unless it may identify a person or has more than MAX_LOGGED_LENGTH characters."""
        text = _counting_key(text)
        if not text or len(text) > MAX_LOGGED_LENGTH or _PERSONAL.search(text):
            return
        table = connection.ops.quote_name(self.model._meta.db_table)
        with connection.cursor() as cursor:
            # This is one statement, which the ORM lacks, because another reader may send the same query at the same
            # time.
            cursor.execute(
                f"INSERT INTO {table} (site_id, language, text, day, times, result_count, opened)"  # noqa: S608
                " VALUES (%s, %s, %s, %s, 1, %s, 0) ON CONFLICT (site_id, language, text, day)"
                f" DO UPDATE SET times = {table}.times + 1, result_count = excluded.result_count",
                [site.pk, language, text, day, result_count],
            )


class LoggedQuery(models.Model):
    """The number of times a query was made on one day, on a site in one language, and its last number of results."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", verbose_name=_("site"))
    language = models.CharField(_("language"), max_length=12)
    text = models.CharField(pgettext_lazy("what readers searched", "words"), max_length=MAX_LOGGED_LENGTH)
    day = models.DateField(_("day"))
    times = models.PositiveIntegerField(_("times"), default=1)
    result_count = models.PositiveIntegerField(_("results"))
    # The number of searches after which a result was opened.
    opened = models.PositiveIntegerField(_("led to a page"), default=0, db_default=0)

    objects = LoggedQueryManager()

    class Meta:
        verbose_name = pgettext_lazy("what readers searched", "question")
        verbose_name_plural = pgettext_lazy("what readers searched", "questions")
        constraints = [
            models.UniqueConstraint(fields=["site", "language", "text", "day"], name="search_query_once_a_day")
        ]
        indexes = [models.Index(fields=["site", "day"], name="search_query_by_day")]

    def __str__(self) -> str:
        return self.text


class OpenedPlace(models.Model):
    """The number of times readers opened the result at one place. The first place is 1; a promoted page has 0."""

    query = models.ForeignKey(LoggedQuery, on_delete=models.CASCADE, related_name="places")
    place = models.PositiveSmallIntegerField()
    times = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["query", "place"], name="search_place_once_a_query")]

    def __str__(self) -> str:
        return f"{self.place}: {self.times}"
