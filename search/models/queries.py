"""The log of readers' queries, without personal data."""

import re
from datetime import date

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from wagtail.models import Site

MAX_LOGGED_LENGTH = 80
# E-mail addresses, and numbers that may be those of telephones or accounts.
_PERSONAL = re.compile(r"@|(?:\d[\s./-]?){7,}")


class LoggedQueryManager(models.Manager["LoggedQuery"]):
    def log(self, site: Site, language: str, text: str, result_count: int, day: date) -> None:
        """Count a query, unless it may identify a person or has more than MAX_LOGGED_LENGTH characters."""
        text = " ".join(text.casefold().split())
        if not text or len(text) > MAX_LOGGED_LENGTH or _PERSONAL.search(text):
            return
        same = {"site": site, "language": language, "text": text, "day": day}
        if not self.filter(**same).update(times=F("times") + 1, result_count=result_count):
            self.bulk_create(
                [LoggedQuery(**same, result_count=result_count)],
                update_conflicts=True,
                unique_fields=list(same),
                update_fields=["result_count"],
            )


class LoggedQuery(models.Model):
    """How often a query was made on one day, at a site in a language, and the number of results of the last time."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", verbose_name=_("site"))
    language = models.CharField(_("language"), max_length=12)
    text = models.CharField(_("words"), max_length=MAX_LOGGED_LENGTH)
    day = models.DateField(_("day"))
    times = models.PositiveIntegerField(_("times"), default=1)
    result_count = models.PositiveIntegerField(_("results"))
    # How many of the searches led to a result.
    opened = models.PositiveIntegerField(_("led to a page"), default=0)

    objects = LoggedQueryManager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.UniqueConstraint(fields=["site", "language", "text", "day"], name="search_query_once_a_day")
        ]
        indexes = [models.Index(fields=["site", "day"], name="search_query_by_day")]

    def __str__(self) -> str:
        return self.text


class OpenedPlace(models.Model):
    """How often readers opened the result at one place of a query's results; the first is 1, a promoted page is 0."""

    query = models.ForeignKey(LoggedQuery, on_delete=models.CASCADE, related_name="places")
    place = models.PositiveSmallIntegerField()
    times = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["query", "place"], name="search_place_once_a_query")]

    def __str__(self) -> str:
        return f"{self.place}: {self.times}"
