"""What people decide about a sending that is under way."""

from django.db import transaction
from django.utils import timezone

from portal.newsletter.models import Delivery, Sending
from portal.newsletter.sending.batches import enqueue


def pause(sending: Sending) -> bool:
    return bool(Sending.objects.unfinished().filter(pk=sending.pk).update(state=Sending.State.PAUSED))


def resume(sending: Sending) -> bool:
    """Take up a paused sending; what was not prepared yet is."""
    return _reopened(sending, Sending.State.PAUSED)


def stop(sending: Sending) -> bool:
    """End a sending for good: nobody else gets it."""
    known = [Sending.State.PREPARING, Sending.State.UNDER_WAY, Sending.State.PAUSED]
    return bool(
        Sending.objects.filter(pk=sending.pk, state__in=known).update(
            state=Sending.State.STOPPED, done_at=timezone.now()
        )
    )


def resend_uncertain(sending: Sending) -> int:
    """A person's decision: some of them may get a second copy."""
    state = Delivery.State
    found = Delivery.objects.filter(sending=sending, state=state.UNCERTAIN).update(state=state.WAITING, lease="")
    if found:
        _reopened(sending, Sending.State.DONE)
    return found


def _reopened(sending: Sending, closed: Sending.State) -> bool:
    with transaction.atomic():
        changed = Sending.objects.filter(pk=sending.pk, state=closed).update(
            state=Sending.State.PREPARING, lease="", leased_until=None, done_at=None
        )
        if changed:
            enqueue(sending.pk)
    return bool(changed)
