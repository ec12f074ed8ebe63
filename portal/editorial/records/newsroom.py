"""Records of failed scheduled changes and checklist waivers."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page


class ScheduleTrouble(models.Model):
    """A scheduled change that failed. The scheduler retries it until it succeeds.

    `revision_key` is the revision due to go live, or 0 for a page due to expire. People are notified once, when the row
    is created.
    """

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="schedule_troubles")
    revision_key = models.BigIntegerField(default=0)
    due_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    noticed_at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("scheduling problem")
        verbose_name_plural = _("scheduling problems")
        constraints = [
            models.UniqueConstraint(fields=["page", "revision_key", "due_at"], name="editorial_one_trouble_for_a_plan")
        ]

    def __str__(self):
        return f"{self.page_id}: {self.reason}"


class ChecklistWaiver(models.Model):
    """An approver's decision, with a reason, that a page may go live without some checklist items."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="checklist_waivers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    given_at = models.DateTimeField(auto_now_add=True)
    reason = models.TextField(_("reason"), max_length=1000)
    # The keys of waived findings, with the messages that were shown.
    findings = models.JSONField(default=dict)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("checklist exemption")
        verbose_name_plural = _("checklist exemptions")
        ordering = ["given_at", "pk"]

    def __str__(self):
        return f"{self.page_id}: {self.reason}"
