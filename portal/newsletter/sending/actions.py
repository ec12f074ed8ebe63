"""Pauses, resumes and stops sendings, sends uncertain copies again, and counts sendings that are stuck."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.newsletter.models import Delivery, Sending
from portal.newsletter.sending.batches import enqueue
from portal.platform.status.conditions import FailureKind


def pause(sending: Sending) -> bool:
    return bool(Sending.objects.unfinished().filter(pk=sending.pk).update(state=Sending.State.PAUSED))


def pause_all() -> int:
    """Pause every sending, so that editors decide which ones continue."""
    return Sending.objects.unfinished().update(state=Sending.State.PAUSED)


def resume(sending: Sending) -> bool:
    """Continue a paused sending, from the subscriber where it was paused."""
    return _reopen(sending, Sending.State.PAUSED)


def stop(sending: Sending) -> bool:
    """End a sending: the remaining recipients do not get it."""
    is_open = {"state__in": [Sending.State.PREPARING, Sending.State.UNDER_WAY, Sending.State.PAUSED]}
    stopped = Sending.objects.filter(pk=sending.pk, **is_open)
    return bool(stopped.update(state=Sending.State.STOPPED, done_at=timezone.now()))


def resend_uncertain(sending: Sending) -> int:
    """Send the uncertain copies again, which recipients may then get twice; return their number."""
    state = Delivery.State
    count = Delivery.objects.filter(sending=sending, state=state.UNCERTAIN).update(state=state.WAITING, lease="")
    if count:
        _reopen(sending, Sending.State.DONE)
    return count


def _reopen(sending: Sending, closed: Sending.State) -> bool:
    with transaction.atomic():
        changed = Sending.objects.filter(pk=sending.pk, state=closed).update(
            state=Sending.State.PREPARING, lease="", leased_until=None, done_at=None
        )
        if changed:
            enqueue(sending.pk)
    return bool(changed)


def as_paused(row: dict[str, Any]) -> dict[str, Any]:
    """Pause the sending of an imported site, because the exporting installation may continue it."""
    is_unfinished = row["state"] in (Sending.State.PREPARING, Sending.State.UNDER_WAY)
    return {**row, "state": Sending.State.PAUSED.value} if is_unfinished else row


def as_unscheduled(row: dict[str, Any]) -> dict[str, Any]:
    """Unschedule the revision of an issue in an imported site, because the exporting installation may send it."""
    is_issue = row["content_type"] == "newsletter.issuepage"
    return {**row, "approved_go_live_at": None} if is_issue else row


def failing_by_site(now: datetime) -> dict[int, int]:
    stuck = Sending.objects.unfinished().exclude(last_error="").order_by()
    return dict(stuck.values_list("site").annotate(Count("pk")))


NEWSLETTERS = FailureKind(
    "newsletters", _("Newsletters"), _("all make progress"), _("%(count)s are stuck"), failing_by_site
)
