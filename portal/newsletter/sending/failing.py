"""Newsletters that do not get on, such as for a mail server that does not answer."""

from datetime import datetime

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from portal.newsletter.models import Sending
from portal.platform.status.conditions import FailureKind


def failing_by_site(now: datetime) -> dict[int, int]:
    stuck = Sending.objects.unfinished().exclude(last_error="").order_by()
    return dict(stuck.values_list("site").annotate(Count("pk")))


NEWSLETTERS = FailureKind(
    "newsletters", _("Newsletters"), _("all get on"), _("%(count)s do not get on"), failing_by_site
)
