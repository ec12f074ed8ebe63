"""What the newsroom keeps beside Wagtail's own records."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page


class ScheduleTrouble(models.Model):
    """Something that was due and could not be done; it is tried again until it can.

    One row for one plan: a page with a revision that was to go live at a moment, or without one, that was to expire.
    Its people are told when the row is made, and never again.
    """

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="schedule_troubles")
    revision_key = models.BigIntegerField(default=0)
    due_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    noticed_at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("trouble with a schedule")
        verbose_name_plural = _("troubles with schedules")
        constraints = [
            models.UniqueConstraint(fields=["page", "revision_key", "due_at"], name="editorial_one_trouble_for_a_plan")
        ]

    def __str__(self):
        return f"{self.page_id}: {self.reason}"


class EmbargoedFile(models.Model):
    """A file that a version of a page uses which is not out yet: the one worked on, or one that waits for its time."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+")
    image = models.ForeignKey("media.Image", on_delete=models.CASCADE, null=True, related_name="+")
    document = models.ForeignKey("media.Document", on_delete=models.CASCADE, null=True, related_name="+")
    until = models.DateTimeField(db_index=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("file under embargo")
        verbose_name_plural = _("files under embargo")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(image=None) ^ models.Q(document=None), name="editorial_one_file_under_embargo"
            )
        ]

    def __str__(self):
        return f"{self.image or self.document}, {self.until}"


class ChecklistWaiver(models.Model):
    """An approver's word that a page may do without some of the checklist, and why."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="checklist_waivers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    given_at = models.DateTimeField(auto_now_add=True)
    reason = models.TextField(_("reason"), max_length=1000)
    # What is waived: the keys of findings with the messages that were shown.
    findings = models.JSONField(default=dict)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("exception from the checklist")
        verbose_name_plural = _("exceptions from the checklist")
        ordering = ["given_at", "pk"]

    def __str__(self):
        return f"{self.page_id}: {self.reason}"
