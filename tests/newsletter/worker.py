"""What the test of a kill runs in a process of its own, `python -m tests.newsletter.worker`: the scheduler, once."""

from datetime import timedelta

import django


def work() -> None:
    """The lease of whoever died before is over."""
    from django.utils import timezone

    from portal.newsletter.models import Sending
    from portal.newsletter.periodic import take_up_what_was_left
    from tests.builders import SchedulerCommand

    Sending.objects.exclude(lease="").update(leased_until=timezone.now() - timedelta(minutes=1))
    take_up_what_was_left(timezone.now())
    SchedulerCommand.worker(batch=True, interval=0).run()


if __name__ == "__main__":
    django.setup()
    work()
