"""Messages that readers send with a form: their answers, and how far the newsroom is with them."""

import re
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any, Self

from django.core.files.base import File
from django.db import models, transaction
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy
from wagtail.contrib.forms.models import AbstractFormSubmission
from wagtail.models import Site

from portal.editorial.assignments.records import AssignedRecord
from portal.media.file_types import extension_of

# In the storage. No public URL leads to it.
FOLDER = "form-files"
LONGEST_FILE_NAME = 255
# A reader may take a break in the middle of a form.
LIFETIME_OF_UNSENT_FILES = timedelta(days=1)


def place_of_file(file: Any, name: str) -> str:
    return f"{FOLDER}/{token_hex(16)}.{extension_of(name)[:10] or 'bin'}"


class SentFileQuerySet(models.QuerySet):
    def expired(self, now: datetime) -> Self:
        """Files whose form was never completed. The others are deleted with their message."""
        return self.filter(record=None, created_at__lte=now - LIFETIME_OF_UNSENT_FILES)

    def usable(self, now: datetime) -> Self:
        """Files that a form may still carry, including those of a message: its sender may go back and send another."""
        return self.filter(models.Q(record=None) | models.Q(created_at__gt=now - LIFETIME_OF_UNSENT_FILES))

    def unfinished_bytes(self, site: Site) -> int:
        return self.filter(site=site, record=None).aggregate(total=models.Sum("size"))["total"] or 0


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


class FormRecord(AssignedRecord, AbstractFormSubmission):
    """A message. `labels` are the questions as the reader saw them, by the name of their field."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=12)
    same_address = models.CharField(max_length=254, blank=True, db_index=True)
    delete_at = models.DateTimeField(db_index=True)
    labels = models.JSONField(default=dict, null=True, editable=False)
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


class SentFile(models.Model):
    """A file that a reader sent. It has no message until the form is complete, so that an error loses no file.

    Only `home.forms.newsroom` sends it to anybody. Its name in the storage says nothing about it.
    """

    record = models.ForeignKey(FormRecord, on_delete=models.CASCADE, null=True, related_name="files")
    page = models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    field = models.CharField(max_length=255)
    name = models.CharField(max_length=LONGEST_FILE_NAME)
    size = models.PositiveIntegerField()
    file = models.FileField(upload_to=place_of_file, max_length=120)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = SentFileQuerySet.as_manager()

    def __str__(self):
        return str(self.pk)

    def attach(self, record: FormRecord) -> None:
        """Add the file to a message; a copy of it, if it is in another message already."""
        if SentFile.objects.filter(pk=self.pk, record=None).update(record=record):
            return
        facts = {"page": self.page, "site": self.site, "field": self.field, "name": self.name, "size": self.size}
        with self.file.open() as content:
            SentFile.objects.create(record=record, file=File(content, name=self.name), **facts)


def delete_stored_file(sender: type[SentFile], instance: SentFile, **kwargs: Any) -> None:
    """`post_delete` receiver: also for files deleted with their message, page or site."""
    storage, name = instance.file.storage, str(instance.file.name)
    transaction.on_commit(lambda: storage.delete(name), robust=True)


def has_messages(page: int) -> bool:
    return FormRecord.objects.filter(page=page).exists()
