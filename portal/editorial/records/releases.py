"""Releases: pages that are published, taken down and moved together, in one transaction at one minute."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, pgettext, pgettext_lazy
from wagtail.models import Page, Revision


class ReleaseState(models.TextChoices):
    OPEN = "open", pgettext_lazy("state of a release", "in preparation")
    APPROVED = "approved", pgettext_lazy("state of a release", "approved")
    PUBLISHED = "published", pgettext_lazy("state of a release", "published")
    UNDONE = "undone", pgettext_lazy("state of a release", "undone")


# The states in which a page is in no other release.
WAITING = frozenset({ReleaseState.OPEN, ReleaseState.APPROVED})


class ReleaseQuerySet(models.QuerySet["Release"]):
    def waiting(self) -> Self:
        return self.filter(state__in=WAITING)

    def approved(self) -> Self:
        return self.filter(state=ReleaseState.APPROVED)


def _person() -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )


class Release(models.Model):
    """Pages of any sites and languages with what happens to them at `at`."""

    title = models.CharField(pgettext_lazy("of a release", "title"), max_length=200)
    note = models.TextField(pgettext_lazy("of a release", "note"), max_length=1000, blank=True)
    at = models.DateTimeField(_("readers see it from"), db_index=True)
    state = models.CharField(max_length=10, choices=ReleaseState, default=ReleaseState.OPEN, editable=False)
    created_by = _person()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    approved_by = _person()
    approved_at = models.DateTimeField(null=True, editable=False)
    # How many pages were approved: one may be deleted for ever before the minute.
    approved_pages = models.PositiveIntegerField(default=0, editable=False)
    # The menus that change, by the primary key of their site: the entries `before` and `after`, as stored.
    menus = models.JSONField(
        default=dict, db_default=Value({}, output_field=models.JSONField()), blank=True, editable=False
    )
    published_at = models.DateTimeField(null=True, editable=False)
    # Who wants it undone, and since when; the queue does it.
    undone_by = _person()
    undo_requested_at = models.DateTimeField(null=True, editable=False)
    undone_at = models.DateTimeField(null=True, editable=False)
    # Why the last attempt at `at` failed, which the scheduler retries; once it is published, why its undo failed.
    failure = models.TextField(blank=True, editable=False)

    objects = ReleaseQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["at", "pk"]

    def __str__(self):
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state == ReleaseState.OPEN

    @property
    def is_approved(self) -> bool:
        return self.state == ReleaseState.APPROVED

    @property
    def is_published(self) -> bool:
        return self.state == ReleaseState.PUBLISHED

    @property
    def is_being_undone(self) -> bool:
        return self.is_published and self.undo_requested_at is not None and not self.failure

    @property
    def state_in_words(self) -> str:
        if self.is_being_undone:
            return pgettext("state of a release", "being undone")
        return str(self.get_state_display())


class ReleaseAction(models.TextChoices):
    PUBLISH = "publish", pgettext_lazy("in a release", "publish")
    TAKE_DOWN = "take_down", pgettext_lazy("in a release", "take down")
    MOVE = "move", pgettext_lazy("in a release", "move")


class ReleaseItem(models.Model):
    """A page in a release: the exact version to publish, or the new parent page, or neither to take it down.

    The `former_` fields have what readers saw before the release, for its undo. `is_waiting` repeats the state of the
    release for the constraint.
    """

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="items")
    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="release_items")
    action = models.CharField(max_length=10, choices=ReleaseAction)
    revision = models.ForeignKey(Revision, on_delete=models.SET_NULL, null=True, related_name="release_items")
    parent = models.ForeignKey(Page, on_delete=models.SET_NULL, null=True, related_name="+")
    added_by = _person()
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    is_waiting = models.BooleanField(default=True)
    was_live = models.BooleanField(default=False)
    former_revision = models.ForeignKey(Revision, on_delete=models.SET_NULL, null=True, related_name="+")
    former_parent = models.ForeignKey(Page, on_delete=models.SET_NULL, null=True, related_name="+")
    # The aliases that were taken down with the page.
    former_aliases = models.JSONField(default=list)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("page in a release")
        verbose_name_plural = _("pages in releases")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["page"], condition=Q(is_waiting=True), name="editorial_one_release_for_a_page"
            )
        ]

    def __str__(self):
        return f"{self.page_id}: {self.action}"


def waiting_item(page: int | None) -> ReleaseItem | None:
    """The page's place in a release that is not published yet."""
    return ReleaseItem.objects.filter(page=page, is_waiting=True).select_related("release").first() if page else None


def is_in_waiting_release(revision: int) -> bool:
    """Whether a release has this version. It must not be overwritten."""
    return ReleaseItem.objects.filter(revision=revision, is_waiting=True).exists()


def scheduled_in_releases() -> models.QuerySet[ReleaseItem]:
    """The items whose versions are published with their release, not by themselves."""
    return ReleaseItem.objects.filter(
        is_waiting=True, release__state=ReleaseState.APPROVED, action=ReleaseAction.PUBLISH, revision__isnull=False
    )
