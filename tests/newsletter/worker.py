"""The worker process of `test_kill`, run as `python -m tests.newsletter.worker`: one run of the queue."""

from datetime import timedelta

import django


def run_once() -> None:
    """Expire the lease of the killed worker, then run the queue once."""
    from django.utils import timezone

    from portal.newsletter.models import Sending
    from portal.newsletter.periodic import resume_abandoned_sendings
    from tests.builders import SchedulerCommand

    Sending.objects.exclude(lease="").update(leased_until=timezone.now() - timedelta(minutes=1))
    resume_abandoned_sendings(timezone.now())
    SchedulerCommand.worker(batch=True, interval=0).run()


if __name__ == "__main__":
    django.setup()
    run_once()
