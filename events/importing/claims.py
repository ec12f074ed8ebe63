"""One reader at a time: several threads work off the queue, and an upload is read in a web server's."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from events.records import Subscription

# More than a reading takes, and less than what it takes until the task of a killed process is done again.
CLAIM = timedelta(minutes=10)


class BeingReadError(Exception):
    """Somebody else reads this source at this moment."""


@contextmanager
def claimed(subscription: Subscription) -> Iterator[None]:
    """Claim a source for the block, and load it as it is now; raises BeingReadError."""
    now = timezone.now()
    until = now + CLAIM
    free = Q(reading_until=None) | Q(reading_until__lt=now)
    if not Subscription.objects.filter(free, pk=subscription.pk).update(reading_until=until):
        raise BeingReadError
    try:
        subscription.refresh_from_db()
        yield
    finally:
        # Not the claim of whoever came after this one had expired.
        Subscription.objects.filter(pk=subscription.pk, reading_until=until).update(reading_until=None)
