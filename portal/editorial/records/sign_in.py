"""Sign-in rules for users with a role on a site."""

from django.db import models
from django.utils.translation import gettext_lazy as _, pgettext_lazy


class SignInRule(models.Model):
    """When a second factor is required, whether browsers may be trusted, and how long sessions last.

    A rule without a site counts on all sites, beside the site's own; of two values the stricter one counts.
    Without a rule, or with empty limits, Django's settings determine how long sessions last.
    """

    site = models.ForeignKey(
        "wagtailcore.Site", on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("site")
    )
    role = models.CharField(pgettext_lazy("in a newsroom", "role"), max_length=12)
    demanded_from = models.DateField(_("needs a second factor from"), null=True, blank=True)
    may_trust = models.BooleanField(_("may trust a browser for 30 days"), default=True, db_default=True)
    session_hours = models.PositiveSmallIntegerField(_("signed in for at most (hours)"), null=True, blank=True)
    idle_minutes = models.PositiveSmallIntegerField(_("signed out when idle for (minutes)"), null=True, blank=True)

    class Meta:
        verbose_name = _("rule for signing in")
        verbose_name_plural = _("rules for signing in")
        constraints = [
            models.UniqueConstraint(fields=["site", "role"], name="editorial_one_sign_in_rule_per_role"),
            models.UniqueConstraint(
                fields=["role"], condition=models.Q(site=None), name="editorial_one_sign_in_rule_for_all_sites"
            ),
        ]

    def __str__(self):
        return f"{self.role}: {self.demanded_from}"
