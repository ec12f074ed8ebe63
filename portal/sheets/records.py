"""Readers' requests for documents by email, and the text that they agreed to."""

from datetime import datetime, timedelta
from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Site
from wagtail.permissions import register_permission_policy

from portal.content.records.consent import ConsentVersion
from portal.editorial.assignments.records import AssignedRecord
from portal.editorial.reader_data import ReaderDataPolicy

LINK_LIFETIME = timedelta(days=7)
# Readers open a link on several devices, and mail scanners open it before them.
MAX_OPENINGS = 25


class ConsentText(ConsentVersion):
    """A version of a text that readers agree to when they request a sheet."""


class SheetRequestQuerySet(models.QuerySet):
    def of_person(self, address: str) -> Self:
        """The requests of a person. `address` is a value of `portal.platform.addresses.address_key`."""
        return self.filter(same_address=address)

    def expired(self, now: datetime) -> Self:
        return self.filter(delete_at__lte=now)


class SheetRequest(AssignedRecord):
    """One reader's request for one document. Its answers are `[[question, answer], …]`."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", verbose_name=_("site"))
    page = models.ForeignKey(Page, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("page"))
    block = models.UUIDField(null=True)
    title = models.CharField(_("sheet"), max_length=160)
    document = models.ForeignKey(
        "media.Document", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("document")
    )
    language = models.CharField(_("language"), max_length=12)
    address = models.EmailField(_("e-mail address"))
    same_address = models.CharField(max_length=254, db_index=True)
    answers = models.JSONField(_("answers"), default=list)
    # The answers as text, for the search: not every database can search JSON.
    answers_text = models.TextField(_("answers"), blank=True, editable=False)
    asked_at = models.DateTimeField(_("asked on"), default=timezone.now, db_index=True)
    purpose = models.ForeignKey(ConsentText, on_delete=models.RESTRICT, related_name="+", verbose_name=_("agreed to"))
    marketing = models.ForeignKey(
        ConsentText, on_delete=models.RESTRICT, null=True, related_name="+", verbose_name=_("further consent")
    )
    marketing_agreed_at = models.DateTimeField(_("further consent given on"), null=True)
    link_expires_at = models.DateTimeField(_("link expires on"))
    opened_at = models.DateTimeField(_("first opened on"), null=True)
    openings = models.PositiveIntegerField(_("openings"), default=0)
    delete_at = models.DateTimeField(_("deleted on"), db_index=True)

    objects = SheetRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-id"]
        verbose_name = _("request for a sheet")
        verbose_name_plural = _("requests for sheets")

    def __str__(self):
        return self.address

    def save(self, *args, **kwargs):
        self.answers_text = "; ".join(f"{question}: {answer}" for question, answer in self.answers if answer)
        return super().save(*args, **kwargs)

    @property
    def log_title(self) -> str:
        return self.title

    def is_link_valid(self, now: datetime) -> bool:
        return self.document_id is not None and now < self.link_expires_at and self.openings < MAX_OPENINGS

    def record_opening(self, now: datetime) -> bool:
        """Count one opening of the link; return False, and count nothing, if the link is no longer valid."""
        valid = Q(pk=self.pk, openings__lt=MAX_OPENINGS, link_expires_at__gt=now)
        opened_at = Coalesce(F("opened_at"), models.Value(now, models.DateTimeField()))
        return SheetRequest.objects.filter(valid).update(openings=F("openings") + 1, opened_at=opened_at) == 1


register_permission_policy(SheetRequest, ReaderDataPolicy(SheetRequest))


def has_requests(page: int) -> bool:
    return SheetRequest.objects.filter(page=page).exists()
