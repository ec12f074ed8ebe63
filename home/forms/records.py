"""Messages that readers send with a form: their answers, and how far the newsroom is with them."""

import re
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Cast
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy
from wagtail.contrib.forms.models import AbstractFormSubmission
from wagtail.models import Site


class FormRecordQuerySet(models.QuerySet):
    def of_person(self, address: str) -> Self:
        """Messages with this address (in the form of `address_key`) in their email field, any answer or the note."""
        annotated = self.annotate(answers_text=Cast("form_data", models.TextField()))
        named = models.Q(answers_text__icontains=address) | models.Q(note__icontains=address)
        candidates = annotated.filter(named).values_list("pk", "form_data", "note")
        # Anna's address is part of Joanna's address, so a database match is only a candidate.
        whole_address = re.compile(rf"(?<![\w.+-]){re.escape(address)}(?![\w-])", re.IGNORECASE)
        mentioned = [
            key
            for key, answers, note in candidates
            if any(map(whole_address.search, [*map(str, answers.values()), note]))
        ]
        return self.filter(models.Q(same_address=address) | models.Q(pk__in=mentioned))

    def expired(self, now: datetime) -> Self:
        return self.filter(delete_at__lte=now)


class MessageStatus(models.TextChoices):
    NEW = "new", pgettext_lazy("form message", "New")
    IN_PROGRESS = "progress", pgettext_lazy("form message", "In progress")
    DONE = "done", pgettext_lazy("form message", "Done")


class FormRecord(AbstractFormSubmission):
    """A message. `labels` are the questions as the reader saw them, by the name of their field."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=12)
    same_address = models.CharField(max_length=254, blank=True, db_index=True)
    delete_at = models.DateTimeField(db_index=True)
    labels = models.JSONField(default=dict, null=True, editable=False)
    status = models.CharField(
        pgettext_lazy("form message", "Status"),
        max_length=10,
        choices=MessageStatus,
        default=MessageStatus.NEW,
        db_default=MessageStatus.NEW,
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("form message", "Assigned to"),
    )
    note = models.TextField(
        pgettext_lazy("form message", "Note"),
        max_length=2000,
        blank=True,
        default="",
        db_default="",
        help_text=_("For colleagues. The sender gets it when asking for their data."),
    )

    objects = FormRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")

    def __str__(self):
        # Wagtail's log stores this, so it has nothing that the reader wrote.
        return gettext("Message %(number)s") % {"number": self.pk}


def has_messages(page: int) -> bool:
    return FormRecord.objects.filter(page=page).exists()
