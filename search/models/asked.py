"""What readers have asked for, without anything that tells who asked."""

import re
from datetime import date

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from wagtail.models import Site

LONGEST_QUESTION = 80
# An address of a person, or a number that may be a telephone's or an account's.
_PERSONAL = re.compile(r"@|(?:\d[\s./-]?){7,}")


class QuestionManager(models.Manager["Question"]):
    def note(self, site: Site, language: str, text: str, found: int, day: date) -> None:
        """Count a question once more; one that may name a person, or is longer than a question, is not kept."""
        text = " ".join(text.casefold().split())
        if not text or len(text) > LONGEST_QUESTION or _PERSONAL.search(text):
            return
        same = {"site": site, "language": language, "text": text, "day": day}
        if not self.filter(**same).update(times=F("times") + 1, found=found):
            self.bulk_create(
                [Question(**same, found=found)],
                update_conflicts=True,
                unique_fields=list(same),
                update_fields=["found"],
            )


class Question(models.Model):
    """How often something was asked of a site in a language on one day, and how much was found the last time."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", verbose_name=_("site"))
    language = models.CharField(_("language"), max_length=12)
    text = models.CharField(_("words"), max_length=LONGEST_QUESTION)
    day = models.DateField(_("day"))
    times = models.PositiveIntegerField(_("times"), default=1)
    found = models.PositiveIntegerField(_("results"))

    objects = QuestionManager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.UniqueConstraint(fields=["site", "language", "text", "day"], name="search_question_once_a_day")
        ]
        indexes = [models.Index(fields=["site", "day"], name="search_question_by_day")]

    def __str__(self):
        return self.text
