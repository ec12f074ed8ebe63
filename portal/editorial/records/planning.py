"""Planned items, and the private addresses of the newsroom's calendar."""

from typing import Self

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from wagtail.models import Page, Revision

from portal.editorial.records.invitations import fresh_nonce
from portal.platform.operation.keys import lasting_signer

# Separates these signatures from others made with the same key.
SALT = "portal.editorial.planning"


class PlannedItemQuerySet(models.QuerySet["PlannedItem"]):
    def open(self) -> Self:
        """The items with a day whose pages were never published and are not scheduled."""
        return self.filter(
            day__isnull=False,
            page__live=False,
            page__first_published_at=None,
            page__latest_revision__approved_go_live_at=None,
        )

    def unwritten(self) -> Self:
        """The items whose pages have only a title."""
        return self.filter(revision__isnull=False, revision=F("page__latest_revision"))


class PlannedItem(models.Model):
    """The plan for a draft: a day, a person and a note. It ends when the page is published or scheduled.

    Without a day, the draft is no longer planned. The row remains for the authorship of the first version.
    """

    page = models.OneToOneField(Page, on_delete=models.CASCADE, primary_key=True, related_name="planned_item")
    day = models.DateField(pgettext_lazy("planning", "day"), null=True, db_index=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("planning", "person"),
    )
    note = models.TextField(pgettext_lazy("planning", "note"), max_length=1000, blank=True)
    # The first version, which has only a title; empty if the draft existed before its plan.
    revision = models.ForeignKey(Revision, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = PlannedItemQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("planned item")
        verbose_name_plural = _("planned items")

    def __str__(self):
        return f"{self.page_id}: {self.day}"


def is_planned_revision() -> Exists:
    """The annotation of revisions that only have the title of a planned item."""
    return Exists(PlannedItem.objects.filter(revision=OuterRef("pk")))


class CalendarAddressQuerySet(models.QuerySet["CalendarAddress"]):
    def by_token(self, token: str) -> "CalendarAddress | None":
        """The address with this token; None for a forged, replaced or revoked one, or for a closed account."""
        try:
            key, nonce = lasting_signer(SALT).unsign_object(token)
        except (signing.BadSignature, ValueError, TypeError):
            return None
        if not isinstance(key, int) or not isinstance(nonce, str):
            return None
        return self.filter(user=key, nonce=nonce, user__is_active=True).select_related("user").first()


class CalendarAddress(models.Model):
    """The secret part of the address at which one person's calendar program reads the newsroom's calendar.

    The token needs both the row's nonce and the signing key. Deleting the row revokes the address.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="calendar_address"
    )
    nonce = models.CharField(max_length=64, default=fresh_nonce, editable=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = CalendarAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("private calendar address")
        verbose_name_plural = _("private calendar addresses")

    def __str__(self):
        return str(self.user_id)

    @property
    def token(self) -> str:
        return lasting_signer(SALT).sign_object([self.user_id, self.nonce])
