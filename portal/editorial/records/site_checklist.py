"""The checklist of a site: the levels of its lines, and the values that they compare with."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Value
from django.utils.translation import gettext, gettext_lazy as _
from wagtail.models import Site

SHORTEST, LONGEST = 10, 400
LIMITS = [MinValueValidator(SHORTEST), MaxValueValidator(LONGEST)]


class SiteChecklist(models.Model):
    """A site's changes to the checklist. A site without a row has the defaults.

    The row without a site has the defaults of the network, and the lines that no site may change.
    """

    site = models.OneToOneField(Site, on_delete=models.CASCADE, null=True, related_name="checklist")
    # The levels that differ from the default, by line and kind of page.
    levels = models.JSONField(_("lines"), default=dict)
    longest_title = models.PositiveSmallIntegerField(
        _("maximum length of the title, in characters"), null=True, blank=True, validators=LIMITS
    )
    longest_standfirst = models.PositiveSmallIntegerField(
        _("maximum length of the standfirst, in characters"), null=True, blank=True, validators=LIMITS
    )
    # By language, pairs of a word to avoid and a better one.
    words = models.JSONField(_("words to avoid"), default=dict)
    # The codes of lines. A site's own levels of these lines remain, and count again once they are unlocked.
    locked = models.JSONField(
        _("lines that no site may change"), default=list, db_default=Value([], models.JSONField())
    )

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("checklist of the site")
        verbose_name_plural = _("checklists of the sites")

    def __str__(self):
        return str(self.site) if self.site_id else gettext("All sites")
